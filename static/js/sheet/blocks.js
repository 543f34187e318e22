// What is done to many cells at once: filling down, copying out, pasting in after a look at it, clearing.
import { confirmPaste, judge } from "./paste_preview.js";
import { formatTable, parseTable, placesOf } from "./table.js";
import { same } from "./values.js";

const UNASKED = "Chưa hỏi được máy chủ: xung đột, nếu có, sẽ hiện khi lưu.";

export class Blocks {
  /** `write([[cell, value], …], step)` puts values in as one step that can be undone. */
  constructor({ grid, selection, saver, status, write }) {
    Object.assign(this, { grid, selection, saver, status, write });
  }

  /** Takes a key that acts on the selection. */
  onKey(cell, event) {
    if (event.ctrlKey && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "d") this.fillDown(cell);
    else if (this.selection.isMany && (event.key === "Delete" || event.key === "Backspace")) this.clear();
    else if (this.selection.isMany && event.key === "Escape") this.selection.start(cell);
    else return false;
    return true;
  }

  /** The top row into those below; of a single cell, what stands above it. */
  fillDown(cell) {
    const rows = this.selection.isMany ? this.selection.rows : [[this.grid.at(cell.row - 1, cell.column) ?? cell], [cell]];
    const [top, ...below] = rows;
    const pairs = below.flatMap((row) => row.map((each, column) => [each, top[column]?.value]).filter((_pair, column) => top[column] && !top[column].input.readOnly));
    if (!pairs.length || top[0] === cell && rows.length === 2 && below[0][0] === cell) return;
    const changed = changing(pairs);
    this.write(pairs, { word: "điền xuống", said: `Đã trả lại ${changed.length} ô như trước khi điền xuống.` });
    this.status.remark(tellFilled(changed));
    this.status.refresh();
  }

  clear() {
    const pairs = this.selection.cells.map((cell) => [cell, ""]);
    const { length } = changing(pairs);
    this.write(pairs, { word: "xoá", said: `Đã trả lại ${length} ô đã xoá.` });
    this.status.remark(length ? `Đã xoá ${length} ô; Ctrl+Z lấy lại.` : "Không có ô nào để xoá.");
    this.status.refresh();
  }

  /** A rectangle goes out as Excel takes it; within one cell the browser copies what is marked. */
  onCopy(event) {
    if (!this.selection.isMany) return;
    event.preventDefault();
    const rows = this.selection.rows.map((row) => row.map((cell) => cell.value));
    event.clipboardData.setData("text/plain", formatTable(rows));
    this.status.remark(`Đã chép ${rows.length} hàng, ${rows[0].length} cột: dán được vào Excel.`);
    this.status.refresh();
  }

  onPaste(cell, event) {
    const rows = parseTable(event.clipboardData?.getData("text/plain") ?? "");
    const isBlock = rows.length > 1 || rows[0].length > 1;
    if (!isBlock && cell.field === "comment" && !this.selection.isMany) return;
    event.preventDefault();
    if (this.isAsking) return;
    this.isAsking = true;
    this.paste(cell, rows, isBlock).finally(() => { this.isAsking = false; });
  }

  async paste(cell, rows, isBlock) {
    const { places, beyond, told = [] } = await this.#placesOf(cell, rows, isBlock);
    const isLines = cell.field === "comment" && !this.selection.isMany && !told.length && rows.every((row) => row.length === 1);
    const answer = told.length || places.length + beyond > 1 ? await this.#isWanted(places, { beyond, told, isLines }) : "cells";
    if (answer === "one") return this.#pasteLines(cell, rows);
    if (!answer) {
      cell.focus();
      this.status.remark("Chưa dán ô nào.");
      return this.status.refresh();
    }
    const cells = places.map(([each]) => each);
    this.write(places, { word: "dán", said: `Đã trả lại ${cells.length} ô như trước khi dán.` });
    cell.focus();
    this.status.remark(() => tellPaste(cells, beyond));
    this.status.refresh();
  }

  /** With headings the block says itself where it goes; else it lies from the cursor on; one value fills a rectangle. */
  async #placesOf(cell, rows, isBlock) {
    if (!isBlock && this.selection.isMany) return { places: this.selection.cells.map((each) => [each, rows[0][0].trim()]), beyond: 0 };
    const corner = this.#corner(cell);
    const students = this.grid.rows.slice(corner.row).map(([first]) => first.student);
    const block = rows.length > 1 ? await this.saver.askBlock(rows, students) : null;
    if (!block) return placesOf(this.grid, corner, rows);
    const cellOf = ([student, item, field]) => this.grid.byName.get(`${student}.${item}.${field}`);
    const places = block.cells.map((each) => [cellOf(each), each[3]]).filter(([each]) => each);
    return { places, told: block.told, beyond: 0 };
  }

  #corner(cell) { return this.selection.isMany ? this.selection.rows[0][0] : cell; }

  /** All lines into the one comment, where its cursor is; to the sheet as if they were typed. */
  #pasteLines(cell, rows) {
    const { input } = cell;
    cell.input.focus();
    input.setRangeText(rows.map(([line]) => line).join("\n"), input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
  }

  async #isWanted(places, { beyond, told, isLines }) {
    const answer = await this.saver.ask(places);
    const judged = judge(this.grid, places, answer);
    const isSilent = this.saver.isStopped; // a correction request is being written: nothing is stored, nothing collides
    return confirmPaste(judged, { beyond, told, isLines, notice: answer?.locked || (answer || isSilent ? "" : UNASKED) });
  }
}

/** Those pairs that put another value in than stands there. */
function changing(pairs) {
  return pairs.filter(([cell, value]) => !cell.input.readOnly && !same(cell.value, value));
}

/** Of a rectangle the columns that are blank at the top fill nothing, and may empty what stood below. */
function tellFilled(changed) {
  const emptied = changed.filter(([, value]) => !value).length;
  const filled = changed.length - emptied;
  const parts = [filled && `Đã điền xuống ${filled} ô`, emptied && `${filled ? "đã" : "Đã"} làm trống ${emptied} ô`].filter(Boolean);
  return `${parts.join(", ") || "Các ô dưới đã như ô trên cùng"}.`;
}

/** What a paste has come to by now. */
function tellPaste(cells, beyond) {
  const bad = cells.filter((cell) => cell.isBad).length;
  const closed = cells.filter((cell) => cell.declined).length;
  const saved = cells.filter((cell) => !cell.isBad && !cell.isUnsaved).length - closed;
  const waiting = cells.length - bad - saved - closed;
  const parts = [saved && `${saved} ô đã lưu`, waiting && `${waiting} ô đang lưu`, bad && `${bad} ô chưa lưu được, bấm F8 để đến`, closed && `${closed} ô không nhận kết quả, giữ như trước`];
  const fell = beyond ? `; ${beyond} ô ngoài bảng bị bỏ` : "";
  return `Đã dán ${cells.length} ô: ${parts.filter(Boolean).join(", ")}${fell}.`;
}
