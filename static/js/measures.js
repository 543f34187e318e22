// Enter and the arrows go from pupil to pupil within a column, as in a table of Excel.

const table = document.querySelector("[data-measures]");
const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

table?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step || event.isComposing || event.target.tagName !== "INPUT") return;
  const cell = event.target.closest("td");
  const rows = [...table.tBodies[0].rows];
  const next = rows[rows.indexOf(cell.parentElement) + step];
  event.preventDefault();
  const input = next?.cells[cell.cellIndex]?.querySelector("input");
  input?.focus();
  input?.select();
});
