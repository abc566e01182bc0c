// Small helps on the desk; every page works the same without them.

// Refreshes the queue every fifteen seconds; “Refresh” is a link.
(() => {
  "use strict";
  const EVERY = 15000;
  const region = () => document.querySelector("[data-desk-live]");
  const button = document.querySelector("[data-desk-pause]");
  if (!region() || !button) return;

  let paused = sessionStorage.getItem("desk-paused") === "1";
  const show = () => { button.textContent = paused ? button.dataset.resume : button.dataset.pause; };
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    paused = !paused;
    sessionStorage.setItem("desk-paused", paused ? "1" : "0");
    show();
  });

  // Rows never move under the pointer, under the focus, or under a tick.
  const busy = (rows) => rows.matches(":hover") || rows.contains(document.activeElement) || rows.querySelector(":checked");

  const refresh = async () => {
    const rows = region();
    if (paused || document.hidden || !rows || busy(rows)) return;
    rows.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(rows.dataset.deskLive, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!answer.ok) return;
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = parsed.querySelector("[data-desk-live]");
      if (fresh && !busy(rows)) rows.replaceWith(document.importNode(fresh, true));
    } catch {
      // The moment beside “Refresh” says how old the list is.
    } finally {
      rows.removeAttribute("aria-busy");
    }
  };
  setInterval(refresh, EVERY);
})();
