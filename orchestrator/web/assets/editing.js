// An event's form: only what matters for the choices made is shown; days can be added; questions are asked once.
// Without this script all fields are there, and the service takes those that count.

const form = document.querySelector(".event-form");

if (form) {
  const parts = [...form.querySelectorAll("[data-when]")].map((part) => {
    const [name, values] = part.dataset.when.split(":");
    return { part, source: form.elements.namedItem(name), values: values.trim().split(/\s+/) };
  });

  /** Show what belongs to the choices made; what was only shown before, and never filled in, isn't sent. */
  function follow() {
    for (const { part, source, values } of parts) {
      const wanted = values.includes(source.value) || "keep" in part.dataset;
      part.hidden = !wanted;
      for (const field of part.querySelectorAll("input, select, textarea")) {
        if ("drop" in part.dataset) field.disabled = !wanted;
      }
    }
    const details = form.querySelector("#details");
    details.hidden = !details.querySelector("[data-when]:not([hidden])");
  }

  form.addEventListener("change", (event) => {
    if (["ceremony", "start", "length", "repeat"].includes(event.target.name)) follow();
  });

  // A day that was chosen makes room for another one.
  for (const rows of form.querySelectorAll("[data-rows]")) {
    const more = rows.querySelector("[data-more]");
    more.hidden = false;
    more.addEventListener("click", () => {
      const fresh = rows.querySelector("[data-row]").cloneNode(true);
      const field = fresh.querySelector("input");
      field.value = "";
      fresh.querySelector("[data-in-words]").textContent = "";
      more.before(fresh);
      field.focus();
    });
  }

  // Browsers write days in their own order: beside each stands the day in words.
  const inWords = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeZone: "UTC" });
  form.addEventListener("input", ({ target }) => {
    if (target.type !== "date") return;
    target.parentElement.querySelector("[data-in-words]").textContent = target.value ? inWords.format(Date.parse(target.value)) : "";
  });

  // The end's own day moves with the day of the start.
  const { date, end_date: end } = form.elements;
  let before = date.value;
  date.addEventListener("change", () => {
    if (end.value && before && date.value) {
      const moved = new Date(Date.parse(end.value) + Date.parse(date.value) - Date.parse(before));
      end.value = moved.toISOString().slice(0, 10);
      end.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (date.value) before = date.value;
  });

  follow();
}

// A link that asks on this page instead of leading to the page that asks.
document.addEventListener("click", (event) => {
  const dialog = document.getElementById(event.target.closest("a[data-opens]")?.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});

document.getElementById("wrong")?.focus();
