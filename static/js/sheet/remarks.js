// What is to be pointed out about the sheet, folded into one line over the table (gradebook/sheet_page.py says it on opening).

const place = () => document.querySelector("[data-notices]");
const wordsOf = (list) => [...list.children].map((li) => li.textContent);

/** Of the sheet as a whole, after each save (gradebook/sheet_checks.py). */
export function showRemarks(remarks) {
  if (remarks && place()) list("[data-remarks]", remarks);
}

/** Of a column's comments. */
export function showAlike(sentences) {
  if (place()) list("[data-alike]", sentences);
}

/** How many warnings cells and comments have, and how many have been answered with a reason. */
export function showDoubts(grid) {
  if (!place()) return; // the page of one pupil has no such line
  const doubts = document.querySelector("[data-doubts]");
  const warned = grid.cells.flatMap((cell) => cell.warnings.map((sentence) => Boolean(cell.answerTo(sentence))));
  const answered = warned.filter(Boolean).length;
  doubts.hidden = !warned.length;
  doubts.querySelector("a").textContent = `${warned.length} điều cần xem lại`;
  doubts.querySelector("span").textContent = answered ? `, ${answered} đã có lí do` : "";
  fold(warned.length);
}

function list(name, sentences) {
  const shown = document.querySelector(name);
  const before = wordsOf(shown);
  if (before.join("\n") === sentences.join("\n")) return;
  shown.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  const fresh = sentences.filter((text) => !before.includes(text));
  document.querySelector("[data-noticed]").textContent = fresh.join(" ");
  const doubts = document.querySelector("[data-doubts]");
  fold(doubts.hidden ? 0 : Number.parseInt(doubts.textContent, 10));
}

/** The line that opens: how many there are, and the first of them. */
function fold(doubtful) {
  const sentences = [...place().querySelectorAll("li")].map((li) => li.textContent);
  const count = sentences.length + doubtful;
  place().hidden = !count;
  place().querySelector("summary b").textContent = `Điều cần xem lại (${count})`;
  place().querySelector("summary span").textContent = sentences[0] ?? "";
}
