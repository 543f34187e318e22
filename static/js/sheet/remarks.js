// What is to be pointed out about the sheet as a whole (gradebook/sheet_checks.py says it, on opening and after each save).

export function showRemarks(remarks) {
  const list = document.querySelector("[data-remarks]");
  const shown = [...list.children].map((li) => li.textContent);
  if (!remarks || shown.join("\n") === remarks.join("\n")) return;
  list.replaceChildren(...remarks.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  list.hidden = !remarks.length;
}
