// What is to be pointed out about the sheet as a whole (gradebook/sheet_checks.py says it, on opening and after each save).

export function showRemarks(remarks) {
  const list = document.querySelector("[data-remarks]");
  if (!list) return;
  const shown = [...list.children].map((li) => li.textContent);
  if (!remarks || shown.join("\n") === remarks.join("\n")) return;
  list.replaceChildren(...remarks.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  list.hidden = !remarks.length;
}

/** How many warnings the cells have, and how many have been answered with a reason. */
export function showDoubts(grid) {
  const place = document.querySelector("[data-doubts]");
  if (!place) return;
  const warned = grid.cells.flatMap((cell) => cell.doubts.map((sentence) => Boolean(cell.answerTo(sentence))));
  const answered = warned.filter(Boolean).length;
  place.hidden = !warned.length;
  place.querySelector("a").textContent = `${warned.length} điều cần xem lại`;
  place.querySelector("span").textContent = answered ? `, ${answered} đã có lí do` : "";
}
