// This person's camera and microphone: asked for, chosen, switched, and every way they can fail given a name.

const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};
const WISHES = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" },
};

/** Fires "change" whenever a track, a switch or a problem is another one. */
export class Media extends EventTarget {
  tracks = { audio: null, video: null };
  problems = { audio: null, video: null }; // null, or: denied, missing, busy, insecure, lost, failed
  #on = { audio: true, video: true };

  constructor(kinds) {
    super();
    this.kinds = kinds; // ["audio", "video"] or ["audio"]
  }

  /** Asks for everything at once; what fails together is tried one by one, unless the person said no. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) {
      for (const kind of this.kinds) this.problems[kind] = "insecure";
      return this.#changed();
    }
    try {
      await this.#ask(this.kinds);
    } catch (error) {
      await this.#askOneByOne(error);
    }
    this.#changed();
  }

  /** Another device of a kind. */
  async choose(kind, deviceId) {
    await this.#try(kind, deviceId);
    this.#changed();
  }

  isOn(kind) {
    return Boolean(this.tracks[kind]) && this.#on[kind];
  }

  toggle(kind) {
    this.#on[kind] = !this.#on[kind];
    if (this.tracks[kind]) this.tracks[kind].enabled = this.#on[kind];
    this.#changed();
  }

  async devices(kind) {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    return all.filter((device) => device.kind === `${kind}input` && device.deviceId);
  }

  close() {
    for (const kind of this.kinds) this.#drop(kind);
  }

  async #ask(kinds, deviceId) {
    const exactly = deviceId ? { deviceId: { exact: deviceId } } : {};
    const wish = Object.fromEntries(kinds.map((kind) => [kind, { ...WISHES[kind], ...exactly }]));
    const stream = await navigator.mediaDevices.getUserMedia(wish);
    for (const track of stream.getTracks()) this.#take(track);
  }

  async #askOneByOne(error) {
    for (const kind of this.kinds) {
      if (error.name === "NotAllowedError" && !(await this.#mayAsk(kind))) {
        this.problems[kind] = "denied";
        continue;
      }
      await this.#try(kind);
    }
  }

  async #try(kind, deviceId) {
    try {
      await this.#ask([kind], deviceId);
    } catch (error) {
      this.problems[kind] = REASONS[error.name] ?? "failed";
    }
  }

  /** After a "no" only what was allowed before is tried: nobody is asked the same thing twice. */
  async #mayAsk(kind) {
    if (this.kinds.length === 1) return false;
    try {
      const name = kind === "audio" ? "microphone" : "camera";
      return (await navigator.permissions.query({ name })).state === "granted";
    } catch {
      return false; // this browser does not tell
    }
  }

  #take(track) {
    this.#drop(track.kind);
    track.enabled = this.#on[track.kind];
    track.addEventListener("ended", () => {
      if (this.tracks[track.kind] !== track) return;
      this.tracks[track.kind] = null;
      this.problems[track.kind] = "lost";
      this.#changed();
    });
    this.tracks[track.kind] = track;
    this.problems[track.kind] = null;
  }

  #drop(kind) {
    const track = this.tracks[kind];
    this.tracks[kind] = null;
    track?.stop();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Shows how loud the microphone hears, in a <meter> from 0 to 1. */
export class Loudness {
  #context = null;
  #source = null;
  #frame = 0;

  constructor(meter) {
    this.meter = meter;
  }

  hear(track) {
    if (this.track === track) return;
    this.stop();
    this.track = track;
    if (!track || !window.AudioContext) return;
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const show = () => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      this.meter.value = Math.min(1, Math.sqrt(power) * 5);
      this.#frame = requestAnimationFrame(show);
    };
    show();
  }

  /** Browsers start sound only after the person touched the page. */
  wake() {
    if (this.#context?.state === "suspended") this.#context.resume();
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#source?.disconnect();
    this.#context?.close();
    this.#context = this.#source = this.track = null;
    this.meter.value = 0;
  }
}
