// What is typed into a form is kept in this browser at once and on the server a moment later, until the server says that
// an act has taken the words. Pages that are answered by anything else (a refusal, the sign-in page) take nothing away.
(() => {
  "use strict";
  const words = document.getElementById("draft-words");
  const me = words ? words.dataset.me : "";
  const SOON = 1200, KEEPALIVE = 60000;
  const store = {
    get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* private window, or full */ } },
    drop(name) { try { localStorage.removeItem(name); } catch { /* private window */ } },
    names() { try { return Object.keys(localStorage).filter((name) => name.startsWith("draft:")); } catch { return []; } },
  };
  const key = (place) => `draft:${me}:${place}`;

  // --- What the server has taken, and what somebody else left in this browser
  const said = document.cookie.match(/(?:^|; )taken=([^;]*)/);
  if (said && me) {
    for (const place of said[1].replaceAll('"', "").split("|")) store.drop(key(decodeURIComponent(place)));
    document.cookie = `taken=; path=/; max-age=0; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  }
  if (!me) return; // nobody is signed in here: every draft stays where it is
  const person = me.split("-")[0];
  for (const name of store.names()) if (name.split(":")[1].split("-")[0] !== person) store.drop(name);
  document.addEventListener("submit", (event) => {
    // Whoever signs out takes the words along: the server has them.
    if (event.target.action === words.dataset.signOut) for (const name of store.names()) store.drop(name);
  });

  // --- The forms in which somebody writes
  const worth = (field) => field.name && !field.disabled && !field.readOnly
    && field.matches("textarea, input[type=text], input[type=url], input[type=tel], input:not([type])");
  const writing = [...document.querySelectorAll("form")].filter(
    (form) => form.method === "post" && !form.hasAttribute("data-no-draft") && form.querySelector("textarea:not([readonly])"),
  );
  if (!writing.length) return;
  const post = (body, more = {}) => fetch(words.dataset.url, {
    method: "POST", body, redirect: "manual", headers: { "X-Requested-With": "fetch" }, ...more,
  });

  class Draft {
    constructor(form) {
      this.form = form;
      const path = new URL(form.getAttribute("action") || location.pathname, location.href).pathname;
      let hidden = form.querySelector("input[name=draft]");
      if (!hidden) {
        const text = form.querySelector("textarea");
        hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value: `${path}#${text.id || text.name}` });
        form.append(hidden);
      }
      this.place = hidden.value;
      // The answer to this very form has what was sent in it: nothing older may stand over it.
      this.refused = words.dataset.answers === "POST" && path === location.pathname;
      this.line = Object.assign(document.createElement("p"), { className: "draft", hidden: true });
      this.line.setAttribute("role", "status");
      const last = [...form.querySelectorAll("textarea")].pop();
      last.after(this.line);
      form.addEventListener("input", (event) => { if (worth(event.target)) this.typed(); });
      form.addEventListener("submit", () => this.send());
    }

    get fields() { return [...this.form.elements].filter(worth); }

    get values() { return Object.fromEntries(this.fields.filter((field) => field.value.trim()).map((field) => [field.name, field.value])); }

    typed() {
      this.touched = true;
      const values = this.values;
      if (Object.keys(values).length) store.set(key(this.place), { at: Date.now(), values, unsaved: true });
      else store.drop(key(this.place));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), SOON);
    }

    // The server keeps it as well. Without an answer it stays in this browser, and is sent again with the next word.
    async send() {
      clearTimeout(this.timer);
      if (!this.touched || this.sending) return;
      this.touched = false;
      this.sending = true;
      const values = this.values, body = new URLSearchParams({ ...values, draft: this.place });
      body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
      try {
        const answer = await post(body, { keepalive: String(body).length < KEEPALIVE });
        if (answer.type === "opaqueredirect") this.say("ended");
        else if (!answer.ok) this.say("here");
        else {
          const { saved_at: at } = await answer.json(), kept = store.get(key(this.place));
          if (kept && JSON.stringify(kept.values) === JSON.stringify(values)) store.set(key(this.place), { ...kept, at: Date.parse(at), unsaved: false });
          this.say(at ? "saved" : "", at);
        }
      } catch { this.say("here"); }
      this.sending = false;
      if (this.touched) this.send();
    }

    // --- Back again: the words of this browser, unless the server has newer ones
    restore(remote) {
      const local = store.get(key(this.place)), at = remote ? Date.parse(remote.saved_at) : 0;
      if (this.refused || this.touched) return;
      const values = local && local.values && (local.unsaved || local.at >= at) ? local.values : remote && remote.fields;
      if (!values) return;
      let changed = false;
      for (const field of this.fields) {
        const text = values[field.name];
        if (typeof text !== "string") continue;
        changed = true;
        if (field.value !== text) field.value = text;
      }
      if (!changed) return;
      const box = this.form.closest("details");
      if (box) box.open = true;
      if (local && local.unsaved) { this.touched = true; this.send(); }
      else this.say("saved", remote ? remote.saved_at : new Date(local.at).toISOString());
    }

    say(what, at) {
      this.line.replaceChildren();
      this.line.hidden = !what;
      if (!what) return;
      const time = at ? new Date(at) : new Date(), here = document.documentElement.lang;
      const near = Date.now() - time < 72e6;
      const moment = time.toLocaleString(here, {
        timeZone: words.dataset.zone, hourCycle: "h23", hour: "2-digit", minute: "2-digit", ...(near ? {} : { day: "numeric", month: "long" }),
      });
      this.line.append(words.dataset[what].replace("{moment}", moment), " ");
      if (what === "ended") {
        const link = Object.assign(document.createElement("a"), { href: `${words.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`, textContent: words.dataset.signInWords });
        this.line.append(link);
        return;
      }
      const button = Object.assign(document.createElement("button"), { type: "button", className: "draft__discard", textContent: words.dataset.discard });
      button.addEventListener("click", () => this.discard());
      this.line.append(button);
    }

    discard() {
      for (const field of this.fields) field.value = field.defaultValue === this.kept(field) ? "" : field.defaultValue;
      store.drop(key(this.place));
      this.touched = false;
      const body = new URLSearchParams({ draft: this.place, csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value });
      post(body).catch(() => { /* it goes after a month */ });
      this.say("");
      const first = this.form.querySelector("textarea");
      if (first) first.focus();
    }

    // What the server wrote into the field because it was the draft, not because it is the value.
    kept(field) { return this.remote && this.remote.fields[field.name]; }
  }

  const drafts = writing.map((form) => new Draft(form));
  const places = new URLSearchParams(drafts.map((draft) => ["place", draft.place]));
  fetch(`${words.dataset.url}?${places}`, { redirect: "manual", headers: { "X-Requested-With": "fetch" } })
    .then((answer) => (answer.ok ? answer.json() : { drafts: {} })).catch(() => ({ drafts: {} }))
    .then(({ drafts: kept }) => { for (const draft of drafts) { draft.remote = kept[draft.place]; draft.restore(kept[draft.place]); } });
  addEventListener("pagehide", () => { for (const draft of drafts) draft.send(); });
  // A form that takes its words without leaving the page (the chat) says so.
  document.addEventListener("draft:taken", (event) => {
    for (const draft of drafts) if (draft.form === event.target) { draft.touched = false; draft.discard(); }
  });
})();
