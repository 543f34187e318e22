// The grid: cells by row and column, what each holds, what is saved, and what it is going through.
import { showNote } from "./notes.js";
import { placesOf } from "./places.js";
import { levelOf, problemOf, same } from "./values.js";

const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");

export class Cell {
  constructor(grid, input, row, column) {
    [this.key, this.item, this.field] = input.name.slice(2).split("."); // the key: the pupil, on the page of one pupil the period
    Object.assign(this, { grid, input, row, column });
    this.td = input.closest("[data-cell], td");
    // Here and not in the page, for its weight.
    if (this.field === "mark") input.inputMode = "numeric";
    if (this.field === "comment") input.rows = 1;
    this.saved = input.dataset.saved ?? input.defaultValue; // data-saved: the plain form could not save what stands here
    this.version = Number(grid.versionOf(this));
    this.underway = null; // the value that a request is taking to the server
    this.good = input.value; // the last value of a level that could stand
    this.problem = "";
    this.mistyped = ""; // letters that are no level were typed here: why they changed nothing
    this.declined = ""; // a value was put where a decision stands: why it was not taken, nothing to be mended
    this.refused = null; // {value, message}: the server's word on that very value
    this.conflict = null; // {value, version, by, at}
    this.warnings = [];
    this.state = "";
    this.grow();
  }

  get name() { return `${this.key}.${this.item}.${this.field}`; }
  get student() { return this.grid.places.studentOf(this); }
  get place() { return this.grid.places.placeOf(this); }
  /** Of the sheet of the class that the cell belongs to. */
  get address() { return this.grid.places.addressOf(this); }
  get value() { return this.input.value; }
  get isLevel() { return this.field === "attainment" || this.field === "rating"; }
  /** Also where it is back at what was saved while another value is on its way there. */
  get isUnsaved() { return !same(this.value, this.underway ?? this.saved) || !same(this.value, this.saved); }
  get isBad() { return Boolean(this.conflict || this.problem || this.refused || this.mistyped); }
  get label() { return this.grid.labels[this.column]; }
  /** What the row is named by: the pupil, on the page of one pupil the line or trait. */
  get pupil() {
    const row = this.td.closest("tr");
    return (row.querySelector("th [id], th[id]") ?? row.querySelector("th")).textContent.trim();
  }

  /** The reason given for a warning, in words with who and when; undefined for none. */
  answerTo(sentence) { return this.grid.answers.get(`${this.key} ${sentence}`); }

  /** May go to the server: typed, not known to be bad, no question open. */
  get isReady() {
    return this.isUnsaved && !this.problem && !this.conflict && !(this.refused && same(this.refused.value, this.value));
  }

  /** Puts a value in as if it were typed. */
  put(value) {
    if (this.input.readOnly) return this.decline(value);
    this.input.value = this.isLevel ? levelOf(this.field, value) ?? value : value;
    this.typed();
  }

  /** «Miễn» and the like stand by a decision, which the title names: another value is pointed out, not taken. */
  decline(value) {
    this.declined = value.trim() && !same(value, this.saved) ? this.input.title : "";
    this.show("");
  }

  /** After each change of the text. */
  typed() {
    if (this.conflict && same(this.value, this.conflict.value)) this.take();
    this.problem = problemOf(this.field, this.value, this.grid.limits);
    this.mistyped = "";
    if (!this.problem) this.good = this.value;
    if (this.refused && !same(this.refused.value, this.value)) this.refused = null;
    this.show(this.isUnsaved ? "changed" : "");
    this.grow();
  }

  /** Letters that are no level: the cell keeps what it had, and says so until it is mended or left with a value. */
  mistake(sentence) {
    this.input.value = this.good;
    this.mistyped = sentence;
    this.show(this.state);
  }

  /** The cursor has gone: a value left as it was needs no more words; an empty cell does. */
  left() {
    if (!(this.mistyped || this.declined) || !this.value) return;
    this.mistyped = this.declined = "";
    this.show(this.isUnsaved ? "changed" : "");
  }

  restore() {
    if (this.input.readOnly) return this.decline("");
    if (this.conflict) this.take();
    this.input.value = this.saved;
    this.typed();
  }

  /** The other's value, in a conflict. */
  take() {
    const { value, version } = this.conflict;
    this.conflict = null;
    this.mistyped = "";
    this.input.value = this.good = value;
    this.accept(value, version, this.warnings);
    this.grid.taken(this);
  }

  /** One's own value shall replace the other's that was shown. */
  keep() {
    this.saved = this.conflict.value;
    this.version = this.conflict.version;
    this.conflict = null;
    this.show("changed");
  }

  /** The warnings that a reason may answer: those of values, not what is pointed out in a comment. */
  get doubts() {
    return this.field === "comment" ? [] : this.warnings;
  }

  accept(value, version, warnings, sent = value) {
    // What was typed after sending stays; a field with the cursor in it is not touched for a mere blank.
    if (same(this.value, sent) && !same(this.value, value)) this.input.value = value;
    this.saved = value;
    this.version = version;
    this.underway = this.refused = null;
    this.problem = problemOf(this.field, this.value, this.grid.limits);
    this.grid.warn(this, warnings);
    this.show(this.isUnsaved ? "changed" : "saved");
    this.grow();
  }

