// Work that takes a while: its button says so, and can't be pressed twice.

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    button.textContent = form.dataset.busy;
    button.setAttribute("aria-disabled", "true");
    form.addEventListener("submit", (again) => again.preventDefault());
  });
}
