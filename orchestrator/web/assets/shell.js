// The clock of every page: the service's time, told by its zone, never this device's own.

const shown = document.getElementById("clock");
const offset = new Date(shown.dateTime).getTime() - Date.now();
const format = new Intl.DateTimeFormat("en-GB", { timeZone: shown.dataset.zone, timeStyle: "medium" });

function tick() {
  const now = Date.now() + offset;
  shown.textContent = format.format(now);
  setTimeout(tick, 1000 - (now % 1000));
}

tick();
