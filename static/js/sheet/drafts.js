// Typed and not yet saved values, mirrored in this browser: they outlive a closed tab, a lost network, the lock.

const OLDEST = 14 * 24 * 3600 * 1000; // ms

export class Drafts {
  constructor({ user, sheet }) {
    this.key = `kim-dong.sheet.${user}.${sheet}`;
  }

  /** {name: {value, version, at}}, without what is too old. */
  read() {
    try {
      const kept = Object.entries(JSON.parse(localStorage.getItem(this.key)) ?? {});
      return Object.fromEntries(kept.filter(([, { at }]) => Date.now() - at < OLDEST));
    } catch {
      return {}; // storage switched off, or not ours
    }
  }

  /** Keeps the unsaved cells. What another tab of the same sheet keeps stays, except cells that are saved here. */
  write(cells) {
    const kept = this.read();
    for (const cell of cells) {
      if (cell.isUnsaved) kept[cell.name] = { value: cell.value, version: cell.version, at: Date.now() };
      else if (cell.state === "saved" || cell.wasTouched) delete kept[cell.name];
    }
    this.#store(kept);
  }

  #store(kept) {
    try {
      if (Object.keys(kept).length) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
    } catch {
      // Full or switched off: the page itself still holds the values, and leaving it asks first.
    }
  }

  /** Lets go of what `isDone(name, value)` says is in the books or in a request: nobody need be asked about it. */
  drop(isDone) {
    const kept = Object.entries(this.read()).filter(([name, { value }]) => !isDone(name, value));
    this.#store(Object.fromEntries(kept));
  }

  /** Keeps a value for a page that is not this one. */
  keep(name, draft) {
    this.#store({ ...this.read(), [name]: draft });
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // As above.
    }
  }
}

export function clockTime(moment) {
  return new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hourCycle: "h23", hour: "2-digit", minute: "2-digit" }).format(moment);
}

export function dayAndTime(moment) {
  const day = (at) => new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric" }).format(at);
  return day(moment) === day(Date.now()) ? clockTime(moment) : `${clockTime(moment)} ${day(moment)}`;
}

/** Offers kept values again: a sentence and two buttons above the table. */
export function offer(place, cells, { word, act, onTake, onDrop }) {
  const count = cells.length;
  const at = Math.min(...cells.map((cell) => cell.at));
  place.className = "message";
  place.dataset.level = "warning";
  const text = document.createElement("span");
  text.textContent = `Có ${count} ô chưa lưu từ ${dayAndTime(at)}. ${word}`;
  place.replaceChildren(text);
  for (const [label, style, then] of [[act, "btn-primary", onTake], ["Bỏ đi", "btn-secondary", onDrop]]) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: `btn btn-sm ${style}`, textContent: label });
    button.addEventListener("click", () => {
      place.hidden = true;
      then();
    });
    place.append(button);
  }
  place.hidden = false;
}
