// The operator's desk: follows its card (live.js) as it changes, keeps what is typed, listens to single keys.

import { OURS, Refused, freshToken, notTaken, offline, refused, saved, signedOut } from "./desk_answers.js";
import { FIELDS, callOf, caret, columnsStage, hush, hushed, putBack, restore, typed } from "./desk_typing.js";

const page = document.body;
const card = document.getElementById("desk-card");
const LOOK_MS = 5000; // at the card while there is no socket; a phone rings for 20 s

// ---- the state: one block in the top bar, one class on the page, one title, one spoken sentence

let spokenStage = card.dataset.stage;

function adopt() {
  const arrived = card.querySelector("#state");
  if (arrived) document.getElementById("state-slot").replaceChildren(arrived);
  tell();
  const state = document.getElementById("state");
  window.htmx.process(card);
  const looks = [...page.classList].filter((name) => name.startsWith("is-"));
  page.classList.remove(...looks);
  page.classList.add(state.dataset.look);
  card.dataset.stage = state.dataset.stage;
  document.title = `${state.dataset.word} · Kindline`;
  document.getElementById("after-form").hidden = ["ready", "away", "training", "offline", "asked", "helping"].includes(state.dataset.kind);
  if (state.dataset.kind !== "talking") document.getElementById("transfer").replaceChildren();
  wish(callOf(state.dataset.stage), state.dataset.kind);
  speak(state);
  follow();
}

function speak(state) {
  if (state.dataset.stage === spokenStage) return;
  spokenStage = state.dataset.stage;
  const urgent = ["ringing", "calling", "asked"].includes(state.dataset.kind);
  document.getElementById("spoken-now").textContent = urgent ? state.dataset.spoken : "";
  document.getElementById("spoken").textContent = urgent ? "" : state.dataset.spoken;
}

// A line to all desks stands below the call bar. It is put in place only when it differs, said once, and takes no focus:
// who has just pressed its button stays where the button was.
function tell() {
  const arrived = card.querySelector("#told");
  const slot = document.getElementById("told-slot");
  const shown = slot.querySelector("#told");
  if (!arrived) return;
  if (arrived.innerHTML === shown.innerHTML) {
    arrived.remove();
    return;
  }
  const pressed = shown.contains(document.activeElement);
  slot.replaceChildren(arrived);
  window.htmx.process(slot);
  if (arrived.dataset.told !== shown.dataset.told) {
    document.getElementById("told-spoken").textContent = arrived.dataset.spoken;
  }
  if (pressed) (arrived.dataset.told ? arrived : document.getElementById("main")).focus({ preventScroll: true });
}

// What follows a call is chosen for that call: the next one begins with "ready".
function wish(call, kind) {
  const shown = document.getElementById("after-form").elements.offer;
  if (shown.value === call || !(call || ["ready", "away", "training"].includes(kind))) return; // else between two calls' states
  shown.value = call;
  document.getElementById("after").value = "ready";
}

// Cards come from the socket, from a button's answer and from a look without a socket: an older one never wins.
function newer(version) {
  if (version <= Number(card.dataset.version || 0)) return false;
  card.dataset.version = version;
  return true;
}

// ---- the columns follow the state; what is typed is saved first and never lost

let following = false;

async function follow() {
  if (following) return;
  following = true;
  try {
    while (columnsStage() !== card.dataset.stage) {
      const wanted = card.dataset.stage;
      await flush();
      const answer = await fetch(card.dataset.columnsUrl, { headers: OURS });
      if (signedOut(answer)) return;
      if (!answer.ok) throw new Error(`columns: ${answer.status}`);
      const html = await answer.text();
      const drafts = typed();
      const place = caret();
      const keys = document.getElementById("keys");
      const main = document.getElementById("main");
      main.innerHTML = html;
      main.append(keys);
      window.htmx.process(main);
      closing = false;
      restore(drafts);
      if (place) putBack(place);
      settled();
      saved();
      if (columnsStage() !== wanted && columnsStage() !== card.dataset.stage) break; // it moved on: the next card tells
    }
  } catch (error) {
    if (!(error instanceof Refused)) offline(true); // the next card, or the next look, tries again
  } finally {
    following = false;
  }
}

// ---- notes: saved while typing, on leaving the field, before the columns change, and as the page goes away

let unsaved = false;
let closing = false; // the wrap-up is on its way and takes along what is typed: nothing is saved beside it

async function flush() {
  const notes = document.getElementById("notes");
  if (!notes || !unsaved || closing) return;
  const sent = notes.value;
  const url = notes.getAttribute("hx-post");
  let answer = await post(notes.form, url);
  if (answer.status === 403 && (await freshToken())) answer = await post(notes.form, url);
  if (signedOut(answer)) throw new Refused();
  if (!answer.ok && answer.status !== 409) {
    refused(url);
    throw new Refused();
  }
  unsaved = notes.value !== sent;
  notes.defaultValue = sent;
  saved(url);
}

function post(form, url, more = {}) {
  const headers = { ...OURS, ...JSON.parse(page.getAttribute("hx-headers")) };
  return fetch(url, { method: "POST", body: new URLSearchParams(new FormData(form)), headers, ...more });
}

// ---- the wrap-up asks only for what the chosen ending needs

