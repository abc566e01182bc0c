// Keeps a chat fresh. One tab of a browser holds the stream and tells the others; where no stream opens, the page asks
// every few seconds. A line that could not be sent is kept and sent again under the same key, so it stands once.
(() => {
  "use strict";
  const room = document.querySelector("[data-live]");
  if (!room) return;
  const POLL = 4000, SAFETY = 20000, AGAIN = 3000;
  const store = (name, value) => { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* private window */ } };
  const paused = () => { try { return localStorage.getItem("paused") === "1"; } catch { return false; } };
  const form = room.querySelector("[data-say]"), list = room.querySelector("[data-lines]"), lost = room.querySelector("[data-lost]");
  const noLive = room.querySelector("[data-no-live]");
  if (noLive) noLive.hidden = true;
  const keys = room.querySelector("[data-keys]");
  if (keys) keys.hidden = false;

  // --- What is there, and what came since
  const last = () => Math.max(0, ...[...(list ? list.querySelectorAll("[data-line]") : [])].map((line) => Number(line.dataset.line)));
  const bottom = () => { if (list) list.scrollTop = list.scrollHeight; };
  const put = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const line of page.querySelectorAll("[data-lines] > [data-line]")) {
      if (list && Number(line.dataset.line) > last()) list.append(document.importNode(line, true));
    }
    for (const name of ["data-chat-state", "data-chat-list"]) {
      const fresh = page.querySelector(`[${name}]`), old = room.querySelector(`[${name}]`);
      if (fresh && old && fresh.outerHTML !== old.outerHTML && !old.contains(document.activeElement)) {
        old.replaceWith(document.importNode(fresh, true));
        if (name === "data-chat-state" && !fresh.dataset.open && form) form.hidden = true;
      }
    }
    bottom();
    return page;
  };
  let since = null;
  const connected = (yes) => {
    if (!lost) return;
    if (yes) { since = null; lost.hidden = true; return; }
    since = since || new Date();
    lost.textContent = lost.dataset.words.replace("%s", since.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    lost.hidden = false;
  };
  let running = false, again = false;
  const refresh = async () => {
    if (paused()) return;
    if (running) { again = true; return; }
    running = true;
    try {
      const url = new URL(room.dataset.fragment, location.href);
      url.searchParams.set("after", last());
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (answer.ok) { put(await answer.text()); connected(true); }
    } catch { connected(false); } finally {
      running = false;
      if (again) { again = false; refresh(); }
    }
  };

  // --- The stream: one tab leads
  let open = false, heard = 0;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`punctual:${room.dataset.topic}`) : null;
  if (channel) channel.onmessage = (event) => { heard = Date.now(); if (event.data === "changed") refresh(); };
  const stream = async () => {
    for (;;) {
      try {
        const answer = await fetch(room.dataset.live, { redirect: "error" });
        if (!answer.ok) throw new Error("refused");
        const { token } = await answer.json();
        await new Promise((done) => {
          const source = new EventSource(`/stream/?token=${encodeURIComponent(token)}`);
          const beat = setInterval(() => { if (open && channel) channel.postMessage("alive"); }, 10000);
          source.onopen = () => { open = true; if (channel) channel.postMessage("alive"); };
          source.onmessage = () => { if (channel) channel.postMessage("changed"); refresh(); };
          source.onerror = () => {
            open = false;
            if (source.readyState === EventSource.CLOSED) { clearInterval(beat); done(); }
          };
        });
      } catch { open = false; }
      await new Promise((next) => setTimeout(next, 15000));
    }
  };
  if ("EventSource" in window) {
    if (navigator.locks && channel) navigator.locks.request(`punctual:${room.dataset.topic}`, () => stream());
    else if (!document.hidden) stream();
  }
  setInterval(() => { if (!open && Date.now() - heard > 15000) refresh(); }, POLL);
  setInterval(refresh, SAFETY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });

  // --- Sending
  if (form) {
    const key = form.elements.key, text = form.elements.body, refused = room.querySelector("[data-refused]");
    const newKey = () => { key.value = [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join(""); };
    let sending = false;
    const send = async () => {
      if (sending || !text.value.trim()) return;
      sending = true;
      if (refused) refused.hidden = true;
      const said = text.value, body = new URLSearchParams(new FormData(form));
      body.set("after", last());
      for (;;) {
        try {
          const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "error" });
          if (answer.status >= 500) throw new Error("later");
          const page = put(await answer.text());
          connected(true);
          const why = page.querySelector("[data-refusal]");
          if (answer.ok) {
            if (text.value === said) text.value = "";
            newKey();
            form.dispatchEvent(new CustomEvent("draft:taken", { bubbles: true }));
          } else if (refused) {
            refused.textContent = why ? why.textContent : "";
            refused.hidden = !why;
          }
          break;
        } catch {
          connected(false);
          await new Promise((next) => setTimeout(next, AGAIN));
        }
      }
      sending = false;
      text.focus();
    };
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.hasAttribute("formaction")) return; // leaving takes the typed line along
      event.preventDefault();
      send();
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
    });
  }
  bottom();
})();
