// Whose a cell is and to which sheet of the class it belongs: a page is that of one sheet, or of one pupil over many.

/** The ways to ask, by what the form says of itself (templates/gradebook/sheet.html, pupil_sheet.html). */
export function placesOf(form) {
  const { pupil, address } = form.dataset;
  if (!pupil) {
    return {
      studentOf: (cell) => cell.key,
      placeOf: ({ key, item, field }) => ({ student: Number(key), item, field }),
      addressOf: () => address,
    };
  }
  return {
    studentOf: () => pupil,
    placeOf: ({ key, item, field }) => ({ period: key, item, field }),
    addressOf: ({ key, item }) => new URL(`../../${codeOf(form, item)}/${key}/`, new URL(address, location.href)).pathname,
  };
}

/** The code of the sheet that has the item: a line's own, or that of the homeroom. */
export function codeOf(form, item) {
  return subjectOf(form, item) ? item : form.dataset.homeroom;
}

/** What a sheet is of, by its code. */
export function subjectOf(form, code) {
  const line = form.dataset.lines.split("|").find((each) => each.startsWith(`${code} `));
  return line?.slice(code.length + 1);
}

/** The name of a cell, from what the server calls its place. */
export function nameOf({ student, period, item, field }) {
  return `${period ?? student}.${item}.${field}`;
}
