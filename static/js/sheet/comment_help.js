// What stands at the comment with the cursor: its length, what looks odd, and a list of ready comments to choose from.
// The list follows the combobox pattern of ARIA APG with list autocompletion; the field is a text area, which may not
// take the role combobox, and so carries the properties of a text box that has a list.
import { filled } from "./comment_places.js";
import { plain } from "./values.js";

const TOUCH = matchMedia("(pointer: coarse)");
const SHORTEST = 2; // letters typed before the list comes by itself
const WHOSE = { own: "của tôi", school: "của trường", shipped: "có sẵn" };

export class CommentHelp {
  /** `insert(cell, text, start, end)` puts a comment in for what stands there; `levelOf`, `pupilOf` ask of a cell. */
  constructor(form, { cellOf, limit, bank, levelOf, pupilOf, insert }) {
    Object.assign(this, { form, limit, bank, levelOf, pupilOf, insert });
    this.cell = null;
    this.options = []; // what the list shows
    this.active = -1;
    this.build();
    form.addEventListener("focusin", (event) => this.enter(cellOf(event.target)));
    form.addEventListener("focusout", (event) => { if (event.target === this.cell?.input) this.leave(); });
    form.addEventListener("input", (event) => this.typed(event));
    form.addEventListener("compositionend", (event) => this.typed(event));
    // Before the sheet's own keys: an arrow is the list's while it is open.
    form.addEventListener("keydown", (event) => {
      if (event.target !== this.cell?.input || event.isComposing || event.keyCode === 229 || !this.onKey(event)) return;
      event.preventDefault();
      event.stopPropagation();
    }, true);
    const place = () => this.place();
    addEventListener("scroll", place, { capture: true, passive: true });
    addEventListener("resize", place);
    visualViewport?.addEventListener("resize", place);
    visualViewport?.addEventListener("scroll", place);
  }

  build() {
    const make = (tag, attributes, ...children) => {
      const made = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      made.append(...children);
      return made;
    };
    this.said = make("p", { class: "comment-said" });
    this.button = make("button", { type: "button", class: "btn btn-secondary btn-sm", tabindex: "-1", "aria-haspopup": "listbox" }, TOUCH.matches ? "Gợi ý" : "Gợi ý (Alt+↓)");
    this.count = make("span", { class: "figures", id: "comment-count" });
    this.list = make("ul", { role: "listbox", id: "comment-options", "aria-label": "Nhận xét gợi ý", tabindex: "0", hidden: "" });
    this.spoken = make("span", { role: "status", class: "visually-hidden" });
    this.box = make("div", { class: "comment-help", hidden: "" }, this.said, make("div", { class: "comment-tools" }, this.count, this.button), this.list);
    // The cursor stays in the comment, whatever is pointed at.
    this.box.addEventListener("pointerdown", (event) => { if (event.target !== this.list) event.preventDefault(); });
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.button.addEventListener("click", () => (this.isOpen ? this.close() : this.open({ isAsked: true })));
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
    this.form.append(this.box, this.spoken);
  }

  get isOpen() { return !this.list.hidden; }

  enter(cell) {
    if (cell?.field !== "comment") return;
    this.cell = cell;
    for (const [each, value] of [["aria-autocomplete", "list"], ["aria-haspopup", "listbox"], ["aria-controls", this.list.id]]) cell.input.setAttribute(each, value);
    this.box.hidden = false;
    this.refresh();
    this.bank.load();
  }

  leave() {
    this.close();
    for (const each of ["aria-autocomplete", "aria-haspopup", "aria-controls"]) this.cell.input.removeAttribute(each);
    this.cell = null;
    this.box.hidden = true;
  }

  typed(event) {
    if (event.target !== this.cell?.input || event.isComposing) return;
    this.refresh();
    if (event.inputType === "insertReplacementText") return;
    this.open({ isAsked: false });
  }

  /** The sentence under the cursor, from its beginning to the cursor: what the list is looked through for. */
  get segment() {
    const { value, selectionEnd } = this.cell.input;
    const before = value.slice(0, selectionEnd);
    const start = before.length - before.match(/[^.!?\n]*$/u)[0].trimStart().length;
    return { text: before.slice(start), start, end: selectionEnd };
  }

