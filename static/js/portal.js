// Small helps on the pages of the portal; every page works the same without them. No time is reckoned here that the
// server has not given: only the distance to a moment is said anew each minute.
(() => {
  "use strict";
  const french = document.documentElement.lang.startsWith("fr");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const store = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* private window */ } },
  };

  // --- Distances in words, as portal/lib/durations.py says them
  const MINUTE = 60000, DAY = 1440, NBSP = "\u00a0";
  const hours = (minutes) => {
    if (minutes < 1) return french ? `moins de 1${NBSP}min` : `less than 1${NBSP}min`;
    const h = Math.floor(minutes / 60), m = minutes % 60;
    if (!h) return `${m}${NBSP}min`;
    if (!m) return `${h}${NBSP}h`;
    return french ? `${h}${NBSP}h${NBSP}${String(m).padStart(2, "0")}` : `${h}${NBSP}h${NBSP}${m}${NBSP}min`;
  };
  const distance = (ms) => {
    const minutes = Math.floor(Math.abs(ms) / MINUTE);
    if (minutes <= DAY) return hours(minutes);
    const days = Math.floor(minutes / DAY), rest = Math.floor((minutes % DAY) / 60);
    const said = `${days} ${french ? (days > 1 ? "jours" : "jour") : (days > 1 ? "days" : "day")}`;
    return rest && days < 7 ? `${said} ${rest}${NBSP}h` : said;
  };

  // The server's time, not this machine's: its watch may be wrong, and a demonstration's time can be moved.
  const served = Date.parse(document.documentElement.dataset.now), began = performance.now();
  const now = () => (Number.isNaN(served) ? Date.now() : served + performance.now() - began);

  const said = document.getElementById("said");
  let paused = store.get("paused") === "1";

  const tick = () => {
    if (paused) return;
    for (const time of all("time[data-countdown]")) {
      const left = Date.parse(time.dateTime) - now();
      if (Number.isNaN(left)) continue;
      const words = (left > 0 ? time.dataset.countdown : time.dataset.late).replace("%s", distance(left));
      if (time.textContent !== words) time.textContent = words;
      const chip = time.closest(".chip--due_soon");
      if (chip && left <= 0) {
        chip.classList.replace("chip--due_soon", "chip--overdue");
        const use = chip.querySelector("use");
        if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#overdue"));
        // Only a change of state is spoken, never the ticking.
        if (said) said.textContent = `${subject(chip)}${words}`;
      }
    }
  };
  const subject = (chip) => {
    const near = chip.closest("tr, article, li, main");
    const number = near && near.textContent.match(/SUP-\d+/);
    return number ? `${number[0]}: ` : "";
  };
  setInterval(tick, MINUTE);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  document.addEventListener("htmx:afterSettle", tick);

  // --- Pause updates: polling and countdown, remembered
  const pause = document.querySelector("[data-pause]");
  if (pause) {
    const words = pause.textContent;
    const show = () => { pause.textContent = paused ? pause.dataset.resumeWords : words; };
    pause.hidden = !document.querySelector("[hx-trigger*='every'], [data-countdown], [data-live]");
    show();
    pause.addEventListener("click", () => {
      paused = !paused;
      store.set("paused", paused ? "1" : null);
      show();
      tick();
    });
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const source = event.detail.elt;
    if ((paused || document.hidden) && (source.getAttribute("hx-trigger") || "").includes("every")) event.preventDefault();
  });

  // --- Appearance at once; the form remembers it
  for (const form of all("[data-theme-switch]")) {
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!button) return;
      event.preventDefault();
      document.documentElement.dataset.theme = button.value;
      for (const other of all("button", form)) other.toggleAttribute("aria-current", false);
      button.setAttribute("aria-current", "true");
      const body = new URLSearchParams(new FormData(form));
      body.set("theme", button.value);
      fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => form.submit());
    });
  }

  // --- Show what is typed into a password
  for (const button of all("[data-show]")) {
    const input = document.getElementById(button.dataset.show), words = button.textContent;
    if (!input) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.textContent = shown ? words : button.dataset.hideWords;
      button.setAttribute("aria-pressed", String(!shown));
      input.focus();
    });
    input.form.addEventListener("submit", () => { input.type = "password"; });
  }

  // --- A form that is on its way cannot be sent twice
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || !button || !button.dataset.busy) return;
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  });

  // --- Chosen files with their sizes
  const size = (bytes) => {
    const units = french ? ["o", "ko", "Mo", "Go"] : ["B", "kB", "MB", "GB"];
    let unit = 0;
    while (bytes >= 1000 && unit < 3) { bytes /= 1000; unit += 1; }
    const digits = unit > 1 && bytes < 10 ? 1 : 0;
    return `${bytes.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits })}${NBSP}${units[unit]}`;
  };
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    let list = input.parentElement.querySelector("ul.files--chosen");
    if (!list) {
      list = document.createElement("ul");
      list.className = "files files--chosen";
      list.setAttribute("aria-live", "polite");
      input.after(list);
    }
    list.replaceChildren(...[...input.files].map((file) => {
      const line = document.createElement("li"), meta = document.createElement("span");
      meta.className = "meta";
      meta.textContent = size(file.size);
      line.append(`${file.name} `, meta);
      return line;
    }));
  });

  // --- What was seen before the answer was begun stays what was seen: a newer message holds the answer back
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const form = document.getElementById("reply-form");
    if (event.detail.target?.id === "seen" && form?.elements.body?.value.trim()) event.detail.shouldSwap = false;
  });

  // --- Menus close with Escape and by a click elsewhere
  const close = (except) => { for (const menu of all("details.menu[open]")) if (menu !== except) menu.open = false; };
  document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
})();
