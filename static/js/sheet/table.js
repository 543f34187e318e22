// A block as Excel and Google Sheets put it on the clipboard and take it: tabs, line ends, quotes around what holds either.

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

/** The same the other way round. A blank before what Excel would take for a formula; coming back it is stripped. */
export function formatTable(rows) {
  const field = (text) => {
    const plain = /^[=+\-@]/.test(text) ? ` ${text}` : text;
    return /["\t\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return rows.map((texts) => texts.map(field).join("\t")).join("\r\n");
}

/** Where a block goes: [cell, text] of each, from `start` on to the right and down, and how many fall off the sheet. */
export function placesOf(grid, start, rows) {
  const places = [];
  let beyond = 0;
  rows.forEach((texts, down) => texts.forEach((text, right) => {
    const cell = grid.at(start.row + down, start.column + right);
    if (cell) places.push([cell, text.trim()]);
    else beyond += 1;
  }));
  return { places, beyond };
}
