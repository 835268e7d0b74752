// What the admin site's pages leave unsaid for whoever does not see them: names of fields in tables, of empty heads,
// of areas that scroll by themselves. Changes no behaviour.
(() => {
  const text = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim() : "");

  function withoutSigns(head) {
    const copy = head?.cloneNode(true);
    copy?.querySelectorAll(".material-symbols-outlined, .text-red-600").forEach((sign) => sign.remove());
    return copy;
  }

  function nameFields(root) {
    for (const field of root.querySelectorAll("td input:not([type=hidden]), td select, td textarea")) {
      if (field.labels?.length || field.hasAttribute("aria-label") || field.closest("#result_list")) continue;
      const cell = field.closest("td");
      const head = cell.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
      const name = text(withoutSigns(head)) || field.name.split("-").pop().replaceAll("_", " ");
      field.setAttribute("aria-label", name.toLowerCase());
    }
  }

  function nameHeads(root) {
    for (const head of root.querySelectorAll("th")) {
      if (text(head) || head.querySelector("input, img[alt], [aria-label]")) continue;
      head.setAttribute("aria-hidden", "true");
      head.setAttribute("role", "presentation");
    }
  }

  function nameScrollers() {
    document.querySelectorAll(".simplebar-content-wrapper[role=region]").forEach((area, place) => {
      const inMenu = area.closest("#nav-sidebar, nav");
      area.setAttribute("aria-label", inMenu ? `menu ${place + 1}` : `area ${place + 1}`);
    });
  }

  function nameChoosers(root) {
    for (const box of root.querySelectorAll(".select2-selection[role=combobox]")) {
      const select = box.closest(".select2-container")?.parentElement.querySelector("select");
      const label = select?.labels?.[0];
      const name = text(label).replace(/\*$/, "").trim() || select?.getAttribute("aria-label");
      if (!name) continue;
      for (const part of [box, ...box.querySelectorAll("[role=textbox]")]) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", name);
      }
    }
  }

  function nameTools() {
    for (const tool of document.querySelectorAll("ul.object-tools > div")) tool.setAttribute("role", "listitem");
  }

  function nameAll() {
    nameFields(document);
    nameHeads(document);
    nameScrollers();
    nameChoosers(document);
    nameTools();
  }

  // Rows are added and choosers drawn after the page has come, some after `load`.
  let asked = 0;
  window.addEventListener("load", () => {
    nameAll();
    new MutationObserver(() => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(nameAll);
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
