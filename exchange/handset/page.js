// The handset: asks the exchange for this phone's state three times a second and shows it; buttons are POSTs.
const EVERY_MS = 300;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const WORDS = {
  en: {
    phone: "Phone", answer: "Answer", decline: "Decline", hang_up: "Hang up", keypad: "Keypad",
    heard: "What you hear", use_keys: "Keys on the keyboard work: A, X, E, 0-9, *, #", other: "Español",
    quiet: "Quiet", ringing: "Ringing", up: "Picked up", talking: "On a call", away: "No line",
    hint_quiet: "This phone rings when a call is laid before you at the desk.",
    hint_ringing: "Call from {from}.", hint_up: "One moment. The caller is being brought in.",
    hint_key: "Press {key} to take the call.", hint_talking: "You and the caller hear each other.",
    hint_away: "The telephone exchange does not answer. This page keeps trying.",
    line: "The line", caller: "Caller", you: "You pressed", music: "Music plays.", over: "The call is over.",
  },
  es: {
    phone: "Teléfono", answer: "Contestar", decline: "Rechazar", hang_up: "Colgar", keypad: "Teclado",
    heard: "Lo que usted oye", use_keys: "Funcionan las teclas A, X, E, 0-9, *, #", other: "English",
    quiet: "En silencio", ringing: "Suena", up: "Descolgado", talking: "En una llamada", away: "Sin línea",
    hint_quiet: "Este teléfono suena cuando le ofrecen una llamada en su puesto.",
    hint_ringing: "Llamada de {from}.", hint_up: "Un momento. Se está comunicando a la persona que llama.",
    hint_key: "Oprima el {key} para tomar la llamada.", hint_talking: "Usted y la persona que llama se oyen.",
    hint_away: "La central telefónica no responde. Esta página sigue intentando.",
    line: "La línea", caller: "Quien llama", you: "Usted oprimió", music: "Suena música.", over: "La llamada terminó.",
  },
};

const number = decodeURIComponent(location.pathname.split("/").pop());
const at = (id) => document.getElementById(id);
let language = "en";
let shown = { state: "quiet", seconds: 0, from: "", key: "", call: "", lines: [] };
let call = "";
let newest = 0;

const word = (key) => WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => shown[name]);

function show() {
  const { state, key } = shown;
  document.body.className = state;
  document.title = `${word(state)} - ${word("phone")}`;
  setText(at("word"), word(state));
  const clock = `${Math.floor(shown.seconds / 60)}:${String(shown.seconds % 60).padStart(2, "0")}`;
  setText(at("timer"), state === "quiet" || state === "away" ? "" : clock);
  setText(at("hint"), word(key ? "hint_key" : `hint_${state}`));
  const isUp = state === "up" || state === "talking";
  at("answer").disabled = at("decline").disabled = state !== "ringing";
  at("hang_up").disabled = !isUp;
  for (const button of at("keypad").children) {
    button.disabled = !isUp;
    button.classList.toggle("wanted", button.textContent === key);
  }
  showLines();
}

// Only what changed is written: a live region must not say the same thing three times a second.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showLines() {
  const list = at("lines");
  if (shown.call !== call) {
    list.replaceChildren();
    call = shown.call;
    newest = 0;
  }
  for (const line of shown.lines.filter((line) => line.n > newest)) {
    list.append(asItem(line));
    newest = line.n;
    list.scrollTop = list.scrollHeight;
  }
}

function asItem({ who, text }) {
  const item = document.createElement("p");
  item.className = who;
  const by = document.createElement("small");
  by.textContent = word(who);
  item.append(by, text);
  return item;
}

function relabel() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-say]")) setText(element, word(element.dataset.say));
  setText(at("language"), word("other"));
  at("language").lang = language === "en" ? "es" : "en";
  call = ""; // the lines are written anew, in the other language
  show();
}

async function ask(path = "", body = null) {
  const wanted = body === null ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(`/_sim/handset/${encodeURIComponent(number)}${path}`, { cache: "no-store", ...wanted });
  return reply.json();
}

async function look() {
  try {
    const found = await ask();
    if (!found.lines) throw new Error("no such phone now");
    shown = found;
  } catch {
    shown = { ...shown, state: "away", key: "" };
  }
  show();
}

async function watch() {
  await look();
  setTimeout(watch, EVERY_MS);
}

async function act(verb, body = {}) {
  try {
    await ask(`/${verb}`, body);
  } finally {
    await look();
  }
}

function onKey(event) {
  if (!at("use-keys").checked || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toUpperCase();
  const button = { A: at("answer"), X: at("decline"), E: at("hang_up") }[key]
    || [...at("keypad").children].find((one) => one.textContent === key);
  if (button && !button.disabled) button.click();
}

function begin() {
  for (const verb of ["answer", "decline", "hang_up"]) at(verb).addEventListener("click", () => act(verb));
  for (const key of KEYS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    button.addEventListener("click", () => act("press", { digits: key }));
    at("keypad").append(button);
  }
  at("language").addEventListener("click", () => { language = language === "en" ? "es" : "en"; relabel(); });
  document.addEventListener("keydown", onKey);
  at("number").textContent = number.replace(/^\d/, "+$&");
  show();
  watch();
}

begin();
