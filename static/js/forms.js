// What every form of both faces does: it leaves once, and what is wrong is the first thing that is read afterwards.
(() => {
  "use strict";
  // --- A form that is on its way is not sent again (the server would act once; the first answer is the one to see)
  const AGAIN = 8000;
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, AGAIN);
    // The address may still name a field from the list of what was wrong: the next answer begins at its top.
    if (location.hash && !form.getAttribute("action")?.includes("#")) history.replaceState(history.state, "", location.pathname + location.search);
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  // --- After a refusal the focus is on what was wrong, whatever the address says
  const SUMMARIES = [".error-summary", ".d-refusal[role=alert]", "main .notice[role=alert]", ".errornote[role=alert]", ".errornote", ".notice--error", ".d-message--error"];
  const summary = SUMMARIES.map((selector) => [...document.querySelectorAll(selector)].find((found) => found.getClientRects().length)).find(Boolean);
  if (!summary) return;
  if (!summary.hasAttribute("tabindex")) summary.tabIndex = -1;
  let moved = false; // from then on the focus is the reader's
  const focus = () => { if (!moved && document.activeElement !== summary) summary.focus(); };
  for (const what of ["keydown", "pointerdown"]) addEventListener(what, () => { moved = true; }, { once: true, capture: true });
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  focus();
  // A browser goes to the fragment, or to a field that asks for the focus, only when everything is loaded.
  addEventListener("load", () => { focus(); requestAnimationFrame(focus); });
})();
