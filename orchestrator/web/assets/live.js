// Keeps an open page as the service sees it: hears what changes, says at once when it hears nothing, and comes back.

import { morph } from "./morph.js";

const LATE = 1700; // ms without a word, of which one comes each 0.7 s, that mean that the connection is gone
const FIRST = 4000; // ms that the first word may take
const AWAY = 30000; // ms after which a page that nobody looks at lets its connection go
const PAUSES = [250, 500, 1000, 2000, 4000, 5000];
const SAMPLES = 8;
const ACTS = ":is(main, dialog) button:not([data-local], [value='no'])"; // what asks the service for something

const listeners = new Map();
const bar = document.getElementById("link");
const following = document.body.dataset.live;
let source = null;
let heardAt = 0;
let tries = 0;
let timer = 0;
let lost = false;
let ended = false;
let offsets = [];

/** The service's time, ms since 1970: of what was heard lately, what came fastest tells it best. */
export function now() {
  return Date.now() + Math.max(...offsets);
}

/** Call back with the data of each event of a kind: beat, parts (after the page was changed), pictures, levels. */
export function on(kind, listener) {
  listeners.set(kind, [...(listeners.get(kind) ?? []), listener]);
}

function tell(kind, data) {
  for (const listener of listeners.get(kind) ?? []) listener(data);
}

function sample(time) {
  const offset = time - Date.now();
  if (offsets.length && Math.abs(offset - Math.max(...offsets)) > 2000) offsets = [];
  offsets = [...offsets, offset].slice(-SAMPLES);
}

function heard(kind, event) {
  if (event.target !== source) return;
  heardAt = performance.now();
  tries = 0;
  const data = JSON.parse(event.data);
  if (data.now) sample(data.now);
  if (lost) found();
  if (kind === "parts") show(data);
  tell(kind, data);
}

function show({ parts, gone }) {
  if (gone.length) {
    location.reload(); // a venue came or went: another page
    return;
  }
  for (const [name, html] of Object.entries(parts)) {
    for (const place of document.querySelectorAll(`[data-part="${CSS.escape(name)}"]`)) morph(place, html);
  }
}

function address() {
  const [page, of] = following.split("?of=");
  const url = new URL("/api/v1/live", location.href);
  url.searchParams.set("page", page);
  if (of) url.searchParams.set("of", of);
  url.searchParams.set("lang", document.documentElement.lang);
  return url;
}

function connect() {
  clearTimeout(timer);
  source?.close();
  heardAt = performance.now() - LATE + FIRST;
  source = new EventSource(address());
  for (const kind of ["beat", "parts", "pictures", "levels"]) source.addEventListener(kind, (event) => heard(kind, event));
  source.addEventListener("signed-out", (event) => { if (event.target === source) end(); });
  source.addEventListener("again", (event) => { if (event.target === source) connect(); });
  source.addEventListener("error", (event) => { if (event.target === source) lose(); });
}

function lose() {
  source?.close();
  source = null;
  if (!lost) {
    stale();
    bar.textContent = bar.dataset.lost;
  }
  if (tries === 3) whyNot();
  const pause = PAUSES[Math.min(tries, PAUSES.length - 1)];
  tries += 1;
  clearTimeout(timer);
  timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
}

function stale() {
  lost = true;
  document.documentElement.classList.add("stale");
  for (const button of document.querySelectorAll(ACTS)) button.setAttribute("aria-disabled", "true");
  bar.classList.remove("back");
  bar.hidden = false;
  tell("lost", {});
}

// The session is over: said, with the way in again, which leads back here. What was typed stays to be read.
function end() {
  if (ended) return;
  ended = true;
  clearTimeout(timer);
  source?.close();
  source = null;
  stale();
  const way = document.createElement("a");
  way.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  way.textContent = bar.dataset.signIn;
  bar.replaceChildren(bar.dataset.ended, " ", way);
}

function found() {
  lost = false;
  document.documentElement.classList.remove("stale");
  for (const button of document.querySelectorAll(ACTS)) button.removeAttribute("aria-disabled");
  bar.textContent = bar.dataset.back;
  bar.classList.add("back");
  setTimeout(() => { if (!lost) bar.hidden = true; }, 3000);
  tell("found", {});
}

// A service that answers but doesn't let this page listen wants a login, or no longer knows what is shown.
async function whyNot() {
  const control = new AbortController();
  try {
    const answer = await fetch(address(), { signal: control.signal, credentials: "same-origin" });
    if (answer.status === 401) end();
    else if ([403, 404].includes(answer.status)) location.reload();
  } catch {
    // No answer: the connection is gone, which the page says already.
  } finally {
    control.abort();
  }
}

function look() {
  if (source && performance.now() - heardAt > LATE) lose();
}

// What is pressed while nobody hears it must not seem to have been done.
function stay(event) {
  if (!lost || (event.type === "click" && !event.target.closest(ACTS))) return;
  if (event.type === "submit" && event.target.method === "dialog") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (ended) return; // it says so, and its link must stay where it is
  bar.textContent = "";
  setTimeout(() => { if (lost && !ended) bar.textContent = bar.dataset.lost; }, 120);
}

let away = 0;
function seen() {
  clearTimeout(away);
  if (ended) return;
  if (document.hidden && document.body.dataset.always === undefined) {
    away = setTimeout(() => { clearTimeout(timer); source?.close(); source = null; }, AWAY);
  } else if (!source) {
    tries = 0;
    connect();
  }
}

const shown = document.getElementById("clock");
offsets = [shown ? new Date(shown.dateTime).getTime() - Date.now() : 0];
if (following) {
  connect();
  setInterval(look, 200);
  window.addEventListener("signedout", end);
  document.addEventListener("click", stay, true);
  document.addEventListener("submit", stay, true);
  window.addEventListener("offline", () => { if (source) lose(); });
  document.addEventListener("visibilitychange", seen);
  window.addEventListener("online", seen);
  window.addEventListener("pagehide", () => { clearTimeout(timer); source?.close(); source = null; });
  window.addEventListener("pageshow", (event) => { if (event.persisted) seen(); });
}
