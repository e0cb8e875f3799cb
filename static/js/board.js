// The bar below the board says which cities are chosen, and how much is late there.
const form = document.querySelector("[data-board]");
const bar = form?.querySelector("[data-chosen]");

function show() {
  const chosen = [...form.querySelectorAll('input[name="city"]:checked')];
  for (const box of form.querySelectorAll('input[name="city"]')) {
    box.closest("tr").classList.toggle("is-picked", box.checked);
  }
  const words = (one, many, n) => (n === 1 ? one : many.replace("%(n)s", n));
  const strong = document.createElement("strong");
  const late = chosen.reduce((sum, box) => sum + Number(box.dataset.late), 0);
  if (chosen.length === 0) {
    strong.textContent = bar.dataset.none;
    bar.replaceChildren(strong);
    return;
  }
  const names = new Intl.ListFormat(document.documentElement.lang).format(chosen.map((box) => box.dataset.name));
  strong.textContent = `${words(bar.dataset.one, bar.dataset.many, chosen.length)}: ${names}`;
  const second = late === 0 ? bar.dataset.lateNone : words(bar.dataset.lateOne, bar.dataset.lateMany, late);
  bar.replaceChildren(strong, document.createElement("br"), second);
}

if (bar) {
  bar.setAttribute("role", "status");
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  show();
}
