// A rundown: keeps the present cue in view for who follows, and leaves alone who reads elsewhere.

import { on } from "./live.js";
import { say } from "./today.js";
import "./move.js";
import "./texts.js";

const SETTLES = 1000; // ms after which a scroll of the page's own is over at the latest
const jump = document.getElementById("to-now");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let follows = !location.hash;
let own = 0;
let shown = present()?.id;

function present() {
  return document.querySelector(".cue.is-now") ?? document.querySelector(".cue.is-next");
}

function isInView(row) {
  const { top, bottom } = row.getBoundingClientRect();
  const strip = document.querySelector(".strip")?.getBoundingClientRect().bottom ?? 0;
  return top >= Math.max(strip, 0) - 8 && bottom <= innerHeight + 8;
}

function isReading() {
  return document.querySelector("dialog[open]") || document.activeElement?.closest(".cue-table") || !getSelection().isCollapsed;
}

function bring(row, behavior = calm.matches ? "auto" : "smooth") {
  own = performance.now();
  row.scrollIntoView({ block: "center", behavior });
}

function offer() {
  const row = present();
  jump.hidden = !row || isInView(row);
}

function moved() {
  if (performance.now() - own < SETTLES) return;
  const row = present();
  follows = Boolean(row) && isInView(row);
  offer();
}

on("parts", () => {
  const row = present();
  if (row && row.id !== shown && follows && !isReading() && !isInView(row)) bring(row);
  shown = row?.id;
  offer();
});

jump.addEventListener("click", () => {
  const row = present();
  if (!row) return;
  follows = true;
  jump.hidden = true;
  bring(row);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-why]");
  if (button) say(button.dataset.why, "warn");
});
document.addEventListener("scroll", moved, { passive: true });
document.addEventListener("scrollend", () => { own = 0; moved(); });
for (const kind of ["wheel", "touchmove", "keydown"]) document.addEventListener(kind, () => { own = 0; }, { passive: true });

if (follows && present() && !isInView(present())) bring(present(), "auto");
