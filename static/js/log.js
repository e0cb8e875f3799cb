// A table of actions that is written in place: arrows move, Enter or typing changes a cell, pasted rows go in at once.
// Without this script each row has a page to change it on, and rows are pasted into a field below.
const table = document.querySelector("[data-log]");
const said = document.querySelector("[data-said]");
const token = document.querySelector('[name="csrfmiddlewaretoken"]').value;
const cells = [...table.querySelectorAll("[data-column]")];

table.setAttribute("role", "grid");
document.querySelector("[data-how]").hidden = false;
table.setAttribute("aria-describedby", "how");
for (const cell of cells) cell.tabIndex = -1;
if (cells.length) cells[0].tabIndex = 0;

const rowOf = (cell) => [...cell.parentElement.querySelectorAll("[data-column]")];

function near(cell, down, right) {
  const rows = [...table.tBodies[0].rows];
  const row = rows[rows.indexOf(cell.parentElement) + down];
  if (!row) return null;
  return [...row.querySelectorAll("[data-column]")][rowOf(cell).indexOf(cell) + right] ?? null;
}

function go(cell) {
  if (!cell) return;
  for (const other of cells) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}

async function send(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("csrfmiddlewaretoken", token);
  const answer = await fetch(location.pathname, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) throw new Error("no answer");
  return [answer.ok, await answer.json()];
}

function write(cell, typed) {
  if (cell.classList.contains("is-writing")) return;
  const was = cell.textContent;
  const field = document.createElement("textarea");
  const heading = table.tHead.rows[0].cells[cell.cellIndex].textContent;
  field.setAttribute("aria-label", `${table.dataset.editLabel}: ${heading}`);
  field.value = typed ?? was;
  cell.textContent = "";
  cell.classList.add("is-writing");
  cell.classList.remove("is-kept", "is-refused");
  cell.append(field);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  let before = was;
  let busy = false;

  const close = (text) => {
    cell.classList.remove("is-writing");
    cell.textContent = text;
  };
  const keep = async (next) => {
    if (busy) return;
    if (field.value === before) {
      close(before);
      go(next ?? cell);
      return;
    }
    busy = true;
    try {
      const fields = { do: "cell", action: cell.parentElement.dataset.action, column: cell.dataset.column };
      const [ok, found] = await send({ ...fields, text: field.value, was: before });
      said.textContent = found.said;
      if (ok) {
        close(found.text);
        cell.classList.add("is-kept");
        if (next !== null) go(next ?? cell);
      } else {
        cell.classList.add("is-refused");
        if (found.now !== undefined) before = found.now;
        field.focus();
      }
    } catch {
      said.textContent = table.dataset.notSaved;
      cell.classList.add("is-refused");
      field.focus();
    }
    busy = false;
  };

  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      close(was);
      go(cell);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      keep(near(cell, 1, 0) ?? cell);
    } else if (event.key === "Tab") {
      event.preventDefault();
      keep(near(cell, 0, event.shiftKey ? -1 : 1) ?? cell);
    }
  });
  field.addEventListener("blur", () => {
    if (cell.classList.contains("is-writing") && !busy && !cell.classList.contains("is-refused")) keep(null);
  });
}

const MOVES = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

table.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-column]");
  if (!cell || cell.classList.contains("is-writing")) return;
  if (MOVES[event.key]) {
    event.preventDefault();
    go(near(cell, ...MOVES[event.key]));
  } else if (event.key === "Enter" || event.key === "F2") {
    event.preventDefault();
    write(cell);
  } else if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    go(rowOf(cell).at(event.key === "Home" ? 0 : -1));
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    write(cell, event.key);
  }
});

table.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-column]");
  if (cell && !event.target.closest("a, textarea")) go(cell);
});
table.addEventListener("dblclick", (event) => {
  const cell = event.target.closest("[data-column]");
  if (cell) write(cell);
});

table.addEventListener("paste", async (event) => {
  const cell = event.target.closest("[data-column]");
  if (!cell || cell.classList.contains("is-writing")) return;
  const text = event.clipboardData.getData("text/plain");
  event.preventDefault();
  if (!text.trimEnd().match(/[\t\n]/)) {
    write(cell, text.trimEnd());
    return;
  }
  try {
    const at = { action: cell.parentElement.dataset.action, column: cell.dataset.column };
    const [ok, found] = await send({ do: "paste", rows: text, ...at });
    said.textContent = found.said;
    if (ok) location.reload();
  } catch {
    said.textContent = table.dataset.notSaved;
  }
});