function asked() {
  const chosen = document.querySelector("#ending input[name=disposition]:checked")?.value;
  for (const group of document.querySelectorAll(".asked")) group.hidden = group.dataset.for !== chosen;
}

function finishing() {
  const text = document.getElementById("finish-text");
  const choice = document.getElementById("after").selectedOptions[0];
  if (text && choice) text.textContent = choice.dataset.finish;
}

function settled() {
  asked();
  finishing();
  inLine();
}

// How many are in line is a card of its own, the same for every desk; it is shown where a quiet moment has its place.
function inLine() {
  const shown = document.getElementById("in-line");
  const now = document.getElementById("line-card").textContent;
  if (shown && shown.textContent !== now) shown.textContent = now;
}

// A seat was booked or cancelled in the wrap-up: the ending that was chosen beforehand follows it.
function ended(slug) {
  const ending = slug && document.getElementById(`ending-${slug}`);
  if (!ending) return;
  ending.checked = true;
  asked();
}

// ---- single keys, while no field has the focus

const KEYS_OFF = "kindline.keys-off";

function pressed(event) {
  const field = event.target.closest(`${FIELDS}, [contenteditable]`);
  if (event.key === "Escape") {
    if (!document.getElementById("keys").hidden) sheet(false);
    else if (field) field.blur();
    return;
  }
  if (!field && hushed()) return;
  if (field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (localStorage.getItem(KEYS_OFF)) return;
  const wanted = CSS.escape(event.key.toLowerCase());
  const control = [...document.querySelectorAll(`[data-key="${wanted}"]`)].find((one) => !one.disabled && one.offsetParent);
  if (!control) return;
  event.preventDefault();
  if (control.matches("input:not([type=radio]), textarea")) control.focus();
  else control.click();
}

function sheet(open) {
  const keys = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  keys.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  document.getElementById(open ? "keys-close" : "keys-open").focus();
}

// ---- a held seat: ask once before hanging up

function sure(event) {
  const button = event.target.closest("#hang-up");
  if (!button || button.dataset.sure || !document.querySelector(".holdbar")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  button.dataset.sure = "1";
  button.querySelector("span").textContent = button.dataset.again;
}

// ---- ears

document.addEventListener("click", sure, true);
document.addEventListener("click", (event) => {
  if (event.target.closest("#keys-open")) sheet(document.getElementById("keys").hidden);
  if (event.target.closest("#keys-close")) sheet(false);
});
document.addEventListener("keydown", pressed);
document.addEventListener("input", (event) => {
  if (event.target.id === "notes" || event.target.closest("#ending")) unsaved = true;
});
document.addEventListener("change", (event) => {
  if (event.target.name === "disposition") asked();
  if (event.target.id === "after") finishing();
  if (event.target.id === "keys-on") {
    if (event.target.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  }
});
document.addEventListener("kindline:card", (event) => {
  if (event.detail.card === "desk") adopt();
  if (event.detail.card === "line") inLine();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "wrap") closing = true;
  else if (closing && ["ending", "notes"].includes(event.detail.elt.id)) event.preventDefault();
});
let doomed = null; // the place in what is about to be replaced
document.addEventListener("htmx:beforeSwap", (event) => {
  doomed = event.detail.target?.contains(document.activeElement) ? caret() : null;
  if (event.detail.target?.id !== "desk-card") return;
  event.detail.shouldSwap = newer(Number(event.detail.xhr.getResponseHeader("Kindline-Version")));
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "desk-card") adopt();
  else settled();
  if (event.detail.target?.id === "middle") closing = false; // it came back: something is wanting
  if (event.detail.target?.id === "left" && document.activeElement === page) {
    [...document.querySelectorAll("#left .person.known")].at(-1)?.focus(); // the record that has just opened
  }
  if (doomed?.typing && document.activeElement === page) hush(doomed.column);
  doomed = null;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) {
    offline(false);
    saved(event.detail.requestConfig?.path);
    ended(event.detail.xhr.getResponseHeader("Kindline-Ending"));
  }
  if (!event.detail.successful && event.detail.requestConfig?.elt.id === "wrap") closing = false;
  const notes = document.getElementById("notes");
  const kept = event.detail.successful && event.detail.pathInfo?.requestPath === notes?.getAttribute("hx-post");
  if (kept && event.detail.requestConfig.formData.get("notes") === notes.value) unsaved = false;
});
document.addEventListener("htmx:sendError", () => offline(true));
document.addEventListener("htmx:responseError", notTaken);
addEventListener("online", () => flush().then(() => offline(false), () => {}));
addEventListener("pagehide", () => {
  const notes = document.getElementById("notes");
  if (notes && unsaved && !closing) post(notes.form, notes.getAttribute("hx-post"), { keepalive: true });
});

async function look() {
  if (columnsStage() !== card.dataset.stage) follow(); // an earlier try found no network
  if (page.dataset.live === "on") return;
  try {
    const answer = await fetch(card.dataset.snapshot, { cache: "no-store", headers: OURS });
    if (signedOut(answer) || !answer.ok) return;
    const now = await answer.json();
    offline(false);
    if (now.stage === card.dataset.stage || !newer(now.version)) return;
    card.innerHTML = now.html;
    adopt();
  } catch {
    offline(true);
  }
}

document.getElementById("keys-on").checked = !localStorage.getItem(KEYS_OFF);
adopt();
settled();
setInterval(look, LOOK_MS);
