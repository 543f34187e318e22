// On the page of one pupil each line has ready comments of its own: the bank of the cell with the cursor, asked for as one.
import { Bank } from "./comment_bank.js";

export class Banks {
  /** `addressOf(cell)`: where the bank of the cell's sheet is fetched. */
  constructor(grid, addressOf) {
    Object.assign(this, { grid, addressOf });
    this.known = new Map();
  }

  get #here() {
    const cell = this.grid.of(document.activeElement) ?? this.last;
    this.last = cell;
    const address = this.addressOf(cell);
    if (!this.known.has(address)) this.known.set(address, new Bank(address));
    return this.known.get(address);
  }

  get byItem() { return this.#here.byItem; }

  load() { return this.#here.load(); }

  find(...asked) { return this.#here.find(...asked); }
}
