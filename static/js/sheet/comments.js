// Comments: suggestions from the bank while one types, the length against the limit, and what looks odd in them.
// The sheet's own script knows nothing of it: what is inserted comes to it as if it were typed, by an input event.
import { Bank } from "./comment_bank.js";
import { Banks } from "./comment_banks.js";
import { ClassNames, alike, alikeWords } from "./comment_checks.js";
import { CommentHelp } from "./comment_help.js";
import { filled } from "./comment_places.js";
import { codeOf } from "./places.js";
import { showAlike, showDoubts } from "./remarks.js";

const CHECKED_AFTER = 400; // ms of quiet

export function watchComments(form, grid) {
  const cells = grid.cells.filter((cell) => cell.field === "comment");
  if (!cells.length) return;
  form.dataset.comments = "";
  const names = new ClassNames(form.dataset.names?.split("|") ?? cells.map((cell) => pupilOf(cell).fullName));
  const help = new CommentHelp(form, {
    cellOf: (input) => grid.of(input),
    limit: grid.limits.comment,
    bank: bankOf(form, grid),
    levelOf,
    pupilOf,
    insert,
  });
  const checked = new Map(); // cell → its text when it was last looked at
  let timer = 0;

  function insert(cell, text, start, end) {
    const { input } = cell;
    const before = input.value.slice(0, start);
    const after = input.value.slice(end);
    const whole = `${before && !/\s$/u.test(before) ? " " : ""}${text}${after && !/^[\s.,;]/u.test(after) ? " " : ""}`;
    input.setRangeText(whole, start, end, "end");
    tellTyped(input);
  }

  /** Looks at whatever changed, by typing or otherwise (a paste, a fill down, a value taken back). */
  function look() {
    let isNew = false;
    for (const cell of cells) {
      if (cell.value.includes("{") && document.activeElement !== cell.input) fillPlaces(cell);
      if (checked.get(cell) === cell.value) continue;
      checked.set(cell, cell.value);
      isNew = true;
      const remarks = cell.value ? names.remarks(cell.value, pupilOf(cell)) : [];
      if (remarks.join() !== cell.warnings.join()) {
        cell.warnings = remarks;
        cell.show(cell.state);
      }
    }
    if (isNew) {
      showAlike(alikeIn(cells));
      showDoubts(grid);
    }
    help.refresh();
  }

  /** What was copied from the bank's page, or filled down, becomes the pupil's own. */
  function fillPlaces(cell) {
    const text = filled(cell.value, pupilOf(cell));
    if (text === cell.value) return;
    cell.input.value = text;
    tellTyped(cell.input);
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, CHECKED_AFTER);
  };
  for (const kind of ["input", "compositionend", "focusout", "keyup", "click", "paste"]) form.addEventListener(kind, later);
  look();
}

/** One for the sheet; on the page of one pupil one for each line, at the address of the homeroom's. */
function bankOf(form, grid) {
  const { suggestions, pupil } = form.dataset;
  return pupil ? new Banks(grid, (cell) => suggestions.replace(/[^/]+\/$/u, `${codeOf(form, cell.item)}/`)) : new Bank(suggestions);
}

function tellTyped(input) {
  input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
}

/** The pupil of a cell as the row shows it: {fullName, gender: "male", "female" or "" where nobody knows}. */
function pupilOf(cell) {
  const { pupil, name, gender: known } = cell.grid.form.dataset;
  if (pupil) return { fullName: name, gender: known };
  const row = cell.td.closest("tr");
  const gender = [...row.querySelectorAll("td.b")].at(-1);
  const isKnown = gender && !("unknown" in gender.dataset);
  return {
    fullName: row.querySelector("th").textContent.trim(),
    gender: isKnown ? (gender.textContent.trim() ? "female" : "male") : "",
  };
}

/** The level that a comment goes with: the line's, or the lowest of the group's ratings; "" where none is entered. */
function levelOf(cell) {
  return ["C", "Đ", "H", "T"].find((level) => levelsOf(cell).includes(level)) ?? "";
}

function levelsOf(cell) {
  if (cell.grid.form.dataset.pupil) {
    const isBeside = codeOf(cell.grid.form, cell.item) === cell.item ? (each) => each.item === cell.item : (each) => each.input.closest("table") === cell.input.closest("table");
    return cell.grid.cells.filter((each) => each.isLevel && each.key === cell.key && isBeside(each)).map((each) => each.value);
  }
  const levels = [];
  const row = cell.grid.rows[cell.row];
  for (let column = cell.column - 1; column >= 0 && row[column].field !== "comment"; column -= 1) {
    if (row[column].isLevel && row[column].value) levels.push(row[column].value);
  }
  return levels;
}

/** One and the same comment for most of the class, by column (templates/gradebook/_sheet_message.html says it at first). */
function alikeIn(cells) {
  return [...grouped(cells).values()].flatMap((column) => {
    const number = alike(column.map((cell) => [pupilOf(cell), cell.value]));
    return number ? [alikeWords(number, column[0].label, column.length)] : [];
  });
}

function grouped(cells) {
  const columns = new Map();
  for (const cell of cells) columns.set(cell.column, [...columns.get(cell.column) ?? [], cell]);
  return columns;
}
