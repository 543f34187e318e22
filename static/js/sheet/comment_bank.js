// The ready comments for the sheet: fetched once, when a comment is first begun; found by level and by what is typed.

const MOST = 30;

export class Bank {
  constructor(address) {
    this.address = address;
    this.byItem = null;
    this.coming = null;
  }

  /** Resolves when the bank is there; without a network it stays empty and is asked for again the next time. */
  async load() {
    if (this.byItem) return;
    // One answer for whoever waits: its body can be read once only.
    this.coming ??= fetch(this.address, { redirect: "manual" }).then((answer) => (answer.ok ? answer.json() : null));
    try {
      this.byItem = await this.coming ?? this.byItem;
    } catch {
      // No network: the teacher types on, nothing is lost.
    }
    this.coming = null;
  }

  /** Entries {text, level, whose} for an item, of one level or ("") of all, in which every word typed begins a word. */
  find(item, level, typed) {
    const levels = Object.entries(this.byItem?.[item] ?? {}).filter(([each]) => !level || each === level);
    const wanted = wordsOf(typed);
    const found = levels.flatMap(([each, entries]) => entries.map(([text, whose]) => ({ text, whose, level: each })));
    const fits = found.filter(({ text }) => {
      const words = wordsOf(text);
      return wanted.every((word) => words.some((other) => other.startsWith(word)));
    });
    const start = wanted.join(" ");
    const begins = ({ text }) => Number(wordsOf(text).join(" ").startsWith(start));
    return fits.sort((one, other) => begins(other) - begins(one)).slice(0, MOST);
  }
}

function wordsOf(text) {
  const folded = text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/đ/gu, "d");
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}
