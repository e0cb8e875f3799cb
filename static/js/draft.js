// A long form saves itself while somebody types. The Save button does the same, so nothing here is needed.
const PAUSE = 2500;
const AGAIN = 15000;

for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = form.querySelector("[data-draft-said]");
  const version = form.querySelector('[name="read_version"]');
  let timer = 0;
  let running = false;
  let again = false;
  let stopped = false;
  let unsaved = false;

  const save = async () => {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    const data = new FormData(form);
    for (const field of form.querySelectorAll('input[type="file"]')) data.delete(field.name);
    data.set("do", "autosave");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const found = await answer.json();
      unsaved = false;
      said.textContent = found.said;
      if (found.version) version.value = found.version;
      if (found.conflict) {
        stopped = true;
        const link = document.createElement("a");
        link.href = found.conflict;
        link.textContent = found.link;
        said.append(" ", link);
      }
    } catch {
      // No connection, or signed out in another window: say so, try again, and ask before the page is left.
      unsaved = true;
      said.textContent = document.body.dataset.unsaved;
      clearTimeout(timer);
      timer = setTimeout(save, AGAIN);
    } finally {
      running = false;
      if (again) {
        again = false;
        save();
      }
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  // A save under way changes the version: the buttons wait for it.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    unsaved = false;
    if (!running) {
      stopped = true;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    const wait = setInterval(() => {
      if (running) return;
      clearInterval(wait);
      form.requestSubmit(button);
    }, 50);
  });
}
