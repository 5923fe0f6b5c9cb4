// Pictures of the programme and of the next scene, and the sound level, as they come.

import { on } from "./live.js";

const FLOOR = -60; // dB at which a level counts as nothing

on("pictures", (venues) => {
  for (const [venue, pictures] of Object.entries(venues)) {
    const box = boxOf(venue);
    for (const [shot, address] of Object.entries(pictures)) {
      for (const image of box?.querySelectorAll(`img[data-picture="${shot}"]`) ?? []) put(image, address);
    }
  }
});

function boxOf(venue) {
  return document.querySelector(`[data-venue="${CSS.escape(venue)}"]`);
}

async function put(image, address) {
  if (address) {
    const ready = new Image();
    ready.src = address;
    try { await ready.decode(); } catch { return; }
    image.src = address;
  }
  image.hidden = !address;
}

on("levels", (venues) => {
  for (const [venue, { level, peak, state }] of Object.entries(venues)) {
    const meter = boxOf(venue)?.querySelector("[data-meter]");
    if (!meter) continue;
    meter.querySelector("[data-level]").setAttribute("width", `${part(level)}%`);
    for (const end of ["x1", "x2"]) meter.querySelector("[data-peak]").setAttribute(end, `${part(peak)}%`);
    const words = meter.querySelector("[data-heard]");
    const text = meter.dataset[state] ?? "";
    if (words.textContent !== text) words.textContent = text;
    meter.dataset.heard = state;
  }
});

function part(decibels) {
  return Math.round(Math.min(Math.max((decibels - FLOOR) / -FLOOR, 0), 1) * 1000) / 10;
}
