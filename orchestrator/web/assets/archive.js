// A recording: its moments seek, the track shows where they are, and a verification tells how far it is.

import { send } from "./http.js";

const video = document.getElementById("video");
const moments = [...document.querySelectorAll(".moment")];
const seconds = (moment) => Number(moment.dataset.seconds);

function seek(place, play) {
  video.currentTime = place;
  if (play) video.play().catch(() => {});  // a browser may want a touch first
}

function follow() {
  const now = video.currentTime + 0.05;
  const reached = moments.filter((moment) => seconds(moment) <= now).pop();
  for (const moment of moments) {
    if (moment === reached) moment.setAttribute("aria-current", "true");
    else moment.removeAttribute("aria-current");
  }
  track.querySelector(".played").style.width = `${100 * video.currentTime / length()}%`;
}

const track = document.getElementById("track");
const length = () => (Number.isFinite(video.duration) ? video.duration : Number(track.dataset.length)) || 1;

function place_ticks() {
  for (const old of track.querySelectorAll(".tick")) old.remove();
  for (const moment of moments) {
    const tick = document.createElement("span");
    tick.className = `tick ${moment.dataset.kind}`;
    tick.style.left = `${Math.min(100, 100 * seconds(moment) / length())}%`;
    track.append(tick);
  }
}

function from_address() {
  const found = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  if (found) seek(Number(found[1]), false);
}

if (video) {
  for (const moment of moments) moment.addEventListener("click", () => seek(seconds(moment), true));
  track.addEventListener("click", (event) => {
    const box = track.getBoundingClientRect();
    seek(length() * (event.clientX - box.left) / box.width, !video.paused);
  });
  for (const name of ["timeupdate", "seeking", "loadedmetadata"]) video.addEventListener(name, follow);
  video.addEventListener("loadedmetadata", place_ticks);
  video.addEventListener("loadedmetadata", from_address, { once: true });
  if (video.readyState > 0) from_address();
  window.addEventListener("hashchange", from_address);
  place_ticks();
}

const verify = document.getElementById("verify");
const told = document.getElementById("verified");
const text_of = (id) => document.getElementById(id).content.textContent.trim();

function problem(message) {
  const notice = document.getElementById("verify-problem").content.cloneNode(true);
  notice.querySelector("span").textContent = message;
  return notice;
}

function show(check) {
  const over = check.state === "whole" || check.state === "damaged";
  const part = check.total ? check.done / check.total : 0;
  verify.disabled = !over;
  document.getElementById("verifying").hidden = over;
  document.getElementById("verify-progress").value = part;
  if (check.state === "whole") told.replaceChildren(document.getElementById("verify-whole").content.cloneNode(true));
  else if (over) told.replaceChildren(...check.problems.map((each) => problem(each.message)));
  else if (check.state === "waiting") told.textContent = text_of("verify-waiting");
  else told.textContent = text_of("verify-running").replace("{percent}", Math.floor(100 * part));
  if (!over) setTimeout(ask, 500, "GET");
}

async function ask(method) {
  try {
    show(await send(method, verify.dataset.url, method === "POST" ? {} : undefined));
  } catch (error) {
    verify.disabled = false;
    told.replaceChildren(problem(error.message));
  }
}

if (verify) {
  verify.addEventListener("click", () => ask("POST"));
  if ("running" in verify.dataset) ask("GET");
}
