// Writes a cue's texts before they are shown: with their room, and about how they will look.

import { act, refused } from "./today.js";
import { Refused } from "./http.js";

const dialog = document.getElementById("texts");
const body = document.getElementById("texts-body");
const yes = document.getElementById("texts-yes");
let cue = "";
let seen = ""; // what its operator had seen when the form was filled in

function box() {
  return document.querySelector("[data-venue]");
}

async function open(button) {
  cue = button.dataset.texts;
  seen = box().dataset.seen;
  const path = `/rundown/${encodeURIComponent(box().dataset.occurrence)}/cues/${encodeURIComponent(cue)}/texts`;
  const answer = await fetch(`${path}?lang=${document.documentElement.lang}`, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) {
    const problem = await answer?.json().catch(() => null);
    refused(problem ? new Refused(answer.status, problem) : new Error());
    return;
  }
  body.innerHTML = await answer.text();
  const title = document.getElementById("texts-title");
  title.textContent = title.dataset.says.replace("{cue}", button.dataset.name);
  dialog.showModal();
  draw();
  body.querySelector("textarea")?.select();
}

function fields() {
  return [...body.querySelectorAll("textarea")];
}

function draw() {
  yes.disabled = !fields().some((field) => !field.readOnly && field.value !== field.dataset.was);
  for (const field of fields()) {
    const picture = body.querySelector(`[data-shows="${CSS.escape(field.dataset.field)}"]`);
    if (picture.textContent !== field.value) picture.textContent = field.value;
    const scale = picture.parentElement.clientWidth / Number(picture.dataset.width);
    picture.style.fontSize = `${Math.max(Number(picture.dataset.size) * scale, 8)}px`;
    const hint = field.parentElement.querySelector("[data-letters]");
    hint?.classList.toggle("over", field.value.length > Number(hint.dataset.letters));
  }
}

function changes() {
  const changed = fields().filter((field) => field.value !== field.dataset.was);
  const target = box().dataset.occurrence;
  return changed.map((field) => ({ kind: "text", target, cue, field: field.dataset.field, value: field.value, seen }));
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-texts]");
    if (button) open(button);
  });
  body.addEventListener("input", draw);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    if (event.submitter?.value === "yes") act(changes(), box());
  });
}
