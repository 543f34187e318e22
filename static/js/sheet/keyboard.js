// Moving about the grid by keys. Nothing moves while an input method is composing a word.

/** What a key asks for in a cell: the cell to go to, or null to leave the key to the browser. */
export function target(grid, cell, event) {
  const { key, ctrlKey, shiftKey, altKey, metaKey } = event;
  if (altKey || metaKey) return null;
  const { row, column, input } = cell;
  const step = (down, right) => grid.toward(row, column, down, right);
  if (key === "Enter") return step(shiftKey ? -1 : 1, 0) ?? cell;
  if (ctrlKey && (key === "Home" || key === "End")) return key === "Home" ? grid.toward(-1, column, 1, 0) : grid.toward(grid.rows.length, column, -1, 0);
  if (ctrlKey || shiftKey) return null;
  if (key === "ArrowUp") return isFirstLine(input) ? step(-1, 0) : null;
  if (key === "ArrowDown") return isLastLine(input) ? step(1, 0) : null;
  if (key === "ArrowLeft" || key === "Home") {
    if (!atStart(input)) return null;
    return key === "Home" ? grid.toward(row, -1, 0, 1) : step(0, -1);
  }
  if (key === "ArrowRight" || key === "End") {
    return atEnd(input) ? (key === "End" ? grid.at(row, grid.rows[row].length - 1) : step(0, 1)) : null;
  }
  return null;
}

// A short field is selected as a whole on arrival: either edge is reached.
const isWhole = (input) => input.tagName === "INPUT" && input.selectionStart === 0 && input.selectionEnd === input.value.length;
const atStart = (input) => isWhole(input) || input.selectionEnd === 0;
const atEnd = (input) => isWhole(input) || input.selectionStart === input.value.length;

function isOneLine(input) {
  if (input.tagName === "INPUT") return true;
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(input);
  return input.scrollHeight - parseFloat(paddingTop) - parseFloat(paddingBottom) < 1.6 * parseFloat(lineHeight);
}

const isFirstLine = (input) => isOneLine(input) || atStart(input);
const isLastLine = (input) => isOneLine(input) || atEnd(input);
