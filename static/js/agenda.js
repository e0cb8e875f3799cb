// On a session, the arrow keys do what its buttons do: up and down move it by a quarter of an hour.
for (const session of document.querySelectorAll(".session:has(.session-do)")) {
  session.tabIndex = 0;
  session.addEventListener("keydown", (event) => {
    if (event.target !== session) return;
    const value = { ArrowUp: event.shiftKey ? "shorter" : "earlier", ArrowDown: event.shiftKey ? "longer" : "later" }[event.key];
    const button = value && session.querySelector(`[name="do"][value="${value}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
// Back at the session that was moved.
if (location.hash.startsWith("#s")) document.querySelector(location.hash)?.focus();
