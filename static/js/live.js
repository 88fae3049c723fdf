// The page's line to the server: one WebSocket that comes back by itself.
//
// What arrives is a DOM event on the document, `live:<event>`, with the payload as its detail. `live:open` says that
// the line stands (detail.again: after it was lost, so ask for what was missed), `live:lost` that it does not,
// `live:refused` that the server does not know who this is. A page with a ticket carries it in #live-ticket;
// without one the session says who this is.

const PING_MS = 20_000;
const SILENCE_MS = 45_000;
const QUICK_MS = 5_000;
const LONGEST_PAUSE_MS = 15_000;
const UNAUTHENTICATED = 4401;

const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

class Live {
  #ticket;
  #socket = null;
  #stands = false; // the server has said hello
  #failures = 0;
  #opened = 0;
  #retry = 0;
  #deadline = 0;

  constructor(ticket) {
    this.#ticket = ticket;
  }

  get isOpen() {
    return this.#stands && this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends an event; false when the line is down: pages ask again on `live:open`. */
  send(event, payload = {}) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify({ event, payload }));
    return true;
  }

  connect() {
    clearTimeout(this.#retry);
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;
    const socket = new WebSocket(address, this.#ticket ? ["vicita", this.#ticket] : ["vicita"]);
    this.#socket = socket;
    this.#listen();
    socket.addEventListener("message", (message) => socket === this.#socket && this.#hasHeard(JSON.parse(message.data)));
    socket.addEventListener("close", (closing) => this.#hasClosed(socket, closing.code));
  }

  /** Asks whether the line still stands; a line that stays silent is given up. */
  check(patience = QUICK_MS) {
    if (!this.send("ping")) return this.connect();
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#giveUp(), patience);
  }

  #hasOpened() {
    this.#stands = true;
    this.#failures = 0;
    tell("open", { again: this.#opened++ > 0 });
  }

  #hasHeard({ event, payload }) {
    this.#listen();
    if (event === "hello") this.#hasOpened();
    else if (event !== "pong") tell(event, payload);
  }

  #listen() {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#giveUp(), SILENCE_MS);
  }

  #giveUp() {
    const socket = this.#socket;
    socket?.close();
    this.#hasClosed(socket, 0); // a dead line may take minutes to say so itself
  }

  #hasClosed(socket, code) {
    if (socket !== this.#socket) return;
    const stood = this.#stands;
    this.#socket = null;
    this.#stands = false;
    clearTimeout(this.#deadline);
    if (code === UNAUTHENTICATED) return tell("refused");
    if (stood) tell("lost");
    const pause = Math.min(LONGEST_PAUSE_MS, 400 * 2 ** this.#failures++);
    this.#retry = setTimeout(() => this.connect(), pause * (0.5 + Math.random()));
  }
}

const ticket = document.getElementById("live-ticket");
export const live = new Live(ticket && JSON.parse(ticket.textContent));

setInterval(() => live.send("ping"), PING_MS);
addEventListener("online", () => live.check());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && live.check());
live.connect();
