/* The floor's state stands in the top bar, outside the card that live.js replaces: each new card brings it along in a
   <template data-for="id" data-class="...">. It is put in place only when it differs, since it is a live region. */
document.addEventListener("kindline:card", (event) => {
  if (event.detail.card !== "board") return;
  const card = document.querySelector('[data-card="board"]');
  for (const brought of card.querySelectorAll("template[data-for]")) {
    const place = document.getElementById(brought.dataset.for);
    if (!place) continue;
    if (place.className !== brought.dataset.class) place.className = brought.dataset.class;
    if (place.innerHTML !== brought.innerHTML) place.replaceChildren(brought.content.cloneNode(true));
  }
  document.body.classList.toggle("is-alert", event.detail.stage === "busy");
});
