/* One voice, the browser's end. Loaded with `defer` on every page that follows the floor.

   A card is an element <div data-card="desk" data-snapshot="/live/desk/" data-version="..." data-stage="...">. One socket
   serves all cards of the page; each message carries a whole card and replaces what was inside, unless it is older than
   what is shown. Before a page connects anew it fetches the cards by plain HTTP, so where no socket gets through they
   still follow, only more slowly.

   For other scripts: document.body.dataset.live is "on" or "off" (absent until it is known); the event `kindline:card`
   on document has detail {card, stage, changed}, `changed` being whether the stage is another one than before.

   A card holds no field somebody types into: what is typed would be gone with the next message. Kept across messages, for
   elements with an id: the focus, what is scrolled, what is folded open.

   [data-since="<epoch in ms>"] shows the time since then, counted here by the server's clock (data-now on the body, and
   the version of each card). It says nothing to screen readers by itself; keep it out of live regions. */
(() => {
  "use strict";

  const AGAIN_MS = [500, 10000]; // before connecting anew: at first, and at most
  const REFUSED_MS = 60000; // whoever was refused may have logged in again elsewhere
  const SILENCE_MS = 45000; // the server beats every 10 s; after four beats missed the line is dead
  const HERE = "here"; // our answer to a beat, and all we ever send: the desk of an operator is open and awake
  const RENEW = 4001;

  let socket = null;
  let tries = 0;
  let planned = 0;
  let knocking = false;
  let heardAt = 0;
  let offset = null; // the server's clock minus ours, in ms
  const shown = new WeakMap(); // card's element -> the text it was made from

  const places = () => [...document.querySelectorAll("[data-card]")];

  // ---- the clock ------------------------------------------------------------------------------------------------

  // A message can only be late: the highest difference is the nearest, until a clock was set.
  function learn(serverMs) {
    if (!Number.isFinite(serverMs)) return;
    const sample = serverMs - Date.now();
    if (offset === null || sample > offset || offset - sample > 2000) offset = sample;
  }

  function moment(text) {
    return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  }

  function ago(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const two = (n) => String(n).padStart(2, "0");
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  }

  function tick() {
    const now = Date.now() + (offset ?? 0);
    for (const timer of document.querySelectorAll("[data-since]")) {
      const since = moment(timer.dataset.since);
      const text = Number.isFinite(since) ? ago(now - since) : "";
      if (text && timer.textContent !== text) timer.textContent = text;
    }
  }

  // ---- a card ---------------------------------------------------------------------------------------------------

  function show(told) {
    learn(told.version / 1000);
    const place = places().find((one) => one.dataset.card === told.card);
    if (!place || !(told.version > Number(place.dataset.version || 0))) return;
    place.dataset.version = told.version;
    const changed = place.dataset.stage !== told.stage;
    if (!changed && shown.get(place) === told.html) return;
    shown.set(place, told.html);
    place.dataset.stage = told.stage;
    replace(place, told.html);
    document.dispatchEvent(
      new CustomEvent("kindline:card", { detail: { card: told.card, stage: told.stage, changed } }),
    );
  }

  function replace(place, html) {
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const before = [...place.querySelectorAll("[id]")]
      .filter((one) => one.scrollTop || one.scrollLeft || one.open)
      .map((one) => ({ id: one.id, top: one.scrollTop, left: one.scrollLeft, open: one.open }));
    place.innerHTML = html;
    if (window.htmx) window.htmx.process(place);
    tick();
    for (const was of before) {
      const now = document.getElementById(was.id);
      if (!now || !place.contains(now)) continue;
      if (was.open) now.open = true;
      now.scrollTop = was.top;
      now.scrollLeft = was.left;
    }
    if (focused) back(place, focused.id);
  }

  function back(place, id) {
    const again = id && document.getElementById(id);
    const target = again && place.contains(again) && !again.disabled ? again : place;
    target.focus({ preventScroll: true }); // does nothing where it cannot be focused
  }

  // ---- the line -------------------------------------------------------------------------------------------------

  function live(state) {
    if (document.body.dataset.live !== state) document.body.dataset.live = state;
  }

  function later(ms) {
    clearTimeout(planned);
    planned = setTimeout(connect, ms);
  }

  function lost(code) {
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    socket = null;
    if (code === RENEW) return later(Math.random() * 2000);
    live("off");
    const wait = Math.min(AGAIN_MS[0] * 2 ** tries, AGAIN_MS[1]);
    tries += 1;
    later(wait * (1 + Math.random() / 2));
  }

  async function connect() {
    clearTimeout(planned);
    if (socket || knocking) return;
    knocking = true;
    try {
      if (await snapshots()) open();
      else {
        live("off");
        later(REFUSED_MS);
      }
    } catch {
      lost();
    } finally {
      knocking = false;
    }
  }

  // False: this user may not have them, at present.
  async function snapshots() {
    for (const place of places().filter((one) => one.dataset.snapshot)) {
      const headers = { "HX-Request": "true" }; // a page's part: where nobody is signed in, the answer is 401
      const signal = AbortSignal.timeout(10000);
      const reply = await fetch(place.dataset.snapshot, { cache: "no-store", headers, signal });
      if (reply.status === 401 || reply.redirected) {
        location.reload(); // the session is over: what is shown goes, and the log-in comes
        return false;
      }
      if (reply.status === 403) return false;
      if (!reply.ok) throw new Error(`status ${reply.status}`);
      show(await reply.json());
    }
    return true;
  }

  function open() {
    const names = [...new Set(places().map((place) => place.dataset.card))];
    if (!names.length) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const lang = encodeURIComponent(document.documentElement.lang);
    heardAt = Date.now();
    socket = new WebSocket(`${scheme}://${location.host}/ws/live/?cards=${names.join(",")}&lang=${lang}`);
    socket.onopen = () => {
      tries = 0;
      live("on");
    };
    socket.onmessage = (event) => {
      heardAt = Date.now();
      const told = JSON.parse(event.data);
      if (!told.beat) return show(told);
      learn(told.beat / 1000);
      socket.send(HERE);
    };
    socket.onclose = (event) => lost(event.code);
  }

  // A line that died without a word, as under a closed lid, is noticed by its silence.
  function watch() {
    if (!socket || Date.now() - heardAt < SILENCE_MS) return;
    socket.close();
    lost();
  }

  function drop() {
    if (!socket) return live("off");
    socket.close();
    lost();
  }

  learn(moment(document.body.dataset.now ?? ""));
  tick();
  setInterval(() => {
    tick();
    watch();
  }, 1000);
  if (!places().length) return;
  open(); // the page has just been served: what it shows is its own snapshot
  window.addEventListener("offline", drop);
  window.addEventListener("online", connect);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) connect();
  });
})();
