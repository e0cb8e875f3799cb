// A long form saves itself while somebody types. The Save button does the same, so nothing here is needed.
// Until the portal has said "saved", what was typed is kept in this browser too: a lost line, a closed lid or an
// expired login loses no word. It is offered again to the same person on the same page, and forgotten when saved.
const PAUSE = 2500;
const AGAIN = 15000;

const shelf = (form) => {
  const key = `draft ${document.body.dataset.person} ${form.action}`;
  const fields = () =>
    [...form.elements].filter((one) => one.name && !["hidden", "file", "submit", "button"].includes(one.type));
  const value = (one) => (["checkbox", "radio"].includes(one.type) ? one.checked : one.value);
  const names = () => fields().map((one, n) => `${n} ${one.name}`);
  const attempt = (work) => {
    try {
      return work();
    } catch {
      return null; // no room, or not allowed here: the page works without
    }
  };
  return {
    keep: () =>
      attempt(() => localStorage.setItem(key, JSON.stringify({ names: names(), values: fields().map(value) }))),
    forget: () => attempt(() => localStorage.removeItem(key)),
    kept: () => attempt(() => JSON.parse(localStorage.getItem(key))),
    differs: (copy) =>
      JSON.stringify(copy.names) === JSON.stringify(names()) &&
      fields().some((one, n) => value(one) !== copy.values[n] && one.type !== "radio"),
    putBack: (copy) => {
      for (const [n, one] of fields().entries()) {
        if (["checkbox", "radio"].includes(one.type)) one.checked = copy.values[n];
        else one.value = copy.values[n];
        one.closest(".prose-editor")?.querySelector(".tiptap")?.editor.commands.setContent(one.value);
      }
    },
  };
};

for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = form.querySelector("[data-draft-said]");
  const version = form.querySelector('[name="read_version"]');
  const copies = shelf(form);
  let timer = 0;
  let running = null;
  let again = false;
  let stopped = false;
  let unsaved = false;
  let typed = false;

  const send = async () => {
    const data = new FormData(form);
    for (const field of form.querySelectorAll('input[type="file"]')) data.delete(field.name);
    data.set("do", "autosave");
    typed = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const found = await answer.json();
      unsaved = false;
      said.textContent = found.said;
      if (found.version) version.value = found.version;
      if (answer.ok && !typed) copies.forget();
      if (found.conflict) {
        stopped = true;
        copies.forget(); // the portal keeps both texts
        const link = document.createElement("a");
        link.href = found.conflict;
        link.textContent = found.link;
        said.append(" ", link);
      }
    } catch {
      // No connection, or signed out in another window: say so, try again, and ask before the page is left.
      unsaved = typed = true;
      said.textContent = document.body.dataset.unsaved;
      clearTimeout(timer);
      timer = setTimeout(save, AGAIN);
    }
  };
  const save = async () => {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = send();
    await running;
    running = null;
    if (again) {
      again = false;
      await save();
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    typed = true;
    copies.keep();
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  // A save under way changes the version, and what was typed last is saved first: the buttons wait for both.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!running && (!typed || stopped)) {
      unsaved = false;
      stopped = true;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    await running;
    if (typed) await save();
    clearTimeout(timer);
    unsaved = typed = false;
    stopped = true;
    form.requestSubmit(button);
  });

  const copy = copies.kept();
  if (!copy) continue;
  if (!copies.differs(copy)) {
    copies.forget();
    continue;
  }
  const words = document.body.dataset;
  const box = document.createElement("div");
  box.className = "error-summary";
  box.setAttribute("role", "alert");
  const line = document.createElement("p");
  line.textContent = words.kept;
  box.append(line);
  for (const [text, put] of [
    [words.putBack, true],
    [words.throwAway, false],
  ]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary btn-sm me-2";
    button.textContent = text;
    button.addEventListener("click", () => {
      if (put) {
        copies.putBack(copy);
        typed = true;
        save();
      } else copies.forget();
      box.remove();
    });
    box.append(button);
  }
  form.before(box);
}
