// The connection between the two: WebRTC by perfect negotiation. The professional makes the offer, the patient gives
// way in a collision. One Call joins one tab here with one tab there; another tab means another Call.

const RESTART_AFTER_MS = 3_000;
const WATCH_MS = 8_000;

/** Events: "state" (detail: connecting, connected, reconnecting, closed), "about" (detail: {audio, video} of the peer). */
export class Call extends EventTarget {
  state = "connecting";
  remote = new MediaStream();
  #peer;
  #polite;
  #kinds;
  #send;
  #media;
  #channel = null;
  #makingOffer = false;
  #ignoresOffer = false;
  #restart = 0;
  #watch = 0;

  constructor({ iceServers, polite, kinds, media, send }) {
    super();
    this.#polite = polite;
    this.#kinds = kinds;
    this.#media = media;
    this.#send = send;
    this.#peer = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#peer.addEventListener("negotiationneeded", () => this.#offer());
    this.#peer.addEventListener("icecandidate", ({ candidate }) => candidate && send({ candidate: candidate.toJSON() }));
    this.#peer.addEventListener("track", ({ track }) => this.remote.addTrack(track));
    this.#peer.addEventListener("connectionstatechange", () => this.#follow(this.#peer.connectionState));
    this.#peer.addEventListener("datachannel", ({ channel }) => this.#talkOver(channel));
    if (!polite) this.#begin();
    this.#watch = setInterval(() => this.#nudge(), WATCH_MS);
  }

  /** What came from the other tab. */
  async receive({ description, candidate }) {
    try {
      if (description) await this.#describe(description);
      else if (candidate) await this.#peer.addIceCandidate(candidate);
    } catch (error) {
      // Late answers and candidates of an offer that was given up are no harm.
      if (!this.#ignoresOffer && this.#peer.signalingState !== "closed") console.info("signal not used", error.name);
    }
  }

  /** Sends the present tracks; no negotiation is needed for that. */
  async refresh() {
    await Promise.all(this.#transceivers().map(({ kind, transceiver }) => transceiver.sender.replaceTrack(this.#media.tracks[kind])));
    this.#tellAbout();
  }

  /** The way between the two has changed (a network, a line that came back): look for another one. */
  mend() {
    if (this.state === "connected" || this.state === "closed") return;
    if (this.#peer.signalingState === "have-local-offer") this.#send({ description: this.#peer.localDescription });
    else if (this.#peer.remoteDescription || !this.#polite) this.#peer.restartIce();
  }

  /** Hangs up; `bye` tells the other side that it is meant. */
  close({ bye = false } = {}) {
    if (bye && this.#channel?.readyState === "open") this.#channel.send(JSON.stringify({ bye: true }));
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    this.#become("closed");
    this.#peer.close();
  }

  stats() {
    return this.#peer.getStats();
  }

  /** The professional's side opens one line for each kind in both directions: tracks may come and go later. */
  #begin() {
    for (const kind of this.#kinds) this.#peer.addTransceiver(kind, { direction: "sendrecv" });
    this.#talkOver(this.#peer.createDataChannel("about"));
    this.refresh();
  }

  async #offer() {
    try {
      this.#makingOffer = true;
      await this.#peer.setLocalDescription();
      this.#send({ description: this.#peer.localDescription });
    } catch (error) {
      if (this.#peer.signalingState !== "closed") console.info("no offer", error.name);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #describe(description) {
    const collides = description.type === "offer" && (this.#makingOffer || this.#peer.signalingState !== "stable");
    this.#ignoresOffer = !this.#polite && collides;
    if (this.#ignoresOffer) return;
    await this.#peer.setRemoteDescription(description);
    if (description.type !== "offer") return;
    for (const { transceiver } of this.#transceivers()) transceiver.direction = "sendrecv";
    await this.refresh();
    await this.#peer.setLocalDescription();
    this.#send({ description: this.#peer.localDescription });
  }

  #transceivers() {
    const known = this.#peer.getTransceivers().map((transceiver) => ({ kind: transceiver.receiver.track.kind, transceiver }));
    return known.filter(({ kind }) => this.#kinds.includes(kind));
  }

  /** Microphone and camera switched off look like silence and darkness: say so. */
  #talkOver(channel) {
    this.#channel = channel;
    channel.addEventListener("open", () => this.#tellAbout());
    channel.addEventListener("message", ({ data }) => {
      const about = JSON.parse(data);
      if (about.bye) this.close();
      else this.dispatchEvent(new CustomEvent("about", { detail: about }));
    });
  }

  #tellAbout() {
    if (this.#channel?.readyState !== "open") return;
    this.#channel.send(JSON.stringify({ audio: this.#media.isOn("audio"), video: this.#media.isOn("video") }));
  }

  #follow(connection) {
    clearTimeout(this.#restart);
    if (connection === "connected") return this.#become("connected");
    if (connection === "failed") {
      this.#become("reconnecting");
      return this.mend();
    }
    if (connection === "disconnected") {
      this.#become("reconnecting");
      this.#restart = setTimeout(() => this.mend(), RESTART_AFTER_MS);
    }
  }

  /** An offer or a candidate may have been lost on its way. */
  #nudge() {
    if (this.state !== "connected") this.mend();
  }

  #become(state) {
    if (this.state === state || this.state === "closed") return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
