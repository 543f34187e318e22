// What is done to many cells at once: filling down, copying out, pasting in after a look at it, clearing.
import { confirmPaste, judge } from "./paste_preview.js";
import { formatTable, parseTable, placesOf } from "./table.js";

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
    this.write(pairs, { word: "điền xuống", said: `Đã trả lại ${pairs.length} ô như trước khi điền xuống.` });
    this.status.remark(`Đã điền xuống ${pairs.length} ô.`);
    this.status.refresh();
  }

  clear() {
    const cells = this.selection.cells;
    this.write(cells.map((cell) => [cell, ""]), { word: "xoá", said: `Đã trả lại ${cells.length} ô đã xoá.` });
    this.status.remark(`Đã xoá ${cells.length} ô; Ctrl+Z lấy lại.`);
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
    // One value over a rectangle fills it.
    const { places, beyond } = isBlock || !this.selection.isMany
      ? placesOf(this.grid, this.#corner(cell), rows)
      : { places: this.selection.cells.map((each) => [each, rows[0][0].trim()]), beyond: 0 };
    if (places.length + beyond > 1 && !(await this.#isWanted(places, beyond))) {
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

  #corner(cell) { return this.selection.isMany ? this.selection.rows[0][0] : cell; }

  async #isWanted(places, beyond) {
    const answer = await this.saver.ask(places);
    const judged = judge(this.grid, places, answer);
    const isSilent = this.saver.isStopped; // a correction request is being written: nothing is stored, nothing collides
    return confirmPaste(judged, { beyond, notice: answer?.locked || (answer || isSilent ? "" : UNASKED) });
  }
}

/** What a paste has come to by now. */
function tellPaste(cells, beyond) {
  const bad = cells.filter((cell) => cell.isBad).length;
  const saved = cells.filter((cell) => !cell.isBad && !cell.isUnsaved).length;
  const waiting = cells.length - bad - saved;
  const parts = [saved && `${saved} ô đã lưu`, waiting && `${waiting} ô đang lưu`, bad && `${bad} ô chưa lưu được, bấm F8 để đến`];
  const fell = beyond ? `; ${beyond} ô ngoài bảng bị bỏ` : "";
  return `Đã dán ${cells.length} ô: ${parts.filter(Boolean).join(", ")}${fell}.`;
}
