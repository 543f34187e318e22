// Going back: undo and redo by key and by button, and Escape to what is saved.
import { same } from "./values.js";

export class Back {
  /** `touched(cell)` keeps and saves; `at()` is the cell with the cursor. */
  constructor({ undo, status, touched, at }) {
    Object.assign(this, { undo, status, touched, at });
    this.undoButton = document.querySelector("[data-undo]");
    this.redoButton = document.querySelector("[data-redo]");
  }

  /** Ctrl+Z, Ctrl+Y, Ctrl+Shift+Z. True where the browser shall undo inside the comment that is being written. */
  onKey(cell, event) {
    const { undo } = this;
    const isRedo = event.key.toLowerCase() === "y" || event.shiftKey;
    const typed = cell.value;
    const isWriting = cell.field === "comment" && undo.typing && !same(undo.typing.before, typed);
    if (isWriting && !undo.undone.length) {
      // Where a script has put text in, the browser knows no step: then the comment as a whole is taken back.
      if (!isRedo) setTimeout(() => { if (cell.value === typed) this.take(); });
      return true;
    }
    this.take(isRedo);
    return false;
  }

  /** Escape. What had been typed can be had again. */
  toSaved(cell) {
    const { undo, status } = this;
    const typed = cell.value;
    cell.restore();
    undo.typing = null;
    cell.focus();
    this.touched(cell);
    if (same(typed, cell.value)) return undo.begin(cell);
    undo.keep({ cells: [[cell, typed, cell.value]], said: "Đã lấy lại chữ vừa gõ." });
    undo.begin(cell);
    status.remark("Đã trả lại giá trị đã lưu; Ctrl+Z hoặc «Hoàn tác» lấy lại chữ vừa gõ.");
    status.refresh();
  }

  show() {
    const { last, undone } = this.undo;
    this.undoButton.hidden = !last;
    this.undoButton.querySelector("span").textContent = `Hoàn tác ${last?.word ?? ""}`.trim();
    this.redoButton.hidden = !undone.length;
  }

  take(isRedo = false) {
    const { undo, status } = this;
    const step = isRedo ? undo.redo() : undo.undo();
    const nothing = `Không còn gì để ${isRedo ? "làm lại" : "hoàn tác"}.`;
    status.remark(step ? (isRedo ? "Đã làm lại." : step.said) : nothing);
    status.refresh();
    step?.cells[0][0].focus();
    if (this.at()) undo.begin(this.at());
  }
}
