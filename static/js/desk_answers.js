// What the server answers when it does not take something: said kindly, tried once more where that helps, and where the
// session is over the record goes from the screen.

const page = document.body;
const card = document.getElementById("desk-card");
export const OURS = { "HX-Request": "true" }; // the door answers 401 instead of sending us to the log-in

export class Refused extends Error {} // the server was there, and did not take it

let refusedAt = ""; // the address of what was not saved

function banner(id, yes, text = "text") {
  const line = document.getElementById(id);
  if (line.hidden === !yes) return; // said once
  line.hidden = !yes;
  line.textContent = yes ? line.dataset[text] : "";
}

// "Keep talking" is for whoever talks.
export function offline(yes) {
  banner("offline", yes, document.getElementById("state").dataset.kind === "talking" ? "text" : "calm");
}

export function refused(url) {
  refusedAt = url;
  banner("refused", true);
}

// This has been saved now; without an address: whatever it was, the columns have moved on.
export function saved(url = refusedAt) {
  if (url === refusedAt) banner("refused", false);
}

// The session is over: the record goes from the screen at once, and the log-in takes its place.
export function signedOut(answer) {
  const over = answer.status === 401 || answer.redirected;
  if (over) location.reload();
  return over;
}

// A log-in in another tab changes the token of every form. True once they have the new one.
let fetchingToken = null;

export function freshToken() {
  fetchingToken ??= fetchToken().finally(() => (fetchingToken = null));
  return fetchingToken;
}

async function fetchToken() {
  const answer = await fetch(card.dataset.page, { headers: OURS, cache: "no-store" });
  if (signedOut(answer) || !answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const theirs = fresh.getElementById("desk-card")?.dataset.operator;
  if (theirs !== card.dataset.operator) { // another operator has this browser now
    location.reload();
    return false;
  }
  const headers = fresh.body.getAttribute("hx-headers");
  page.setAttribute("hx-headers", headers);
  const token = JSON.parse(headers)["X-CSRFToken"];
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  return true;
}

const AGAIN = "Kindline-Again";

async function sendAgain({ elt, verb, path, headers, formData, triggeringEvent }) {
  if (headers[AGAIN] || !(await freshToken()) || !elt.isConnected) return false;
  const values = Object.fromEntries(formData);
  if (values.csrfmiddlewaretoken) values.csrfmiddlewaretoken = elt.closest("form").elements.csrfmiddlewaretoken.value;
  window.htmx.ajax(verb, path, { source: elt, event: triggeringEvent, values, headers: { [AGAIN]: "1" } });
  return true;
}

export async function notTaken(event) {
  const { xhr, requestConfig } = event.detail;
  try {
    if (xhr.status === 403 && (await sendAgain(requestConfig))) return;
    refused(requestConfig.path);
  } catch {
    offline(true);
  }
}
