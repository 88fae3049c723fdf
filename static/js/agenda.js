// The agenda's extras; without them everything is a link. An appointment can be dragged to another time: where it is
// let go, the page that moves it asks whether that is meant. Escape leaves it where it was.

const HOUR = 60;
const SLACK = 6; // pixels that a click may tremble

/** Minutes between the starts that the practice offers. */
const step = () => Number(document.querySelector("#agenda").dataset.step);

/** The lane under the pointer, and which minute of it, counted from its top. */
function placeUnder(x, y, lengthOnPaper) {
  const lane = document.elementsFromPoint(x, y).find((element) => element.matches(".lane[data-hours]"));
  if (!lane) return null;
  const box = lane.getBoundingClientRect();
  const hours = lane.dataset.hours.trim().split(" ");
  const minute = ((y - box.top) / box.height) * hours.length * HOUR;
  const latest = hours.length * HOUR - Math.min(lengthOnPaper, hours.length * HOUR);
  return { lane, hours, minute: Math.min(Math.max(Math.round(minute / step()) * step(), 0), latest) };
}

const startOf = ({ hours, minute }) => {
  const hour = Date.parse(hours[Math.floor(minute / HOUR)]);
  return new Date(hour + (minute % HOUR) * 60_000).toISOString().replace(".000Z", "Z");
};

/** What the clock shows there, as the labels beside the sheet say it. */
function clockOf({ minute }) {
  const labels = document.querySelectorAll(".hours .at");
  const hour = labels[Math.floor(minute / HOUR)]?.textContent.slice(0, 2) ?? "";
  return `${hour}:${String(minute % HOUR).padStart(2, "0")}`;
}

class Drag {
  #appt;
  #ghost = null;
  #place = null;
  #from;
  #grip;
  #length;

  constructor(appt, event) {
    this.#appt = appt;
    this.#from = { x: event.clientX, y: event.clientY };
    const box = appt.getBoundingClientRect();
    this.#grip = event.clientY - box.top;
    const lane = appt.closest(".lane");
    const lanes = lane.dataset.hours.trim().split(" ").length * HOUR;
    this.#length = (box.height / lane.getBoundingClientRect().height) * lanes;
  }

  get moves() {
    return this.#ghost !== null;
  }

  follow({ clientX: x, clientY: y }) {
    if (!this.moves) {
      if (Math.hypot(x - this.#from.x, y - this.#from.y) < SLACK) return;
      this.#begin();
    }
    this.#place = placeUnder(x, y - this.#grip, this.#length) ?? this.#place;
    if (this.#place) this.#show(this.#place);
  }

  /** Where it was let go. */
  drop() {
    const { moves } = this;
    this.end();
    if (moves && this.#place) location.assign(`${this.#appt.dataset.move}&${new URLSearchParams({ start: startOf(this.#place) })}`);
  }

  end() {
    this.#ghost?.remove();
    this.#ghost = null;
    this.#appt.classList.remove("moves");
    document.body.classList.remove("dragging");
  }

  #begin() {
    this.#ghost = document.createElement("div");
    this.#ghost.className = "ghost";
    this.#ghost.setAttribute("aria-hidden", "true");
    this.#appt.classList.add("moves");
    document.body.classList.add("dragging");
  }

  #show(place) {
    const { lane, hours, minute } = place;
    lane.append(this.#ghost);
    const share = (part) => `${(100 * part) / (hours.length * HOUR)}%`;
    this.#ghost.style.insetBlockStart = share(minute);
    this.#ghost.style.blockSize = share(this.#length);
    this.#ghost.textContent = `${clockOf(place)} ${this.#appt.querySelector(".who").textContent}`;
  }
}

let drag = null;
let moved = false; // the click that ends a drag opens nothing

function listen() {
  document.addEventListener("pointerdown", (event) => {
    moved = false;
    const appt = event.target.closest(".appt[data-move]");
    const onPaper = appt && getComputedStyle(appt.closest(".lane")).display === "grid";
    if (onPaper && event.button === 0 && event.pointerType === "mouse") drag = new Drag(appt, event);
  });
  document.addEventListener("pointermove", (event) => drag?.follow(event));
  document.addEventListener("pointerup", () => {
    moved = Boolean(drag?.moves);
    drag?.drop();
    drag = null;
  });
  const leave = () => {
    moved ||= Boolean(drag?.moves);
    drag?.end();
    drag = null;
  };
  document.addEventListener("pointercancel", leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && leave());
  document.addEventListener("click", (event) => moved && event.target.closest(".lane") && event.preventDefault(), true);
  document.addEventListener("dragstart", (event) => event.target.closest?.(".appt[data-move]") && event.preventDefault());
  // News waits until it is let go.
  document.addEventListener("htmx:beforeRequest", (event) => drag?.moves && event.preventDefault());
}

/** Prints what is shown. */
function enablePrinting() {
  const button = document.querySelector("[data-print]");
  if (!button) return;
  button.addEventListener("click", () => print());
  button.hidden = false;
}

/** A long sheet opens where something is: at now, else at the first hour at which an appointment begins. */
function openWhereSomethingIs() {
  const sheet = document.querySelector("#sheet");
  if (sheet.scrollHeight <= sheet.clientHeight) return;
  const top = (entry) => entry.getBoundingClientRect().top;
  const [first] = [...sheet.querySelectorAll(".appt")].filter((appt) => appt.offsetParent).sort((a, b) => top(a) - top(b));
  const here = sheet.querySelector(".present") ?? first;
  if (here) sheet.scrollTop += top(here) - top(sheet) - sheet.clientHeight / 3;
}

/** News redraws the sheet: it stays where it was. */
function keepPlace() {
  let place = 0;
  document.addEventListener("htmx:beforeSwap", () => (place = document.querySelector("#sheet")?.scrollTop ?? 0));
  document.addEventListener("htmx:afterSwap", () => (document.querySelector("#sheet").scrollTop = place));
}

listen();
enablePrinting();
openWhereSomethingIs();
keepPlace();
