// Text dragged with the mouse moves from cell to cell, which empties the one it comes from. Between comments that is
// wanted, and comes to the sheet as if typed; out of or into a mark or a level it is never meant.

export function keepLettersInPlace(form, grid) {
  const isShort = (event) => {
    const cell = grid.of(event.target);
    return Boolean(cell) && cell.field !== "comment";
  };
  // Without a drag of its text, the mouse marks a rectangle of cells, as from any other.
  form.addEventListener("dragstart", (event) => { if (isShort(event)) event.preventDefault(); });
  for (const kind of ["dragenter", "dragover", "drop"]) {
    form.addEventListener(kind, (event) => {
      if (!isShort(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
  }
}
