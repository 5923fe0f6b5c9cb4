// A screen on the wall: its pointer goes when nobody moves it, and it doesn't fall asleep.

import "./pictures.js";

const STILL = 3000; // ms
const root = document.documentElement;
const full = document.getElementById("full");
let timer = 0;

function moved() {
  root.classList.remove("unmoved");
  clearTimeout(timer);
  timer = setTimeout(() => root.classList.add("unmoved"), STILL);
}

for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) window.addEventListener(kind, moved);
moved();

if (document.fullscreenEnabled) {
  const show = () => { full.hidden = document.fullscreenElement !== null; };
  full.addEventListener("click", () => root.requestFullscreen().catch(() => {}));
  document.addEventListener("fullscreenchange", show);
  show();
}

async function stayAwake() {
  if (document.hidden) return;
  try { await navigator.wakeLock?.request("screen"); } catch { /* a screen that may sleep shows all the same */ }
}

document.addEventListener("visibilitychange", stayAwake);
stayAwake();
