// A block as Excel and Google Sheets put it on the clipboard: tabs, line ends, quotes around what holds either.

/** Rows of texts. A quote counts only at the beginning of a field. */
export function parseTable(text) {
  const rows = [[]];
  const fields = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/gy;
  for (let match; (match = fields.exec(text)) !== null;) {
    rows.at(-1).push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === "") break;
    if (match[3] !== "\t") rows.push([]);
  }
  // The clipboard ends with a line end of its own.
  if (rows.length > 1 && rows.at(-1).join("") === "") rows.pop();
  return rows;
}

/** Fills cells from one on, to the right and down. Returns [cell, value before] of each, and how many fell off. */
export function fill(grid, start, rows) {
  const touched = [];
  let beyond = 0;
  rows.forEach((texts, down) => texts.forEach((text, right) => {
    const cell = grid.at(start.row + down, start.column + right);
    if (!cell) beyond += 1;
    else {
      touched.push([cell, cell.value]);
      cell.put(text.trim());
    }
  }));
  return { touched, beyond };
}
