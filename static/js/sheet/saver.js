// Saves touched cells: at a pause, within two seconds even while typing goes on, at once when the row is left; one request at a time.
import { cover } from "../idle.js";
import { countAnew } from "../task_counts.js";
import { nameOf } from "./places.js";

const AFTER_LAST_KEY = 1200; // ms
const LONGEST_UNSAVED = 1600; // ms: two seconds with the way there and back
const GIVES_UP_AFTER = 20000; // ms without an answer
const LONGEST_WAIT = 30000; // ms between attempts
const PATIENCE_OF_A_QUESTION = 3000; // ms

export class Saver {
  /** `status` shows words; `onAnswer(answer)` and `onLocked(sentence)` tell the rest of the page. */
  constructor(grid, status, { onAnswer, onLocked }) {
    Object.assign(this, { grid, status, onAnswer, onLocked });
    this.address = grid.form.dataset.address;
    this.isSending = false;
    this.isComposing = false;
    this.isStopped = false; // locked
    this.trouble = ""; // what keeps cells from being saved, in words; "" while all is well
    this.failures = 0;
    this.unsavedSince = null; // when the first change came that no request has taken along
  }

  later() {
    if (this.isStopped) return;
    clearTimeout(this.timer);
    this.unsavedSince ??= performance.now();
    const left = this.unsavedSince + LONGEST_UNSAVED - performance.now();
    this.timer = setTimeout(() => this.now(), Math.max(0, Math.min(AFTER_LAST_KEY, left)));
    this.status.refresh();
  }

  /** Saves what is ready. Mid-word nothing is sent; while a request is under way the rest waits its turn. */
  async now({ isLast = false } = {}) {
    clearTimeout(this.timer);
    if (this.isStopped || this.isComposing || (this.isSending && !isLast)) return;
    this.unsavedSince = null;
    const cells = this.grid.cells.filter((cell) => cell.isReady);
    if (!cells.length) return this.status.refresh();
    const sent = new Map(cells.map((cell) => [cell, cell.value]));
    this.isSending = true;
    for (const [cell, value] of sent) {
      cell.underway = value;
      cell.show("saving");
    }
    this.status.refresh();
    try {
      await this.deliver(sent, isLast);
    } finally {
      this.isSending = false;
      for (const cell of cells) {
        cell.underway = null;
        if (cell.state === "saving") cell.show(cell.isUnsaved ? "changed" : "");
      }
      this.status.refresh();
    }
    if (this.isHurried) {
      this.isHurried = false;
      return this.now();
    }
    if (!this.trouble && this.grid.cells.some((cell) => cell.isReady)) this.later();
  }

  async deliver(sent, isLast, isSecondTry = false) {
    const response = await this.post(sent, isLast);
    if (!response) return this.retry();
    if (response.type === "opaqueredirect") return this.sessionEnded();
    if (response.status === 401) return this.screenLocked();
    if (response.status === 403 && !isSecondTry && (await this.renewToken())) return this.deliver(sent, isLast, true);
    if (response.status >= 500) return this.retry();
    const answer = await readJson(response);
    // A page of many sheets goes on: the cells of the locked one are refused, each with the way to a request.
    const isOfCells = response.status === 423 && answer.refused?.length > 0;
    if (response.status === 423 && !isOfCells) return this.locked(answer);
    if (!response.ok && !isOfCells) {
      this.trouble = answer.error || this.trouble || `Máy chủ không nhận (mã ${response.status}). Tải lại trang rồi thử lại.`;
      return;
    }
    this.failures = 0;
    this.trouble = "";
    this.hasNoSession = false;
    countAnew();
    this.apply(answer, sent);
    this.onAnswer(answer);
  }

  /** The network is said to be back: an attempt that hangs is given up, and the waiting begins anew. */
  again() {
    this.failures = 0;
    if (this.isSending && this.attempt) {
      this.isHurried = true;
      this.attempt.abort();
    } else this.now();
  }

