// Moving about the grid by keys. Nothing moves while an input method is composing a word.

/** What a key asks for in a cell: the cell to go to, or null to leave the key to the browser. */
export function target(grid, cell, event) {
  const { key, ctrlKey, shiftKey, altKey, metaKey } = event;
  if (altKey || metaKey) return null;
  const go = (row, column) => grid.at(row, column) ?? null;
  const { row, column, input } = cell;
  if (key === "Enter") return go(row + (shiftKey ? -1 : 1), column) ?? cell;
  if (ctrlKey && (key === "Home" || key === "End")) return go(key === "Home" ? 0 : grid.rows.length - 1, column);
  if (ctrlKey || shiftKey) return null;
  if (key === "ArrowUp") return isFirstLine(input) ? go(row - 1, column) : null;
  if (key === "ArrowDown") return isLastLine(input) ? go(row + 1, column) : null;
  if (key === "ArrowLeft" || key === "Home") {
    return atStart(input) ? go(row, key === "Home" ? 0 : column - 1) : null;
  }
  if (key === "ArrowRight" || key === "End") {
    return atEnd(input) ? go(row, key === "End" ? grid.rows[row].length - 1 : column + 1) : null;
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
