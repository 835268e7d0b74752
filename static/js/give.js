// The right column's small part in the browser: the time left on a hold is drawn, a day is looked for once it has been
// typed to its end, and focus is never lost.
// Everything else is the server's, by htmx.
"use strict";

(() => {
  const full = 600; // seconds a hold has; the bar's whole length
  const begun = new WeakMap(); // timer -> the moment it was shown, on a clock nobody sets

  function draw() {
    for (const timer of document.querySelectorAll("[data-left]")) {
      if (!begun.has(timer)) begun.set(timer, performance.now());
      const gone = (performance.now() - begun.get(timer)) / 1000;
      const left = Math.max(0, Math.ceil(Number(timer.dataset.left) - gone));
      const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      const shown = timer.querySelector("span");
      if (shown && shown.textContent !== text) shown.textContent = text;
      const bar = timer.parentElement.querySelector(".left .now");
      if (bar) bar.setAttribute("width", String(Math.min(100, (left / full) * 100)));
      // A little later, so that the worker has let it go by then.
      if (gone > Number(timer.dataset.left) + 3 && !timer.dataset.over) {
        timer.dataset.over = "1";
        window.htmx?.trigger("#give-again", "kindline:refresh");
      }
    }
  }

  // Any work on the call has renewed what is held: the timers shown have their full time again.
  function renewed(event) {
    const seconds = event.detail.xhr?.getResponseHeader("Kindline-Held");
    if (!seconds) return;
    for (const timer of document.querySelectorAll("[data-left]")) {
      timer.dataset.left = seconds;
      delete timer.dataset.over;
      begun.set(timer, performance.now());
    }
    draw();
  }

  // What had the focus is gone with the part that was replaced: go to what is new. Whoever was elsewhere stays there.
  function land(event) {
    const gone = document.activeElement === null || document.activeElement === document.body;
    if (event.detail.target?.id === "give-seats" && gone) document.querySelector("#give-seats [data-land]")?.focus();
  }

  // Too late for a call: the answer says so, and shows how things stand.
  function late(event) {
    if (event.detail.xhr.status === 409 && event.detail.target?.id === "give-seats") event.detail.shouldSwap = true;
  }

  // A day typed by keyboard is a day after its first digit already: it counts on Enter, or on leaving the field.
  // One picked by pointer counts at once.
  let byKeyboard = false;

  function dayOf(event) {
    return event.target.id === "seats-day" ? event.target : null;
  }

  function look(day) {
    if (!day.isConnected || day.validity.badInput || day.value === (day.dataset.asked ?? day.defaultValue)) return;
    day.dataset.asked = day.value;
    window.htmx?.trigger(day.form, "kindline:day");
  }

  function keyed(event) {
    const day = dayOf(event);
    if (!day) return;
    if (event.key === "Enter") look(day);
    else byKeyboard = true;
  }

  function changed(event) {
    const day = dayOf(event);
    if (day && !byKeyboard) look(day);
  }

  function left(event) {
    const day = dayOf(event);
    if (!day) return;
    look(day);
    byKeyboard = false;
  }

  function pointed(event) {
    if (dayOf(event)) byKeyboard = false;
  }

  document.addEventListener("keydown", keyed);
  document.addEventListener("change", changed);
  document.addEventListener("focusout", left);
  document.addEventListener("pointerdown", pointed);
  document.addEventListener("htmx:beforeSwap", late);
  document.addEventListener("htmx:afterSettle", land);
  document.addEventListener("htmx:afterRequest", renewed);
  setInterval(draw, 1000);
  draw();
})();
