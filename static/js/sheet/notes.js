// What is to be said of a cell stands in a row below its own (templates/gradebook/_note.html writes the same).

/** Shows, changes or takes away the note of a cell, by what the cell is going through. */
export function showNote(cell) {
  const id = `n.${cell.name}`;
  const old = document.getElementById(id);
  const fresh = build(cell, id);
  if (old && fresh && old.textContent === fresh.textContent) return;
  const hadFocus = old?.contains(document.activeElement);
  if (fresh) {
    if (old) old.replaceWith(fresh);
    else listOf(cell).append(fresh);
  } else old?.remove();
  const row = rowOf(cell);
  if (row && !row.querySelector("li")) row.remove();
  const isWrong = Boolean(cell.conflict || cell.problem || cell.refused);
  cell.input.toggleAttribute("aria-invalid", isWrong);
  if (isWrong) cell.input.setAttribute("aria-invalid", "true");
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
  if (!kind) return null;
  const li = document.createElement("li");
  li.id = id;
  li.dataset.kind = kind;
  li.dataset.for = cell.name;
  const label = document.createElement("b");
  label.textContent = `${cell.label}:`;
  const words = document.createElement("span");
  words.textContent = text;
  li.append(label, " ", words);
  if (kind === "conflict") li.append(" ", button("Giữ của tôi", "keep"), " ", button("Lấy giá trị kia", "take"));
  return li;
}

function wording(cell) {
  if (cell.conflict) {
    const { value, by, at } = cell.conflict;
    const shown = (text) => `«${text || "(trống)"}»`;
    return ["conflict", `${by || "Người khác"} đã ghi ${shown(value)} lúc ${at}; của thầy cô là ${shown(cell.value)}.`];
  }
  if (cell.problem) return ["refused", cell.problem];
  if (cell.refused) return ["refused", cell.refused.message];
  if (cell.warnings.length) return ["warning", cell.warnings.join(" ")];
  return ["", ""];
}

function button(word, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-secondary btn-sm";
  made.textContent = word;
  made.dataset.act = act;
  return made;
}

function rowOf(cell) {
  const next = cell.td.parentElement.nextElementSibling;
  return next?.classList.contains("note") ? next : null;
}

function listOf(cell) {
  let row = rowOf(cell);
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
