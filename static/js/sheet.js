// The mark sheet (templates/gradebook/sheet.html). Without this script the same fields are a plain form.
import { watchDeadline } from "./sheet/deadline.js";
import { Drafts, clockTime, offer } from "./sheet/drafts.js";
import { Grid } from "./sheet/grid.js";
import { showHistory } from "./sheet/history.js";
import { target } from "./sheet/keyboard.js";
import { Saver } from "./sheet/saver.js";
import { Status } from "./sheet/status.js";
import { fill, parseTable } from "./sheet/table.js";
import { ALLOWED, levelOf, same } from "./sheet/values.js";

const sheet = document.querySelector("[data-sheet]");
const offerPlace = document.querySelector("[data-offer]");

function start(form) {
  const grid = new Grid(form);
  const drafts = new Drafts({ user: form.dataset.user, sheet: form.dataset.sheet });
  const status = new Status(grid);
  const saver = new Saver(grid, status, { onAnswer, onLocked });
  const undo = document.querySelector("[data-undo-paste]");
  const historyButton = document.querySelector("[data-show-history]");
  let current = null; // the cell that has, or last had, the cursor
  let pasted = [];
  status.watch(saver);
  if (form.dataset.mode === "propose") saver.isStopped = true;
  const setClock = watchDeadline({ onNear: () => saver.now(), tell: (text) => status.tell(text, "conflict") });

  function onAnswer(answer) {
    if (answer.server_time) setClock(answer.server_time);
    status.savedAt = answer.server_time && clockTime(Date.parse(answer.server_time));
    document.querySelector("[data-progress] span").textContent = `Đã nhập ${answer.entered}/${answer.required} ô`;
    drafts.write(grid.cells);
  }

  /** The lock fell while the page was open: what is typed stays and can go into a correction request. */
  function onLocked(sentence) {
    form.action = form.dataset.propose;
    form.dataset.mode = "propose";
    const save = form.querySelector("[data-save]");
    save.lastChild.textContent = "Lập phiếu đề nghị sửa từ các giá trị đã gõ";
    const count = grid.unsaved.length;
    status.tell(`${sentence} ${count} ô vừa gõ chưa được ghi vào sổ, còn giữ ở đây: bấm «Lập phiếu đề nghị sửa từ các giá trị đã gõ».`, "locked");
    const state = document.querySelector("[data-closes]");
    if (state) {
      state.dataset.kind = "locked";
      state.querySelector("span").textContent = "Đã khoá";
      state.querySelector("[data-countdown]").textContent = "";
    }
  }

  function touched(cell) {
    cell.wasTouched = true;
    drafts.write([cell]);
    form.toggleAttribute("data-unsaved", grid.unsaved.length > 0);
    saver.later();
  }

  form.addEventListener("compositionstart", () => { saver.isComposing = true; });
  form.addEventListener("compositionend", (event) => {
    saver.isComposing = false;
    const cell = grid.of(event.target);
    if (cell) onInput(cell, event.data ?? "");
  });
  form.addEventListener("input", (event) => {
    const cell = grid.of(event.target);
    if (cell && !event.isComposing && !saver.isComposing) onInput(cell, event.data ?? "");
  });

  function onInput(cell, typedText) {
    status.remark("");
    if (cell.isLevel && !setLevel(cell, typedText)) return;
    cell.typed();
    touched(cell);
  }

  /** One key is one level; another key changes nothing and says why. */
  function setLevel(cell, typedText) {
    const level = levelOf(cell.field, cell.value) ?? levelOf(cell.field, typedText.slice(-1));
    if (level === null) {
      const shown = typedText || cell.value;
      cell.input.value = cell.good;
      cell.problem = `“${shown}” không dùng được ở đây: gõ ${ALLOWED[cell.field]}.`;
      cell.show("refused");
      cell.problem = ""; // the value in the cell is still a good one
      cell.input.select();
      return false;
    }
    cell.input.value = level;
    cell.input.select();
    return true;
  }

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      saver.now();
      return;
    }
    const cell = grid.of(event.target);
    if (cell) onKey(cell, event);
  });

  function onKey(cell, event) {
    if (event.key === "Escape") {
      cell.restore();
      cell.focus();
      touched(cell);
    } else if (event.key === "F2" || (event.altKey && event.key.toLowerCase() === "h")) openHistory(cell);
    else if (event.altKey && event.key === "Enter" && cell.field === "comment") {
      cell.input.setRangeText("\n", cell.input.selectionStart, cell.input.selectionEnd, "end");
      onInput(cell, "");
    } else {
      const next = target(grid, cell, event);
      if (!next) return;
      next.focus();
    }
    event.preventDefault();
  }

  async function openHistory(cell) {
    const problem = await showHistory(cell, form.dataset.address);
    if (problem) status.tell(problem, "refused");
  }

  form.addEventListener("focusin", (event) => {
    const cell = grid.of(event.target);
    if (!cell) return;
    if (current && current.row !== cell.row) saver.now();
    current = cell;
    if (cell.field !== "comment") cell.input.select();
  });
  form.addEventListener("focusout", (event) => {
    const cell = grid.of(event.target);
    if (!cell) return;
    if (!cell.problem && !cell.refused && cell.state === "refused") cell.show(cell.isUnsaved ? "changed" : "");
    if (!form.contains(event.relatedTarget)) saver.now();
  });

  form.addEventListener("paste", (event) => {
    const cell = grid.of(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const rows = parseTable(text);
    const isBlock = rows.length > 1 || rows[0].length > 1;
    if (!cell || (!isBlock && cell.field === "comment")) return;
    event.preventDefault();
    const { touched: changed, beyond } = fill(grid, cell, rows);
    pasted = changed;
    undo.hidden = false;
    for (const [each] of changed) touched(each);
    const bad = changed.filter(([each]) => each.problem).length;
    const notes = [bad && `${bad} ô không hợp lệ, xem dưới hàng`, beyond && `${beyond} ô ngoài bảng bị bỏ`].filter(Boolean);
    status.remark(`Đã dán ${changed.length} ô${notes.length ? `; ${notes.join("; ")}` : ""}.`);
    saver.now();
  });
  undo.addEventListener("click", () => {
    undo.hidden = true;
    for (const [cell, value] of pasted) {
      cell.put(value);
      touched(cell);
    }
    status.remark(`Đã trả lại ${pasted.length} ô như trước khi dán.`);
    pasted[0]?.[0].focus();
    saver.now();
  });

  form.addEventListener("click", (event) => {
    const act = event.target.dataset?.act;
    if (!act) return;
    const cell = grid.byName.get(event.target.closest("li").dataset.for);
    cell[act]();
    cell.focus();
    touched(cell);
    saver.now();
  });

  form.addEventListener("submit", (event) => {
    if (form.dataset.mode === "propose") return;
    event.preventDefault();
    saver.now();
  });

  historyButton.hidden = false;
  historyButton.addEventListener("click", () => openHistory(current ?? grid.at(0, 0)));
  // A tab put aside or closed, the network back, a log-in in another tab.
  document.addEventListener("visibilitychange", () => saver.now({ isLast: document.visibilityState === "hidden" }));
  window.addEventListener("online", () => saver.now());
  window.addEventListener("focus", () => { if (saver.trouble) saver.now(); });

  offerKept();
  saver.now();
  // Ready to type; but on a phone the keyboard would cover the sheet before it is seen.
  if (offerPlace.hidden && matchMedia("(pointer: fine)").matches) (grid.cells.find((cell) => !cell.value) ?? grid.at(0, 0))?.focus();

  function offerKept() {
    const kept = Object.entries(drafts.read())
      .map(([name, draft]) => ({ cell: grid.byName.get(name), ...draft }))
      .filter(({ cell, value }) => cell && !same(cell.value, value));
    if (!kept.length) return drafts.forget();
    const onTake = () => {
      for (const { cell, value, version } of kept) {
        cell.version = version; // what its writer saw then: a change since shows as a conflict
        cell.put(value);
        touched(cell);
      }
      kept[0].cell.focus();
      saver.now();
    };
    offer(offerPlace, kept, { word: "Đưa lại vào bảng?", act: "Khôi phục", onTake, onDrop: () => drafts.forget() });
  }
}

/** A sheet that can only be read now: values typed before the lock are offered for a correction request. */
function startReading(place) {
  const drafts = new Drafts({ user: place.dataset.user, sheet: place.dataset.sheet });
  const kept = Object.values(drafts.read());
  if (!kept.length || !("mayPropose" in place.dataset)) return;
  const onTake = () => location.assign(`${place.dataset.address}?propose=1`);
  offer(offerPlace, kept, { word: "Sổ đã khoá; có thể đưa vào phiếu đề nghị sửa.", act: "Đưa vào phiếu", onTake, onDrop: () => drafts.forget() });
}

if (sheet instanceof HTMLFormElement) start(sheet);
else if (sheet) startReading(sheet);