  async post(sent, isLast) {
    const body = bodyOf(sent);
    const attempt = isLast ? null : new AbortController();
    const patience = attempt && setTimeout(() => attempt.abort(), GIVES_UP_AFTER);
    if (attempt) this.attempt = attempt;
    try {
      return await fetch(this.address, {
        method: "POST",
        body,
        redirect: "manual",
        keepalive: isLast && body.length < 60000,
        signal: attempt?.signal,
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token.value },
      });
    } catch {
      return null; // no network, or no answer in time
    } finally {
      clearTimeout(patience);
    }
  }

  /** What a save of `pairs` ([cell, value], …) would come to now; nothing is saved. null where nobody answers in time. */
  async ask(pairs) {
    return this.isStopped ? null : this.#question("preview", bodyOf(pairs));
  }

  /** Which text of a block with headings goes where ({cells, told}); null for a block without, or where nobody answers. */
  async askBlock(rows, students) {
    const answer = await this.#question("block", JSON.stringify({ rows, students: students.map(Number) }));
    return answer?.block ?? null;
  }

  async #question(about, body) {
    try {
      const response = await fetch(`${this.address}?${about}=1`, {
        method: "POST",
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE_OF_A_QUESTION),
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token.value },
      });
      return response.ok || response.status === 423 ? await response.json() : null;
    } catch {
      return null;
    }
  }

  get token() { return this.grid.form.elements.namedItem("csrfmiddlewaretoken"); }

  apply(answer, sent) {
    const cellOf = (place) => this.grid.byName.get(nameOf(place));
    for (const saved of answer.saved) {
      const cell = cellOf(saved);
      if (saved.next) this.grid.follow(cell, saved.version);
      cell.accept(saved.value, saved.version, saved.warnings, sent.get(cell));
    }
    for (const refused of answer.refused) {
      const cell = cellOf(refused);
      cell.refused = { value: refused.value, message: refused.message, propose: refused.propose };
      cell.show("refused");
    }
    for (const { value, version, by, at, own, ...place } of answer.conflicts) {
      const cell = cellOf(place);
      cell.conflict = { value, version, by, at, own };
      cell.show("conflict");
    }
  }

  retry() {
    this.failures += 1;
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** (this.failures - 1));
    this.trouble = `Không nối được với máy chủ; tự thử lại sau ${Math.round(wait / 1000)} giây. Đừng lo: giá trị đã gõ được giữ trên máy này.`;
    this.timer = setTimeout(() => this.now(), wait);
  }

  /** Nothing was saved, nothing is lost: saving goes on when the password has been given. */
  screenLocked() {
    this.trouble = "Màn hình đang khoá. Giá trị đã gõ còn nguyên.";
    cover();
  }

  sessionEnded() {
    this.trouble = "Phiên đăng nhập đã hết. Giá trị đã gõ còn nguyên.";
    this.hasNoSession = true;
  }

  /** After a new log-in the old token is refused: fetches the page's new one. False if it cannot help. */
  async renewToken() {
    let response;
    try {
      response = await fetch(this.address, { redirect: "manual" });
    } catch {
      return false;
    }
    if (response.type === "opaqueredirect") {
      this.sessionEnded();
      return false;
    }
    if (!response.ok) return false;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (page.querySelector("[data-sheet]")?.dataset.user !== this.grid.form.dataset.user) {
      this.trouble = "Trình duyệt đang đăng nhập bằng tài khoản khác nên không lưu. Đăng nhập lại tài khoản cũ rồi bấm «Lưu».";
      return false;
    }
    this.hasNoSession = false;
    this.token.value = JSON.parse(page.body.getAttribute("hx-headers"))["X-CSRFToken"];
    return true;
  }

  locked(answer) {
    this.isStopped = true;
    this.trouble = "";
    this.onAnswer(answer);
    this.onLocked(answer.locked);
  }
}

function bodyOf(pairs) {
  const changes = [...pairs].map(([cell, value]) => ({ ...cell.place, value, version: cell.version }));
  return JSON.stringify({ changes });
}

async function readJson(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}
