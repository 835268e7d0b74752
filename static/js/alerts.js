/* Says each alert once, when it comes: what stood on the page when it was opened has been read with the page. Cards are
   replaced whole, so a live region within would speak with every change; this one stands outside of them. */
(() => {
  "use strict";

  const place = document.getElementById("alerts-spoken");
  const here = () => [...document.querySelectorAll("[data-alert]")];
  const said = new Set(here().map((one) => one.dataset.alert));

  document.addEventListener("kindline:card", () => {
    const fresh = here().filter((one) => !said.has(one.dataset.alert));
    if (!fresh.length) return;
    for (const one of fresh) said.add(one.dataset.alert);
    place.textContent = fresh.map((one) => one.dataset.spoken).join(". ");
  });
})();
