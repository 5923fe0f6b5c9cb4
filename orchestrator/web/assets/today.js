// What operators do on a live page: buttons, shortcuts, questions, and what came of it.

import { send, Refused } from "./http.js";
import { on } from "./live.js";
import "./pictures.js";

const CALM = 700; // ms in which a second click at a venue is a slip: the button under it may be another by now
const SAID_FOR = 9000;

const ask = document.getElementById("ask");
const said = document.getElementById("said");
const acted = new Map();

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.disabled) return;
  if (button.dataset.opens) document.getElementById(button.dataset.opens)?.showModal();
  else if (button.dataset.undo) undo(button);
  else if (button.dataset.kind) begin(button);
});

async function begin(button) {
  const box = button.closest("[data-venue]");
  if (performance.now() - (acted.get(box.dataset.venue) ?? -CALM) < CALM) return;
  const change = { ...changeOf(button, box), seen: box.dataset.seen }; // before the question: others may act meanwhile
  if (button.dataset.ask && !(await sure(button.dataset))) return;
  button.closest("dialog")?.close();
  await act(change, box);
}

function changeOf({ dataset: data }, box) {
  const ofVenue = data.kind === "take" || data.kind === "release";
  const change = { kind: data.kind, target: ofVenue ? box.dataset.venue : data.occurrence || box.dataset.occurrence };
  for (const name of ["cue", "field", "until"]) if (data[name]) change[name] = data[name];
  if (data.untilOf) change.until = document.querySelector(`input[name="${CSS.escape(data.untilOf)}"]:checked`)?.value;
  if (data.value !== undefined) change.value = valueOf(data);
  return change;
}

function valueOf({ kind, field, value }) {
  if (kind === "extend" || kind === "shift") return Number(value);
  return field === "stream" || field === "record" ? value === "true" : value;
}

/** Ask the service for a change at a box's venue, or for several in a row, and say what came of it. */
export async function act(changes, box) {
  const rest = [changes].flat();
  let seen = rest[0].seen ?? box.dataset.seen;
  let made;
  acted.set(box.dataset.venue, performance.now());
  try {
    while (rest.length) {
      made = await send("POST", "/api/v1/changes", { ...rest[0], seen });
      seen = made.seen;
      rest.shift();
    }
    say(made.message, "good");
    return true;
  } catch (error) {
    const again = rest.map(({ seen: _, ...change }) => change);
    refused(error, () => act(again, document.querySelector(`[data-venue="${CSS.escape(box.dataset.venue)}"]`)));
    return false;
  }
}

async function undo(button) {
  button.disabled = true;
  try {
    await send("DELETE", `/api/v1/changes/${button.dataset.undo}`);
  } catch (error) {
    refused(error);
  } finally {
    button.disabled = false;
  }
}

/** Say why something wasn't done; `again` is offered where others have changed what was seen. */
export function refused(error, again) {
  if (!(error instanceof Refused)) {
    say(said.dataset.failed, "warn");
    return;
  }
  const unseen = error.problem.code === "change.not-seen";
  say(error.message, "warn", unseen ? again : null);
}

/** Tell what came of an action; `again` offers to do it all the same. */
export function say(text, kind, again = null) {
  const line = document.createElement("div");
  line.className = `notice ${kind}`;
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  if (again) line.append(button(said.dataset.again, () => { line.remove(); again(); }));
  line.append(button(said.dataset.close, () => line.remove()));
  said.replaceChildren(line);
  if (kind === "good") setTimeout(() => line.remove(), SAID_FOR);
}

function button(text, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain";
  made.textContent = text;
  made.addEventListener("click", does);
  return made;
}

/** Ask once, in plain words; resolves to whether the answer was yes. */
export function sure({ title, ask: text, yes }) {
  document.getElementById("ask-title").textContent = title;
  document.getElementById("ask-text").textContent = text;
  document.getElementById("ask-yes").textContent = yes;
  ask.returnValue = "no";
  ask.showModal();
  return new Promise((resolve) => {
    ask.addEventListener("close", () => resolve(ask.returnValue === "yes"), { once: true });
  });
}

// Shortcuts: at the venue that has the focus, else at the only one with an event. They can be turned off.
const keys = document.getElementById("keys");
if (keys) {
  const show = (isOn) => { keys.setAttribute("aria-pressed", String(isOn)); document.body.classList.toggle("without-keys", !isOn); };
  keys.hidden = false;
  show(localStorage.getItem("keys") !== "off");
  keys.addEventListener("click", () => {
    const isOn = keys.getAttribute("aria-pressed") !== "true";
    localStorage.setItem("keys", isOn ? "on" : "off");
    show(isOn);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.body.classList.contains("without-keys")) return;
  if (event.target.closest("input:not([type='radio']), textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const box = here();
  const pressed = event.key.toLowerCase();
  if (!box || !/^[a-z]$/.test(pressed)) return;
  const target = box.querySelector(`button[data-shortcut="${pressed}"]:not(:disabled)`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.click();
});

function here() {
  const focused = document.activeElement?.closest(".venue")?.querySelector("[data-venue]");
  const busy = document.querySelectorAll("[data-venue].has-event");
  return focused ?? (busy.length === 1 ? busy[0] : null);
}

on("lost", () => { for (const open of document.querySelectorAll("dialog[open]:not(#ask)")) open.close(); });
