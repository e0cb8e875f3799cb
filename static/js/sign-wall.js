// The code on the wall rotates: the page loads itself again before it grows old, and shows how many have signed.
const wall = document.querySelector("[data-sign-wall]");
if (wall) {
  setInterval(async () => {
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      wall.innerHTML = page.querySelector("[data-sign-wall]").innerHTML;
    } catch {
      // No connection just now; the next round comes soon.
    }
  }, 15000);
}
