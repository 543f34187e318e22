// What was typed on a pupil's page for a sheet that is locked by now. It goes to the drafts of that sheet, whose own page
// offers it for a correction request.
import { Drafts, offer } from "./drafts.js";
import { codeOf, subjectOf } from "./places.js";

/** Hands over `kept`, {name: {value, version, at}}; returns [address, words] of each sheet that has something now. */
export function handOver(form, kept) {
  const { user, pupil, address, class: schoolClass } = form.dataset;
  const sheets = new Map();
  for (const [name, { value, version, at }] of Object.entries(kept)) {
    const [period, item, field] = name.split(".");
    const code = codeOf(form, item);
    new Drafts({ user, sheet: `${schoolClass}.${code}.${period}` }).keep(`${pupil}.${item}.${field}`, { value, version, at });
    sheets.set(`${address}../../${code}/${period}/?propose=1`, `${subjectOf(form, code)}, ${period}`);
  }
  return [...sheets];
}

/** The cells that the server has just refused for the lock, each once: its sheet may be done with it before this page is. */
export function handOverRefused(grid) {
  const cells = grid.cells.filter((cell) => cell.refused?.propose && cell.isUnsaved && !cell.refused.isHandedOver);
  for (const cell of cells) cell.refused.isHandedOver = true;
  handOver(grid.form, Object.fromEntries(cells.map((cell) => [cell.name, { value: cell.value, version: cell.version, at: Date.now() }])));
}

/** Offers what is kept for cells that the page has no field for any more. */
export function offerClosed(place, form, drafts, closed) {
  const onTake = () => {
    const sheets = handOver(form, closed);
    drafts.drop((name) => name in closed);
    if (sheets.length === 1) return location.assign(sheets[0][0]);
    const links = sheets.map(([href, textContent]) => Object.assign(document.createElement("a"), { href, textContent }));
    place.replaceChildren("Lập phiếu ở từng sổ: ", ...links.flatMap((link, number) => (number ? ["; ", link] : [link])));
    place.hidden = false;
  };
  const onDrop = () => drafts.drop((name) => name in closed);
  offer(place, Object.values(closed), { word: "Sổ đã khoá; có thể đưa vào phiếu đề nghị sửa.", act: "Đưa vào phiếu", onTake, onDrop });
}
