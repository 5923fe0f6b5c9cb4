// A page of the schedule: when the schedule changes it says so; where nobody writes it shows the new one, in its place.

import { on } from "./live.js";
import { morph } from "./morph.js";

const AGAIN = 2000; // ms after which a page that couldn't be had is asked for again
const news = document.getElementById("schedule-news");
const said = document.getElementById("schedule-changed");
const content = document.getElementById("content");
const writes = content.querySelector('form[method="post"]') !== null;
let mark = marked();
let number;
let busy = false;

function marked() {
  return document.getElementById("calendar-mark")?.textContent;
}

function newest() {
  return news.firstElementChild?.dataset.number ?? "";
}

function tell() {
  const notice = news.firstElementChild?.cloneNode(true);
  if (!notice) return;
  notice.querySelector("[data-typed]").hidden = !writes;
  if (writes) notice.querySelector("a").target = "_blank"; // what is typed stays where it is
  said.replaceChildren(notice);
}

/** Show the page as it is now. What doesn't differ stays: the place that is read, what has the focus, what is open. */
async function renew() {
  if (busy) return;
  busy = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) {
      location.reload(); // gone, or signed out: the page itself says which
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    morph(content, page.getElementById("content").innerHTML);
    document.title = page.title;
    mark = marked();
    busy = false;
  } catch {
    setTimeout(() => { busy = false; heard(); }, AGAIN);
  }
}

function heard() {
  const before = number;
  number = newest();
  const isNew = Boolean(before && number) && number !== before;
  if (isNew) tell();
  if (!writes && (isNew || marked() !== mark)) renew();
}

on("parts", heard);
said.addEventListener("click", ({ target }) => { if (target.closest("[data-close]")) said.replaceChildren(); });
