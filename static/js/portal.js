// What several pages share; without it every page works the same, only less conveniently.

// After a refused form the list of what to correct comes first, for eyes, keyboard and screen reader.
document.querySelector(".error-summary[role='alert']")?.focus();

// What only works in this browser is shown only where it works.
for (const part of document.querySelectorAll("[data-needs='passkeys']")) {
  part.hidden = !window.PublicKeyCredential;
}

// Files can be dropped anywhere on the box around their input; one that is too large is named at once.
const size = (zone, files) => {
  const most = Number(zone.dataset.most);
  const place = zone.querySelector("[data-problems]");
  if (!most || !place) return;
  place.replaceChildren();
  for (const file of files) {
    if (file.size <= most) continue;
    const line = document.createElement("p");
    line.className = "field-error";
    line.setAttribute("role", "alert");
    line.textContent = zone.dataset.tooLarge.replace("%(name)s", file.name);
    place.append(line);
  }
};

for (const zone of document.querySelectorAll(".dropzone")) {
  const input = zone.querySelector('input[type="file"]');
  if (!input) continue;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  zone.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    zone.classList.remove("is-over");
    if (!carriesFiles(event) || event.target === input) return;
    event.preventDefault();
    const chosen = new DataTransfer();
    const dropped = [...event.dataTransfer.files];
    for (const file of input.multiple ? [...input.files, ...dropped] : dropped.slice(0, 1)) chosen.items.add(file);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => size(zone, input.files));
}
