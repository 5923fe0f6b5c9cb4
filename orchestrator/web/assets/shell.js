// What every page has: the clock, told by the service's time and zone, never by this device's own; and live updates.

import { now } from "./live.js";
import "./counts.js";

const shown = document.getElementById("clock");
if (shown) {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: shown.dataset.zone, timeStyle: "medium" });
  const tick = () => {
    const time = now();
    shown.textContent = format.format(time);
    setTimeout(tick, 1000 - (time % 1000) + 5);
  };
  tick();
}
