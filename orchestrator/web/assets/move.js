// Moves a cue: dragged along the table, or typed; what it would do is shown before it is done.

import { send } from "./http.js";
import { act, refused } from "./today.js";

const MINUTE = 8; // pixels of a drag that are a minute
const STARTS = 6; // pixels after which a press is a drag
const PAUSE = 150; // ms without typing after which the service is asked

const dialog = document.getElementById("move");
const form = dialog?.querySelector("form");
const field = document.getElementById("move-to");
const why = document.getElementById("move-why");
const shown = document.getElementById("move-effect");
const yes = document.getElementById("move-yes");
const bubble = document.createElement("output");
let cue = "";
let asked = 0;
let timer = 0;
let effect = null;
let drag = null;
let isPart = false; // whether the next click is only the end of a drag

function box() {
  return document.querySelector("[data-venue]");
}

async function effectOf(of, to, alone) {
  const path = `/rundown/${encodeURIComponent(box().dataset.occurrence)}/cues/${encodeURIComponent(of)}/move`;
  return send("GET", `${path}?${new URLSearchParams({ to, alone })}`);
}

function open(button, to) {
  cue = button.dataset.move;
  const title = document.getElementById("move-title");
  title.textContent = title.dataset.says.replace("{cue}", button.dataset.name);
  field.value = to;
  form.elements.what.value = "all";
  put(null);
  dialog.showModal();
  field.select();
  if (to) look();
}

function put(found) {
  effect = found;
  shown.innerHTML = found?.html ?? "";
  why.textContent = found?.refused ?? "";
  why.hidden = !found?.refused;
  field.setAttribute("aria-invalid", String(Boolean(found?.refused)));
  yes.disabled = !found?.seconds;
  yes.textContent = found?.dangerous ? yes.dataset.danger : yes.dataset.plain;
  yes.className = found?.dangerous ? "danger" : "primary";
}

async function look() {
  clearTimeout(timer);
  const mine = ++asked;
  const { seen } = box().dataset; // what others do from here on isn't in what is shown
  yes.disabled = true;
  if (!field.value.trim()) return put(null);
  try {
    const found = await effectOf(cue, field.value, form.elements.what.value === "alone");
    if (mine === asked) put({ ...found, seen });
  } catch (error) {
    dialog.close();
    refused(error);
  }
}

function typed() {
  yes.disabled = true;
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
}

function step(minutes) {
  const before = /^\s*[+-]\d+\s*$/.test(field.value) ? Number(field.value) : 0;
  const now = before + minutes;
  field.value = now ? `${now > 0 ? "+" : ""}${now}` : "";
  look();
}

function apply() {
  if (!effect?.seconds) return;
  const change = { kind: "shift", target: box().dataset.occurrence, cue, value: effect.seconds, seen: effect.seen };
  if (form.elements.what.value === "alone") change.field = "alone";
  act(change, box());
}

/* Dragging: down is later. The table shows what would become of each cue; letting go asks. */

function press(event) {
  const button = event.target.closest("[data-move]");
  isPart = false;
  if (!button || event.button !== 0) return;
  drag = { button, row: button.closest(".cue"), from: event.pageY, minutes: 0, begun: false };
}

function pull(event) {
  if (!drag) return;
  const way = event.pageY - drag.from;
  if (!drag.begun) {
    if (Math.abs(way) < STARTS) return;
    drag.begun = true;
    drag.button.setPointerCapture(event.pointerId);
    bubble.className = "bubble";
    document.body.append(bubble);
  }
  drag.row.style.transform = `translateY(${way}px)`;
  drag.row.style.zIndex = 4;
  drag.row.style.position = "relative";
  bubble.style.transform = `translate(${Math.max(8, event.clientX - 190)}px, ${event.clientY - 20}px)`;
  const minutes = Math.round(way / MINUTE);
  if (minutes === drag.minutes) return;
  drag.minutes = minutes;
  preview(drag);
}

/** Show in the table what a drag would do; while one question is on its way the latest waits. */
async function preview(mine) {
  if (mine.asking) return;
  mine.asking = true;
  let asked = null;
  try {
    while (drag === mine && asked !== mine.minutes) {
      asked = mine.minutes;
      const found = asked ? await effectOf(mine.button.dataset.move, signed(asked), false) : null;
      if (drag === mine) ghosts(found);
    }
  } catch (error) {
    if (drag === mine) drop();
    refused(error);
  } finally {
    mine.asking = false;
  }
}

function ghosts(found) {
  for (const ghost of document.querySelectorAll(".ghost")) ghost.remove();
  bubble.textContent = found?.refused ?? found?.told ?? "";
  bubble.classList.toggle("refused", Boolean(found?.refused));
  for (const [id, time] of Object.entries(found?.times ?? {})) {
    const ghost = document.createElement("span");
    ghost.className = "chip ghost";
    ghost.textContent = `→ ${time}`;
    document.getElementById(`cue-${id}`)?.querySelector(".expected")?.append(ghost);
  }
}

function signed(minutes) {
  return `${minutes > 0 ? "+" : "-"}${Math.abs(minutes)}`;
}

function drop() {
  const { button, row, minutes, begun } = drag;
  for (const property of ["transform", "zIndex", "position"]) row.style[property] = "";
  bubble.remove();
  ghosts(null);
  drag = null;
  return begun ? { button, minutes } : null;
}

function letGo() {
  const dropped = drag && drop();
  if (!dropped) return;
  isPart = true;
  if (dropped.minutes) open(dropped.button, signed(dropped.minutes));
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button && !isPart) open(button, "");
    isPart = false;
  });
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", pull);
  document.addEventListener("pointerup", letGo);
  document.addEventListener("pointercancel", () => { if (drag) drop(); });
  document.addEventListener("keydown", (event) => { if (drag && event.key === "Escape") isPart = drop() !== null; });
  field.addEventListener("input", typed);
  form.addEventListener("change", (event) => { if (event.target.name === "what") look(); });
  form.addEventListener("click", (event) => { if (event.target.dataset.step) step(Number(event.target.dataset.step)); });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "no") return;
    if (yes.disabled) {
      event.preventDefault();
      look();
    } else if (event.submitter === yes || !event.submitter) {
      apply();
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (yes.disabled) look();
    else yes.click();
  });
}
