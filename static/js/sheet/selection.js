// A rectangle of cells, from the cell with the cursor to another: by Shift and arrows, Shift and a click, or dragging.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Selection {
  /** `tell(words)` says aloud how much is selected; `isWriting(cell)`: its text has been changed since the cursor came. */
  constructor(grid, { tell, isWriting }) {
    Object.assign(this, { grid, tell, isWriting, from: null, to: null });
  }

  get isMany() { return Boolean(this.from) && this.from !== this.to; }

  /** Rows of cells, from above to below. */
  get rows() {
    if (!this.from) return [];
    const [top, bottom] = [this.from.row, this.to.row].sort((a, b) => a - b);
    const [left, right] = [this.from.column, this.to.column].sort((a, b) => a - b);
    return this.grid.rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  get cells() { return this.rows.flat(); }

  start(cell) {
    this.#mark(() => { this.from = this.to = cell; });
  }

  extend(cell) {
    if (!this.from || !cell || cell === this.to) return;
    this.#mark(() => { this.to = cell; });
    const rows = this.rows;
    this.tell(this.isMany ? `Đã chọn ${rows.length} hàng, ${rows[0].length} cột.` : "");
  }

  /** Takes a key that selects. Inside a comment the arrows may select its text, until a rectangle has been begun. */
  onKey(cell, { key, shiftKey, ctrlKey, altKey, metaKey }) {
    const step = STEPS[key];
    if (!step || !shiftKey || altKey || metaKey || (!this.isMany && this.#selectsText(cell, step))) return false;
    if (this.from !== cell) this.start(cell);
    const end = [ctrlKey && step[0] ? this.#edge(step[0]) : this.to.row + step[0], ctrlKey && step[1] ? this.#side(step[1]) : this.to.column + step[1]];
    const next = this.grid.at(...end);
    this.extend(next);
    next?.td.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }

  /** Up and down from a comment as the cursor found it, at its end, are the table's. */
  #selectsText(cell, [down]) {
    if (cell.field !== "comment") return false;
    const { selectionStart, selectionEnd, value } = cell.input;
    const isAtEnd = selectionStart === value.length && selectionEnd === value.length;
    return !down || !isAtEnd || (down < 0 && this.isWriting(cell));
  }

  #edge(step) { return step < 0 ? 0 : this.grid.rows.length - 1; }

  #side(step) { return step < 0 ? 0 : this.grid.rows[this.to.row].length - 1; }

  #mark(move) {
    if (this.isMany) for (const cell of this.cells) cell.td.classList.remove("is-picked");
    move();
    if (this.isMany) for (const cell of this.cells) cell.td.classList.add("is-picked");
  }
}

/** Shift and a click, and dragging with a mouse; a finger scrolls. */
export function selectByPointer(form, grid, selection) {
  let origin = null;
  const under = (event) => grid.of(event.target.closest?.("[data-cell], td")?.querySelector('[name^="c."]'));
  form.addEventListener("pointerdown", (event) => {
    origin = event.pointerType === "mouse" && event.button === 0 && !event.shiftKey ? under(event) : null;
    if (origin && origin === selection.from) selection.start(origin); // a click takes the rectangle away
  });
  form.addEventListener("mousedown", (event) => {
    const cell = event.shiftKey && event.button === 0 ? under(event) : null;
    if (!cell || !selection.from || selection.from === cell) return;
    event.preventDefault(); // the cursor stays where the rectangle begins
    selection.extend(cell);
  });
  form.addEventListener("pointerover", (event) => {
    const cell = origin && event.buttons === 1 ? under(event) : null;
    if (cell && selection.from === origin) selection.extend(cell);
  });
  document.addEventListener("pointerup", () => { origin = null; });
}
