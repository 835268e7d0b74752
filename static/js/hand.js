// The supervisor's page: single keys press the button they stand on, while no field has the focus.

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (localStorage.getItem("kindline.keys-off")) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!control) return;
  event.preventDefault();
  control.click();
});
