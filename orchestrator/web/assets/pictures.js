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

// A browser keeps every data: address that it has shown, gigabytes in a day; a blob's is given back.
async function put(image, address) {
  if (address) {
    const place = URL.createObjectURL(blob(address));
    const ready = new Image();
    ready.src = place;
    try { await ready.decode(); } catch { URL.revokeObjectURL(place); return; }
    URL.revokeObjectURL(image.src);
    image.src = place;
  }
  image.hidden = !address;
}

function blob(address) {
  const [kind, text] = address.slice("data:".length).split(";base64,");
  return new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], { type: kind });
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