  show(state) {
    this.state = this.conflict ? "conflict" : this.problem || this.refused || this.mistyped || this.declined ? "refused" : state;
    const isDoubtful = this.warnings.length && (!this.state || this.state === "saved");
    const isAnswered = isDoubtful && this.warnings.every((sentence) => this.answerTo(sentence));
    const shown = isAnswered ? "answered" : isDoubtful ? "warning" : this.state;
    if (shown) this.td.dataset.state = shown;
    else delete this.td.dataset.state;
    showNote(this);
  }

  grow() {
    if (GROWS_BY_ITSELF || this.field !== "comment") return;
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
  }

  focus() {
    this.grid.reveal(this);
    this.input.focus();
    if (this.field !== "comment") this.input.select();
    else this.input.setSelectionRange(this.value.length, this.value.length);
  }
}

export class Grid {
  constructor(form) {
    this.form = form;
    const { limit, floor, ceiling } = form.dataset;
    this.limits = { comment: Number(limit), floor: Number(floor), ceiling: Number(ceiling) };
    const heads = [...form.querySelectorAll("thead th[id]")];
    this.places = placesOf(form);
    this.labels = form.dataset.labels?.split("|") ?? heads.map((head) => head.textContent.trim());
    this.answers = new Map(); // "pupil sentence" → the reason given for that warning
    this.reveal = () => {}; // brings a cell's row into view, where only one is
    this.taken = () => {}; // another's value was taken in
    this.versions = versionsIn(form);
    this.rows = [];
    this.byInput = new Map();
    this.byName = new Map();
    for (const tr of form.querySelectorAll("tbody tr:not(.note)")) {
      const row = []; // with gaps, where the columns are numbered and the row has no cell in one
      for (const input of tr.querySelectorAll('[name^="c."]')) {
        const column = Number(input.dataset.column ?? row.length);
        row[column] = new Cell(this, input, this.rows.length, column);
      }
      if (row.length) this.rows.push(row);
    }
    this.cells = this.rows.flat();
    for (const cell of this.cells) {
      this.byInput.set(cell.input, cell);
      this.byName.set(cell.name, cell);
    }
    for (const li of form.querySelectorAll("tr.note li, .slot-notes li")) this.adopt(li);
    for (const said of form.querySelectorAll("td .q")) this.adoptRemark(said);
  }

  get unsaved() { return this.cells.filter((cell) => cell.isUnsaved); }

  at(row, column) { return this.rows[row]?.[column]; }

  /** The next cell from there, so many rows and columns a step, over the gaps; null at the edge. */
  toward(row, column, down, right) {
    for (let [y, x] = [row + down, column + right]; this.rows[y] && x >= 0 && x < this.labels.length; y += down, x += right) {
      if (this.rows[y][x]) return this.rows[y][x];
    }
    return null;
  }

  /** What looks odd by now in the items of a pupil's page: {"GHKI.TOAN": [sentence, …]}. */
  showDoubts(doubts) {
    for (const [place, sentences] of Object.entries(doubts)) {
      const at = ["mark", "attainment", "rating"].map((field) => this.byName.get(`${place}.${field}`)).find(Boolean);
      if (!at || at.warnings.join() === sentences.join()) continue;
      at.warnings = sentences;
      at.show(at.state);
    }
  }

  of(element) { return this.byInput.get(element); }

  versionOf(cell) {
    return this.versions.get(cell.name) ?? this.versions.get(`${cell.key}.${cell.item}`) ?? 0;
  }

  /** Warnings are of a row's item; they stand at its mark, its level where there is none, its rating. */
  warn(cell, warnings) {
    if (cell.field === "comment") return;
    const at = this.byName.get(`${cell.key}.${cell.item}.mark`) ?? cell;
    at.warnings = warnings;
    if (at !== cell) at.show(at.state);
  }

  /** The same person has seen the row's other cells at the version before this one. */
  follow(cell, version) {
    for (const other of this.rows[cell.row]) {
      if (other?.item === cell.item && other.key === cell.key && other.version === version - 1) other.version = version;
    }
  }

  adoptRemark(said) {
    const cell = this.byName.get(said.dataset.for) ?? this.of(said.parentElement.querySelector("input, textarea"));
    if (!cell) return; // of a field that takes no value
    for (const part of said.children.length ? said.children : [said]) {
      const sentence = part.firstChild.textContent;
      cell.warnings.push(sentence);
      const answer = part.querySelector("i")?.textContent;
      if (answer) this.answers.set(`${cell.key} ${sentence}`, answer);
    }
    said.remove();
    cell.show("");
  }

  /** Takes over a note that the server wrote. */
  adopt(li) {
    const cell = this.byName.get(li.dataset.for);
    cell.show(cell.isUnsaved ? "changed" : "");
  }
}

/** The versions that the page was made with, by row, and by cell where a save came back (gradebook/sheet_forms.py). */
function versionsIn(form) {
  const known = new Map();
  for (const each of form.elements.namedItem("v")?.value.split(" ") ?? []) {
    const at = each.lastIndexOf(".");
    known.set(each.slice(0, at), each.slice(at + 1));
  }
  for (const field of form.querySelectorAll('[name^="v."]')) known.set(field.name.slice(2), field.value);
  return known;
}
