// Counts down to, or up from, the times on a page, by the service's clock.

import { now, on } from "./live.js";

const DAY = { id: "hari", en: "d" }[document.documentElement.lang] ?? "d";

/** Seconds as people count them: 4:05, 1:04:05, 2 d 1:04:05. */
export function told(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const tail = `${hours || days ? String(minutes).padStart(2, "0") : minutes}:${String(whole % 60).padStart(2, "0")}`;
  return `${days ? `${days} ${DAY} ` : ""}${hours || days ? `${hours}:` : ""}${tail}`;
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function count() {
  const time = now();
  for (const one of document.querySelectorAll("[data-count]")) {
    const left = Math.ceil((Date.parse(one.dataset.count) - time) / 1000);
    put(one, told(left));
    one.classList.toggle("soon", left <= 10 && left >= 0);
    one.classList.toggle("days", left >= 86400);
  }
  for (const one of document.querySelectorAll("[data-since-time]")) put(one, told((time - Date.parse(one.dataset.sinceTime)) / 1000));
  for (const line of document.querySelectorAll("[data-now]")) {
    const { since, until } = line.closest("[data-since][data-until]").dataset;
    const part = (time - Date.parse(since)) / (Date.parse(until) - Date.parse(since));
    for (const end of ["x1", "x2"]) line.setAttribute(end, `${Math.min(Math.max(part * 100, 0), 100).toFixed(3)}%`);
  }
}

function tick() {
  count();
  setTimeout(tick, 1000 - (now() % 1000) + 5);
}

on("parts", count);
tick();
