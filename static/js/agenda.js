// The time grid of an agenda: what its buttons do, by arrow keys and by mouse. Without it, the buttons and forms do it all.
const keys = { ArrowUp: ["earlier", "shorter"], ArrowDown: ["later", "longer"], ArrowLeft: ["day-before"], ArrowRight: ["day-after"] };
const form = document.querySelector("#place");

for (const session of document.querySelectorAll(".cell")) {
  session.tabIndex = 0;
  session.setAttribute("aria-describedby", "how");
  session.addEventListener("keydown", (event) => {
    if (event.target !== session || !keys[event.key]) return;
    const value = keys[event.key][event.shiftKey ? 1 : 0];
    const button = value && session.querySelector(`[name="do"][value="${value}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  session.addEventListener("pointerdown", (event) => begin(event, session));
}

const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

// Where the hours of each day stand on the page, measured before anything is dragged and pushes them about.
function measured() {
  const box = (hour) => hour.getBoundingClientRect();
  const hours = (day) => [...day.querySelectorAll(".hour")].map((hour) => [box(hour).top + scrollY, box(hour).height]);
  return new Map([...document.querySelectorAll(".grid-day")].map((day) => [day, hours(day)]));
}

// The time at a height of the window, in minutes.
function minutesAt(day, hours, y) {
  const n = Math.max(hours.findLastIndex(([top]) => top <= y + scrollY), 0);
  const part = Math.min(Math.max((y + scrollY - hours[n][0]) / hours[n][1], 0), 1);
  return Number(day.dataset.first) * 60 + n * 60 + Math.round(part * 4) * 15;
}

function put(session, day, start, minutes) {
  form.action = session.dataset.do;
  form.elements.day.value = day;
  form.elements.start.value = start;
  form.elements.minutes.value = minutes;
  form.elements.read_version.value = session.dataset.version;
  form.submit();
}

function begin(down, session) {
  if (down.button !== 0 || down.pointerType === "touch" || down.target.closest("a, button, summary, input")) return;
  const resizes = down.target.classList.contains("grip");
  const box = session.getBoundingClientRect();
  const label = document.createElement("output");
  label.className = "drop-at";
  const hours = measured();
  let to = null;

  const move = (event) => {
    if (!label.isConnected) {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 5) return;
      document.body.append(label);
      session.classList.add("is-dragged");
      getSelection().removeAllRanges();
    }
    event.preventDefault();
    to = resizes ? resized(event) : moved(event);
    label.textContent = to ? to.words : "–";
    label.style.left = `${event.clientX + 14}px`;
    label.style.top = `${event.clientY + 10}px`;
  };
  const resized = (event) => {
    const day = session.closest(".grid-day");
    const start = minutesOf(session.dataset.start);
    const end = Math.max(minutesAt(day, hours.get(day), event.clientY), start + 15);
    session.style.height = `${Math.max(event.clientY - box.top, 20)}px`;
    return { day: day.dataset.day, start: session.dataset.start, minutes: end - start, words: clock(end) };
  };
  const moved = (event) => {
    session.style.transform = `translate(${event.clientX - down.clientX}px, ${event.clientY - down.clientY}px)`;
    const day = document.elementsFromPoint(event.clientX, event.clientY).map((e) => e.closest(".grid-day")).find(Boolean);
    if (!day) return null;
    const start = clock(minutesAt(day, hours.get(day), box.top + event.clientY - down.clientY));
    return { day: day.dataset.day, start, minutes: 0, words: start };
  };
  const end = (event) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("keydown", cancel, true);
    label.remove();
    if (event.type === "pointerup" && to) return put(session, to.day, to.start, to.minutes);
    session.classList.remove("is-dragged");
    session.style.transform = session.style.height = "";
  };
  const cancel = (event) => event.key === "Escape" && end(event);
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("keydown", cancel, true);
}

document.documentElement.classList.add("has-drag");
// Back at the session that was moved.
if (location.hash.startsWith("#s")) document.querySelector(location.hash)?.focus();
