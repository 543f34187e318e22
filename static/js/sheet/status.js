// One line for the sheet: what is saved and what is not. Seen at once; spoken when something has come out of it.

const SPOKEN_AFTER = 900; // ms of quiet
const WARNED_FOR = 5000; // ms: long enough to be heard, gone before it is no longer true

export class Status {
  constructor(grid) {
    this.grid = grid;
    this.remarked = "";
    this.locked = null; // says what became of the sheet's values, once the lock has fallen over the open page
    this.left = ""; // how long until the lock
    this.place = document.querySelector("[data-status]");
    this.seen = document.createElement("span");
    this.seen.setAttribute("aria-hidden", "true");
    this.said = this.place.querySelector("noscript") ? "" : this.place.textContent.trim(); // what is saved
    this.spoken = document.createElement("span");
    this.warned = document.createElement("span"); // of its own: no key and no save talks over it
    this.spoken.className = this.warned.className = "visually-hidden";
    this.next = document.querySelector("[data-next-bad]");
    this.link = document.createElement("a");
    Object.assign(this.link, { target: "_blank", rel: "opener", textContent: "Đăng nhập ở thẻ mới", hidden: true });
    this.place.replaceChildren(this.seen, this.spoken, this.warned);
    this.show();
    // Before the words: the buttons behind them come and go as the cursor leaves a cell, and would move it from under the finger.
    this.place.before(this.link);
  }

  watch(saver) {
    this.saver = saver;
    this.link.href = saver.address;
  }

  /** Says something else for once: no history, the lock. */
  tell(text, kind) {
    this.write(text, kind, true);
  }

  /** Spoken only: what is seen anyway. */
  say(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.spoken.textContent = text; }, SPOKEN_AFTER / 3);
  }

  /** Stands after whatever is said, until something is typed; a text, or a function that says it as things stand. */
  remark(text) {
    this.remarked = text;
  }

  /** How long until the lock, after whatever is said; heard only when it is to be. */
  countDown(words, isSpoken) {
    if (isSpoken) {
      this.warned.textContent = words;
      setTimeout(() => { this.warned.textContent = ""; }, WARNED_FOR);
    }
    if (words === this.left) return;
    this.left = words;
    this.show();
  }

  refresh() {
    const { saver, grid } = this;
    change(this.next, "hidden", !grid.cells.some((cell) => cell.isBad));
    if (saver?.isStopped && this.locked) this.write(this.locked(), "locked", true);
    if (!saver || saver.isStopped) return;
    const unsaved = grid.unsaved;
    grid.form.toggleAttribute("data-unsaved", unsaved.length > 0);
    change(this.link, "hidden", !saver.hasNoSession);
    const [text, kind, isResult] = this.words(unsaved, saver);
    this.write(text, kind, isResult);
  }

  words(unsaved, saver) {
    if (saver.trouble && unsaved.length) return [`${saver.trouble} Chưa lưu ${unsaved.length} ô.`, "refused", true];
    const bad = unsaved.filter((cell) => cell.problem || cell.refused).length;
    const open = unsaved.filter((cell) => cell.conflict).length;
    const rest = unsaved.length - bad - open;
    if (rest) return [saver.isSending ? `Đang lưu ${rest} ô…` : `Chưa lưu ${rest} ô`, saver.isSending ? "saving" : "changed", false];
    const mistyped = this.grid.cells.filter((cell) => cell.mistyped).length;
    const left = [bad && `${bad} ô bị từ chối`, open && `${open} ô xung đột, hãy chọn giá trị`, mistyped && `${mistyped} ô gõ sai phím`].filter(Boolean).join(", ");
    if (bad || open) return [`Chưa lưu được: ${left}.`, open ? "conflict" : "refused", true];
    if (mistyped) return [`${this.savedAt ? `Đã lưu hết lúc ${this.savedAt}. ` : ""}${mistyped} ô gõ sai phím, giữ như trước.`, "refused", true];
    if (this.savedAt) return [`Đã lưu hết lúc ${this.savedAt}.`, "saved", true];
    return ["Mọi ô trên trang đã lưu.", "saved", false];
  }

  write(text, kind, isResult) {
    change(this.place.dataset, "kind", kind);
    const remarked = typeof this.remarked === "function" ? this.remarked() : this.remarked;
    this.said = `${text} ${remarked}`.trim();
    this.show();
    clearTimeout(this.timer);
    if (isResult) this.timer = setTimeout(() => { this.spoken.textContent = this.said; }, SPOKEN_AFTER);
  }

  show() { change(this.seen, "textContent", `${this.said} ${this.left}`.trim()); }
}

/** Said at each key, changed seldom: what is written anew without need is laid out anew, as often as the cursor moves. */
function change(thing, name, value) {
  if (thing[name] !== value) thing[name] = value;
}
