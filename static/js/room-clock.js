// The countdown both see. The server says how much is left; this page's own clock only counts between two answers.

const WARNING_MS = 120_000;
const PATIENCE_MS = 8_000;

/** Events: "tick" (detail: milliseconds left), "warning" once, "over" once, when the end was due and nobody said so. */
export class Clock extends EventTarget {
  #endsAt = null;
  #warned = false;
  #over = false;

  constructor() {
    super();
    setInterval(() => this.#tick(), 250);
  }

  get left() {
    return this.#endsAt === null ? null : Math.max(0, this.#endsAt - performance.now());
  }

  /** `remaining` in milliseconds, or null while the clock does not run. */
  set(remaining) {
    this.#endsAt = remaining === null ? null : performance.now() + remaining;
    this.#tick();
  }

  #tick() {
    const left = this.left;
    if (left === null) return;
    this.dispatchEvent(new CustomEvent("tick", { detail: left }));
    if (left <= WARNING_MS && !this.#warned) {
      this.#warned = true;
      this.dispatchEvent(new Event("warning"));
    }
    if (performance.now() > this.#endsAt + PATIENCE_MS && !this.#over) {
      this.#over = true;
      this.dispatchEvent(new Event("over"));
    }
  }
}

/** "17:05" for 1,024,600 milliseconds. */
export function minutesAndSeconds(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
