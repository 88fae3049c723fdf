// What the room's page shows. All words stand in the template; this only chooses among them.

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);

/** Events: "enter", "leave", "retry". */
export class Stage extends EventTarget {
  #media;
  #kinds;
  #screen = null;
  #note = null;
  #peer = { audio: true, video: true };
  #remote = one("[data-remote]");
  #announcer = one("[data-announce]");
  #dialog = one("[data-end-dialog]");

  constructor(media, kinds) {
    super();
    this.#media = media;
    this.#kinds = kinds;
    this.#wire();
  }

  show(screen) {
    if (this.#screen === screen) return;
    const isFirst = this.#screen === null;
    this.#screen = screen;
    for (const section of all("[data-screen]")) section.hidden = section.dataset.screen !== screen;
    this.#dialog?.close();
    if (!isFirst) one(`[data-screen="${screen}"]:is([tabindex]), [data-screen="${screen}"] [tabindex="-1"]`).focus();
    this.drawMedia();
  }

  /** The other one's picture and sound. */
  watch(stream) {
    this.#remote.srcObject = stream;
  }

  /** What the other one says of their switches. */
  hear(about) {
    this.#peer = about;
    this.#drawPeer();
  }

  draw({ meeting, entered, connection }) {
    this.#connection = connection;
    const presence = meeting.peer_present ? "present" : meeting.host_busy ? "busy" : "nobody";
    for (const words of all("[data-presence] [data-when]")) words.hidden = words.dataset.when !== presence;
    one("[data-presence]").dataset.presence = presence;
    one("[data-end-form]")?.toggleAttribute("hidden", meeting.state !== "active");
    this.#note = this.#noteFor(meeting, connection);
    this.banner("reconnecting", entered && connection === "reconnecting");
    this.#drawPeer();
  }

  #connection = "none";

  #noteFor(meeting, connection) {
    if (connection === "connected" || connection === "reconnecting") return null;
    if (meeting.peer_present) return meeting.host_busy ? "busy" : "connecting";
    if (meeting.host_busy) return "busy";
    return meeting.state === "active" ? "away" : "waiting";
  }

  #drawPeer() {
    const connected = this.#note === null;
    const seen = connected && this.#kinds.includes("video") && this.#peer.video;
    const note = connected && !seen ? "voice" : this.#note;
    this.#remote.classList.toggle("unseen", !seen);
    this.#remote.hidden = !connected;
    for (const words of all("[data-note]")) {
      const chosen = words.dataset.note === note;
      if (chosen && words.hidden && this.#screen === "call") this.#announce(words.querySelector(".note-title").textContent);
      words.hidden = !chosen;
    }
    this.banner("muted", this.#connection === "connected" && !this.#peer.audio);
  }

  banner(name, visible) {
    const banner = one(`[data-banner="${name}"]`);
    if (banner.hidden !== visible) return;
    banner.hidden = !visible;
    if (visible) this.#announce(banner.textContent);
  }

  showTime(text) {
    const clock = one("[data-clock]");
    if (clock.textContent !== text) clock.textContent = text;
  }

  warnOfTheEnd() {
    one("[data-clock-pill]").classList.add("ending");
    this.banner("ending", true);
    setTimeout(() => this.banner("ending", false), 15_000);
  }

  /** This person's picture, switches, devices and problems. */
  drawMedia() {
    const { tracks } = this.#media;
    const showsSelf = this.#media.isOn("video");
    for (const [video, off] of [["[data-preview]", "[data-preview-off]"], ["[data-self]", "[data-self-off]"]]) {
      if (!one(video)) continue;
      play(one(video), tracks.video);
      one(video).hidden = !showsSelf;
      one(off).hidden = showsSelf;
    }
    for (const button of all("[data-switch]")) {
      button.disabled = !tracks[button.dataset.switch];
      button.setAttribute("aria-pressed", String(this.#media.isOn(button.dataset.switch)));
    }
    this.#drawProblems();
    this.#drawDevices();
  }

  #drawProblems() {
    const { problems } = this.#media;
    const found = new Set(this.#kinds.filter((kind) => problems[kind]).map((kind) => `${kind}-${problems[kind]}`));
    const shared = this.#kinds.every((kind) => problems[kind] === problems.audio) && problems.audio;
    if (["denied", "missing", "insecure"].includes(shared)) {
      found.clear();
      found.add(`all-${shared}`);
    }
    if (problems.audio) found.add("listen-only");
    for (const words of all("[data-for]")) words.hidden = !found.has(words.dataset.for);
    const help = one("[data-problem]");
    const isNew = help.hidden && found.size > 0;
    help.hidden = found.size === 0;
    if (isNew && this.#screen === "lobby") this.#announce(all("[data-for]:not([hidden])").map((words) => words.textContent).join(" "));
  }

  async #drawDevices() {
    let any = false;
    for (const kind of this.#kinds) {
      const box = one(`[data-device="${kind}"]`);
      const devices = this.#media.tracks[kind] ? await this.#media.devices(kind) : [];
      const current = this.#media.tracks[kind]?.getSettings().deviceId;
      box.querySelector("select").replaceChildren(
        ...devices.map(({ deviceId, label }, index) => new Option(label || `${index + 1}`, deviceId, false, deviceId === current)),
      );
      box.hidden = devices.length === 0;
      any ||= devices.length > 0;
    }
    one("[data-devices]").hidden = !any;
  }

  #announce(text) {
    this.#announcer.textContent = text;
  }

  #wire() {
    const tell = (name) => () => this.dispatchEvent(new Event(name));
    for (const button of all("[data-enter]")) button.addEventListener("click", tell("enter"));
    for (const button of all("[data-switch]")) button.addEventListener("click", () => this.#media.toggle(button.dataset.switch));
    for (const kind of this.#kinds) {
      const select = one(`[data-device="${kind}"] select`);
      select.addEventListener("change", () => this.#media.choose(kind, select.value));
    }
    one("[data-try-again]").addEventListener("click", tell("retry"));
    one("[data-leave]").addEventListener("click", () => (this.#dialog ? this.#dialog.showModal() : tell("leave")()));
    this.#dialog?.addEventListener("close", () => this.#dialog.returnValue === "leave" && tell("leave")());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.drawMedia());
    document.addEventListener("keydown", (event) => this.#shortcut(event));
  }

  /** Alt+M, Alt+C, Alt+L: with a modifier, so that no single letter typed by voice or by mistake acts. */
  #shortcut(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const press = { KeyM: '[data-switch="audio"]', KeyC: '[data-switch="video"]', KeyL: "[data-leave]" }[event.code];
    const button = press && one(`[data-screen="${this.#screen}"] ${press}`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  }
}

/** Sets what a <video> plays; the same track again does not make it blink. */
function play(video, track) {
  if (video.srcObject?.getTracks()[0] === track) return;
  video.srcObject = track ? new MediaStream([track]) : null;
}
