// The video room: shows what the server says of the meeting, and brings the two together.

import { live } from "./live.js";
import { Call } from "./room-call.js";
import { Clock, minutesAndSeconds } from "./room-clock.js";
import { Loudness, Media } from "./room-media.js";
import { Stage } from "./room-stage.js";

const HEARTBEAT_MS = 10_000;
const RETRY_MS = 2_000;
const YOUNG_MS = 30_000;
const HOPELESS_MS = 25_000;

const { polite, ice_servers: iceServers, kind, state: firstState } = JSON.parse(document.getElementById("room").textContent);
const kinds = kind === "audio" ? ["audio"] : ["audio", "video"];
const media = new Media(kinds);
const clock = new Clock();
const stage = new Stage(media, kinds);
const loudness = new Loudness(document.querySelector("[data-loudness]"));

const LAST_TAB = "room.tab";
let meeting = firstState;
let tab = null; // this page's name in the room, while it is in
let seated = false; // whether the server has said so
let peerTab = null;
let call = null;
let hopeless = 0;

// --- In and out ---

function enter() {
  tab = crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
  seated = false;
  sessionStorage.setItem(LAST_TAB, tab);
  stage.show("call");
  loudness.stop();
  join();
  keepAwake();
  draw();
}

/** Takes the seat; once it had it, this page does not take it back from another one. */
function join() {
  if (tab) live.send("meeting.join", { tab, again: seated });
}

/** A page that was loaded anew says goodbye for the one before it, whose own word may have been lost. */
function comeBack() {
  const before = sessionStorage.getItem(LAST_TAB);
  sessionStorage.removeItem(LAST_TAB);
  if (before) live.send("meeting.leave", { tab: before });
  live.send("meeting.heartbeat");
}

/** Out of the room; the page stays. */
function stepOut(screen) {
  hangUp({ bye: true });
  tab = null;
  stage.show(screen);
}

function leave() {
  live.send("meeting.leave");
  stepOut("left");
}

/** The server knows what comes next: thank you, or why the room is closed. */
function moveOn() {
  hangUp();
  tab = null;
  media.close();
  location.replace(location.pathname);
}

let awake = null;
async function keepAwake() {
  try {
    awake ??= await navigator.wakeLock?.request("screen");
    awake?.addEventListener("release", () => (awake = null));
  } catch {
    // A phone that saves its battery sleeps.
  }
}

// --- The other one ---

function meet(otherTab) {
  hangUp();
  peerTab = otherTab;
  const own = new Call({ iceServers, polite, kinds, media, send: (signal) => live.send("meeting.signal", { to: otherTab, ...signal }) });
  call = own;
  own.addEventListener("about", ({ detail }) => stage.hear(detail));
  own.addEventListener("state", ({ detail }) => {
    if (call !== own) return;
    expectConnection(detail);
    if (detail === "closed") call = null;
    if (detail !== "connected") live.send("meeting.heartbeat"); // why? The server's word may have been lost
    draw();
  });
  stage.watch(own.remote);
  expectConnection("connecting");
}

function hangUp(how) {
  clearTimeout(hopeless);
  const old = call;
  call = peerTab = null;
  old?.close(how);
  stage.hear({ audio: true, video: kind === "video" });
}

function expectConnection(state) {
  clearTimeout(hopeless);
  stage.banner("unreachable", false);
  if (state !== "connected" && state !== "closed") hopeless = setTimeout(() => stage.banner("unreachable", true), HOPELESS_MS);
}

// --- What the server says ---

function follow(state) {
  if (Date.parse(state.now) < Date.parse(meeting.now)) return; // an older word that came later
  meeting = state;
  if (state.state === "ended" || state.state === "void") return moveOn();
  if (state.state === "waiting" && Date.parse(state.now) >= Date.parse(state.closes_at)) return moveOn();
  clock.set(state.remaining_ms);
  if (tab && state.state === "active" && state.peer_tab && state.peer_tab !== peerTab) meet(state.peer_tab);
  // Gone for the server, but still connected: only their line to the server fails.
  else if (tab && !state.peer_tab && call?.state !== "connected") hangUp();
  draw();
}

function draw() {
  stage.draw({ meeting, entered: tab !== null, connection: call?.state ?? "none" });
}

const on = (event, act) => document.addEventListener(`live:${event}`, ({ detail }) => act(detail));

for (const event of ["meeting.state", "meeting.started", "meeting.peer"]) on(event, follow);
on("meeting.ended", moveOn);
on("meeting.replaced", () => tab && stepOut("elsewhere"));
on("meeting.joined", () => (seated = true));
on("meeting.absent", join);
on("meeting.signal", ({ from, ...signal }) => {
  if (!tab) return;
  if (from !== peerTab) meet(from);
  call?.receive(signal);
});
on("open", () => {
  stage.banner("offline", false);
  if (tab) join();
  else comeBack();
  call?.mend();
});
on("lost", () => tab && stage.banner("offline", true));
on("refused", () => performance.now() > YOUNG_MS && moveOn()); // the page's ticket is over: a new page has a new one
on("error", ({ code, event }) => {
  if (code === "replaced") return stepOut("elsewhere");
  if (code === "meeting_over") return moveOn();
  if (event === "meeting.join") setTimeout(join, RETRY_MS);
});
setInterval(() => live.send("meeting.heartbeat"), HEARTBEAT_MS);
addEventListener("online", () => call?.mend());

// --- The clock ---

clock.addEventListener("tick", ({ detail }) => stage.showTime(minutesAndSeconds(detail)));
clock.addEventListener("warning", () => stage.warnOfTheEnd());
clock.addEventListener("over", moveOn);

// --- This person ---

media.addEventListener("change", () => {
  stage.drawMedia();
  call?.refresh();
  if (!tab) loudness.hear(media.tracks.audio);
});
stage.addEventListener("enter", enter);
stage.addEventListener("leave", leave);
stage.addEventListener("retry", () => media.open());
document.addEventListener("pointerdown", () => loudness.wake());
document.addEventListener("keydown", () => loudness.wake());
document.addEventListener("visibilitychange", () => tab && document.visibilityState === "visible" && keepAwake());
addEventListener("pagehide", () => {
  if (tab) live.send("meeting.leave");
  hangUp({ bye: true });
  media.close();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());

stage.show("lobby");
follow(firstState);
media.open();
