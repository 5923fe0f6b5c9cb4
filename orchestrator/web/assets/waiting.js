// Keeps the page that waits for the service up to date, and opens the panel once there is one.

const EVERY = 1500; // ms

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(5000) });
    if (answer.status !== 503) {
      location.reload();
      return;
    }
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#waiting > ul");
    const shown = document.querySelector("#waiting > ul");
    if (found && shown && found.textContent !== shown.textContent) shown.replaceWith(found);
  } catch {
    // between the end of this page's server and the beginning of the panel's
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
