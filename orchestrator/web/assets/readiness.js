// While the station is being probed, the page waits for what comes of it.

import { send } from "./http.js";

async function wait() {
  try {
    const found = await send("GET", "/api/v1/readiness");
    if (!found.checking) {
      location.replace("/readiness");
      return;
    }
  } catch {
    // the service may be away for a moment; the shell says so
  }
  setTimeout(wait, 700);
}

if ("probing" in document.getElementById("probing").dataset) setTimeout(wait, 500);
