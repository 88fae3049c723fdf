// <time data-countdown datetime="…" data-now="…" data-over="/address">: time left, by the server's clock.
// When it is over the page is asked for anew (data-over names another address).

for (const element of document.querySelectorAll("[data-countdown]")) {
  const ahead = element.dataset.now ? Date.parse(element.dataset.now) - Date.now() : 0;
  const end = Date.parse(element.getAttribute("datetime"));
  const secondsLeft = () => Math.max(0, Math.ceil((end - Date.now() - ahead) / 1000));
  const wasOver = secondsLeft() === 0; // a page drawn after the end must not ask for itself again and again
  const show = () => {
    const left = secondsLeft();
    element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left > 0) return;
    clearInterval(timer);
    if (element.dataset.over && !wasOver) location.assign(element.dataset.over);
  };
  const timer = setInterval(show, 1000);
  show();
}
