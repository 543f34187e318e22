// What was done to cells, step by step, to be undone and done again; either way the cells are saved like any edit.
import { same } from "./values.js";

const DEEPEST = 200;

export class Undo {
  /** `put([[cell, value], …])` writes and saves; `onChange()` follows what can be undone. */
  constructor({ put, onChange }) {
    Object.assign(this, { put, onChange });
    this.done = []; // {cells: [[cell, before, after], …], word, said}
    this.undone = [];
    this.typing = null; // {cell, before}: what the cell with the cursor held when the cursor came
  }

  get last() { return this.done.at(-1); }

  /** The cursor has come to a cell: what is typed from now on is one step. */
  begin(cell) {
    this.settle();
    this.typing = { cell, before: cell.value };
  }

  /** What was typed in the cell so far becomes a step of its own. */
  settle() {
    if (!this.typing) return;
    const { cell, before } = this.typing;
    if (!same(before, cell.value)) this.keep({ cells: [[cell, before, cell.value]] });
    this.typing = { cell, before: cell.value };
  }

  /** `word` names the step on the button, `said` is told once it is undone. */
  keep(step) {
    this.done.push({ word: "", said: "Đã hoàn tác.", ...step });
    if (this.done.length > DEEPEST) this.done.shift();
    this.undone = [];
    if (this.typing) this.typing.before = this.typing.cell.value;
    this.onChange();
  }

  /** Takes the last step back; returns it, or null where there is none. */
  undo() {
    this.settle();
    return this.#move(this.done, this.undone, ([cell, before]) => [cell, before]);
  }

  redo() {
    this.settle();
    return this.#move(this.undone, this.done, ([cell, , after]) => [cell, after]);
  }

  #move(from, to, pick) {
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    this.typing = null;
    this.put(step.cells.map(pick));
    this.onChange();
    return step;
  }

  /** A colleague's value was taken in: no step of before may write over it. */
  forget(cell) {
    const without = (step) => ({ ...step, cells: step.cells.filter(([each]) => each !== cell) });
    const clean = (steps) => steps.map(without).filter((step) => step.cells.length);
    this.done = clean(this.done);
    this.undone = clean(this.undone);
    if (this.typing?.cell === cell) this.typing.before = cell.value;
    this.onChange();
  }
}
