// The agenda's extras; without them everything is a link.

/** Prints what is shown. */
function enablePrinting() {
  const button = document.querySelector("[data-print]");
  if (!button) return;
  button.addEventListener("click", () => print());
  button.hidden = false;
}

enablePrinting();
