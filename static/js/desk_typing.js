// What is typed at the desk outlives the columns it was typed into: the text, the place of the caret, the open folds. And
// what is typed on where a field has gone does not become a command.

export const FIELDS = "input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea, select";
const QUIET_MS = 1000; // without a key: whoever was typing has seen that the field is gone

// "talking:12" is about 12, "ready" about no call.
export function callOf(stage) {
  return stage?.split(":")[1] ?? "";
}

export function columnsStage() {
  return document.getElementById("left")?.dataset.columns;
}

// The left column's forms as they are, since nobody else keeps them; elsewhere what has not been sent yet.
export function typed() {
  const fields = [...document.getElementById("main").querySelectorAll(FIELDS)].filter((field) => field.id);
  const drafts = fields.filter((field) => field.closest("#left") || field.value !== asServed(field));
  const folds = [...document.querySelectorAll("#main details[open]")].map((fold) => fold.querySelector("[id]")?.id);
  return { call: callOf(columnsStage()), fields: drafts.map((field) => [field.id, field.value]), folds };
}

function asServed(field) {
  if (!field.options) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
}

export function restore(drafts) {
  if (!drafts.call || callOf(columnsStage()) !== drafts.call) return;
  for (const id of drafts.folds) {
    const fold = id && document.getElementById(id)?.closest("details");
    if (fold) fold.open = true;
  }
  for (const [id, value] of drafts.fields) {
    const field = document.getElementById(id);
    if (!field || field.value === value) continue;
    field.value = value;
    field.dispatchEvent(new Event(field.options ? "change" : "input", { bubbles: true }));
  }
}

// ---- the place where somebody is typing

export function caret() {
  const field = document.activeElement;
  if (!field?.closest("#main")) return null;
  const { id, selectionStart: start, selectionEnd: end, selectionDirection: direction, scrollTop: top } = field;
  return { id, column: field.closest(".col")?.id, typing: field.matches(FIELDS), start, end, direction, top };
}

export function putBack(place) {
  if (document.activeElement !== document.body) return;
  const field = place.id ? document.getElementById(place.id) : null;
  field?.focus({ preventScroll: true });
  if (!field || document.activeElement !== field) {
    if (place.typing) hush(place.column);
    return;
  }
  if (Number.isInteger(place.start)) field.setSelectionRange(place.start, place.end, place.direction);
  field.scrollTop = place.top;
  field.scrollIntoView({ block: "nearest" });
}

// The field is gone under somebody's fingers: what they go on typing must not become commands.
let quietUntil = 0;

export function hush(column) {
  quietUntil = performance.now() + QUIET_MS;
  const heading = document.querySelector(`#${column} h2`) ?? document.querySelector("#middle h2");
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

// Whether this key belongs to what was being typed; the quiet begins anew with each.
export function hushed() {
  const now = performance.now();
  if (now >= quietUntil) return false;
  quietUntil = now + QUIET_MS;
  return true;
}