  async open({ isAsked }) {
    const { cell } = this;
    await this.bank.load();
    if (this.cell !== cell || !cell) return;
    const { text } = this.segment;
    if (!isAsked && text.trim().length < SHORTEST) return this.close();
    const level = this.levelOf(cell);
    let found = this.bank.find(cell.item, level, text);
    this.isForSegment = found.length > 0;
    if (!found.length && isAsked) found = this.bank.find(cell.item, level, "");
    const pupil = this.pupilOf(cell);
    this.options = found.map((each) => ({ ...each, text: filled(each.text, pupil) })).filter((each) => each.text !== text.trim());
    if (!this.options.length) {
      this.close();
      if (isAsked) this.say(this.bank.byItem ? "Ngân hàng chưa có nhận xét cho mức này." : "Chưa lấy được ngân hàng nhận xét: không nối được với máy chủ.");
      return;
    }
    this.list.replaceChildren(...this.options.map((each, index) => this.option(each, index, !level)));
    this.list.hidden = false;
    this.list.scrollTop = 0;
    this.setActive(isAsked && !TOUCH.matches ? 0 : -1);
    this.place();
    this.say(`${this.options.length} gợi ý; phím mũi tên xuống để chọn, Enter để chèn.`);
  }

  option({ text, whose, level }, index, showsLevel) {
    const made = document.createElement("li");
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.id = `comment-option-${index}`;
    const end = document.createElement("small");
    end.textContent = [showsLevel && level, WHOSE[whose]].filter(Boolean).join(" · ");
    made.append(text, " ", end);
    return made;
  }

  close() {
    this.list.hidden = true;
    this.options = [];
    this.setActive(-1);
    this.spoken.textContent = "";
    this.place();
  }

  setActive(index) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.list.children[index];
    if (!option || this.list.hidden) {
      this.active = -1;
      this.cell?.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.cell.input.setAttribute("aria-activedescendant", option.id);
  }

  /** Whether the key was the list's. */
  onKey(event) {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey && key === "ArrowDown") {
      this.open({ isAsked: true });
      return true;
    }
    if (!this.isOpen || ctrlKey || metaKey) return false;
    const last = this.options.length - 1;
    if (key === "Escape" || (altKey && key === "ArrowUp")) {
      // Never the words: Escape is the sheet's, which puts the saved value back, only once the list is gone.
      this.close();
      return true;
    }
    if (key === "Tab") this.close(); // before the browser looks where to go
    if (altKey || shiftKey) return false;
    if (key === "ArrowDown") this.setActive(this.active === last ? 0 : this.active + 1);
    else if (key === "ArrowUp" && this.active >= 0) this.setActive(this.active - 1);
    else if (key === "Enter" && this.active >= 0) this.choose(this.active);
    else return false;
    return true;
  }

  choose(index) {
    const { text } = this.options[index];
    const { start, end } = this.segment;
    this.insert(this.cell, text, this.isForSegment ? start : end, end);
    this.close();
    this.cell.focus();
  }

  say(words) {
    this.spoken.textContent = words;
    if (!this.isOpen && !this.said.textContent) this.said.textContent = words;
  }

  /** The length, and what looks odd. */
  refresh() {
    if (!this.cell) return;
    const length = [...plain(this.cell.value)].length;
    this.count.textContent = `${length}/${this.limit} kí tự`;
    this.count.toggleAttribute("data-over", length > this.limit);
    this.said.textContent = this.cell.warnings.join(" ");
    this.place();
  }

  /** Below the comment, or above it where there is more room; always within what the keyboard leaves of the screen. */
  place() {
    if (!this.cell) return;
    const [top, height] = visualViewport ? [visualViewport.offsetTop, visualViewport.height] : [0, innerHeight];
    const place = this.cell.input.getBoundingClientRect();
    const width = Math.min(Math.max(place.width, 320), innerWidth - 16);
    const style = this.box.style;
    style.setProperty("width", this.isOpen ? `${width}px` : "auto");
    style.setProperty("max-width", `${width}px`);
    // The bar under the table stays free: its buttons and links would be covered just when they are wanted.
    const bar = this.form.querySelector(".sheet-status").getBoundingClientRect();
    const end = bar.top >= place.bottom ? Math.min(top + height, bar.top) : top + height;
    const room = { below: end - place.bottom, above: place.top - top };
    const isBelow = room.below >= Math.min(this.isOpen ? 240 : 60, room.above);
    style.setProperty("--room", `${Math.max(isBelow ? room.below : room.above, 120) - 56}px`);
    const box = this.box.getBoundingClientRect();
    style.setProperty("left", `${Math.max(8, Math.min(place.right - box.width, innerWidth - box.width - 8))}px`);
    style.setProperty("top", `${isBelow ? place.bottom + 2 : place.top - box.height - 2}px`);
    this.box.toggleAttribute("data-away", place.bottom < 0 || place.top > innerHeight);
  }
}
