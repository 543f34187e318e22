// The letters typed in a level cell since the cursor came into it: one key is one level, an abbreviation is its own.
import { ALLOWED, levelOf, levelTyped } from "./values.js";

const HARMLESS = new Set(["Shift", "CapsLock", "AltGraph", "Dead", "Process", "Compose", "Unidentified"]);

export class Letters {
  constructor() {
    this.typed = "";
  }

  /** The cell is left, clicked, or a key other than a letter is pressed: what comes next begins anew. */
  forget() {
    this.typed = "";
  }

  onKey({ key, ctrlKey, metaKey, altKey }) {
    const isLetter = [...key].length === 1 && !ctrlKey && !metaKey && !altKey;
    if (!isLetter && !HARMLESS.has(key)) this.forget();
  }

  /** Takes what an input event has brought. Returns {level}, or {problem} in words where the letters are no level. */
  take(cell, event) {
    const isTyped = event.type === "compositionend" || event.inputType === "insertText";
    // Anything else (deleted, dropped, put in by the browser) is the whole of the cell.
    this.typed = isTyped && event.data ? this.typed + event.data : isTyped ? this.typed : "";
    const level = isTyped ? levelTyped(cell.field, this.typed) : levelOf(cell.field, cell.value);
    if (level !== null) return { level };
    const again = isTyped ? " Muốn gõ lại: bấm Backspace trước." : "";
    return { problem: `“${this.typed || cell.value}” không dùng được ở đây: gõ ${ALLOWED[cell.field]}.${again}` };
  }
}
