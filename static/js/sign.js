// Signing with a finger; and when the line is down, keeping what was signed and sending it later. The portal counts it once.
const form = document.querySelector("[data-sign]");
const said = form.querySelector("[data-said]");
const pad = form.querySelector("[data-pad]");
const canvas = pad.querySelector("canvas");
const field = form.elements.signature;
const pen = canvas.getContext("2d");
const KEPT = `sign:${location.pathname}`;
let path = "";
let down = false;

pad.hidden = false;
pen.lineWidth = 3;
pen.lineCap = "round";
const at = (event) => {
  const box = canvas.getBoundingClientRect();
  const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
  return [within(((event.clientX - box.left) * 600) / box.width, 600), within(((event.clientY - box.top) * 200) / box.height, 200)];
};
const draw = (event, sign) => {
  const [x, y] = at(event);
  if (path.length > 18000) return;
  path += `${sign}${x} ${y}`;
  if (sign === "M") pen.beginPath();
  pen[sign === "M" ? "moveTo" : "lineTo"](x, y);
  pen.stroke();
};
canvas.addEventListener("pointerdown", (event) => {
  down = true;
  canvas.setPointerCapture(event.pointerId);
  draw(event, "M");
});
canvas.addEventListener("pointermove", (event) => down && draw(event, "L"));
canvas.addEventListener("pointerup", () => (down = false));
form.querySelector("[data-clear]").addEventListener("click", () => {
  path = "";
  pen.clearRect(0, 0, 600, 200);
});

const send = async (body) => {
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" } });
    const found = await answer.json();
    said.textContent = found.said;
    if (answer.ok) {
      for (const part of form.querySelectorAll("fieldset, [data-pad], button, select, p:not([role])")) part.hidden = true;
    }
    localStorage.removeItem(KEPT);
  } catch {
    localStorage.setItem(KEPT, JSON.stringify(body));
    said.textContent = form.dataset.later;
    setTimeout(() => send(body), 5000);
  }
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  field.value = path;
  send([...new FormData(form)]);
});
addEventListener("online", () => {
  const kept = localStorage.getItem(KEPT);
  if (kept) send(JSON.parse(kept));
});
