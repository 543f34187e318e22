// What is to be said of a cell stands in a row below its own; what is only odd, in the cell itself, seen when pointed at
// (templates/gradebook/_note.html and _row.html write the same).

/** Shows, changes or takes away the note of a cell, by what the cell is going through. */
export function showNote(cell) {
  const id = `n.${cell.name}`;
  const old = document.getElementById(id);
  const fresh = build(cell, id);
  const hadFocus = old?.contains(document.activeElement);
  if (old?.outerHTML !== fresh?.outerHTML) {
    if (fresh && old?.tagName === fresh.tagName) old.replaceWith(fresh);
    else {
      old?.remove();
      if (fresh) (fresh.tagName === "LI" ? listOf(cell) : slotOf(cell) ?? cell.td).append(fresh);
    }
  }
  const row = rowOf(cell);
  if (row && !row.querySelector("li")) row.remove();
  if (cell.isBad) cell.input.setAttribute("aria-invalid", "true");
  else cell.input.removeAttribute("aria-invalid");
  describe(cell, fresh ? id : "");
  if (hadFocus) cell.input.focus();
}

function describe(cell, noteId) {
  const state = { changed: "st-changed", saving: "st-saving", saved: "st-saved" }[cell.state];
  const ids = [noteId, state].filter(Boolean).join(" ");
  if (ids) cell.input.setAttribute("aria-describedby", ids);
  else cell.input.removeAttribute("aria-describedby");
  const word = state && document.getElementById(state)?.textContent;
  if (word) cell.td.title = word;
  else cell.td.removeAttribute("title");
}

function build(cell, id) {
  const [kind, text] = wording(cell);
  if (!kind) return cell.warnings.length ? remark(cell, id) : null;
  const li = document.createElement("li");
  li.id = id;
  li.dataset.kind = kind;
  li.dataset.for = cell.name;
  const label = document.createElement("b");
  label.textContent = `${cell.label}:`;
  const words = document.createElement("span");
  words.textContent = text;
  li.append(label, " ", words);
  if (kind === "refused" && cell.refused?.propose) li.append(" ", link("Đề nghị sửa ở sổ của lớp", cell.refused.propose));
  if (kind === "conflict") li.append(" ", button("Giữ của tôi", "keep"), " ", button("Lấy giá trị kia", "take"));
  return li;
}

/** The sign of it is the cell's own (sheet.css). */
function remark(cell, id) {
  const span = document.createElement("span");
  span.className = "q";
  span.id = id;
  for (const sentence of cell.warnings) {
    const part = document.createElement("b");
    part.textContent = sentence;
    const answer = cell.answerTo(sentence);
    if (answer) part.append(Object.assign(document.createElement("i"), { textContent: answer }));
    span.append(part);
  }
  span.classList.toggle("ok", cell.warnings.every((sentence) => cell.answerTo(sentence)));
  return span;
}

function wording(cell) {
  if (cell.conflict) {
    const { value, by, at, own } = cell.conflict;
    const shown = (text) => `«${text || "(trống)"}»`;
    if (own) return ["conflict", `Chính thầy cô đã ghi ${shown(value)} ở thẻ khác lúc ${at}; ở đây là ${shown(cell.value)}. Chọn một:`];
    return ["conflict", `${by || "Người khác"} đã ghi ${shown(value)} lúc ${at}; của thầy cô là ${shown(cell.value)}. Chọn một:`];
  }
  if (cell.problem) return ["refused", cell.problem];
  if (cell.refused) return ["refused", cell.refused.message];
  if (cell.mistyped || cell.declined) return ["refused", cell.mistyped || cell.declined];
  return ["", ""];
}

function link(word, href) {
  return Object.assign(document.createElement("a"), { textContent: word, href });
}

function button(word, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-secondary btn-sm";
  made.textContent = word;
  made.dataset.act = act;
  return made;
}

/** On the page of one pupil: what the table's cell has of fields, side by side. */
function slotOf(cell) { return cell.input.closest(".slot"); }

function rowOf(cell) {
  const slot = slotOf(cell);
  if (slot) return slot.nextElementSibling?.matches(".slot-notes") ? slot.nextElementSibling : null;
  const next = cell.td.parentElement.nextElementSibling;
  return next?.classList.contains("note") ? next : null;
}

function listOf(cell) {
  let row = rowOf(cell);
  if (slotOf(cell)) {
    if (row) return row;
    row = Object.assign(document.createElement("ul"), { className: "slot-notes" });
    slotOf(cell).after(row);
    return row;
  }
  if (!row) {
    row = document.createElement("tr");
    row.className = "note";
    const td = document.createElement("td");
    td.colSpan = cell.td.parentElement.cells.length;
    td.append(document.createElement("ul"));
    row.append(td);
    cell.td.parentElement.after(row);
  }
  return row.querySelector("ul");
}
