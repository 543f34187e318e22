// The mark sheet (templates/gradebook/sheet.html). Without this script the same fields are a plain form.
import { watchComments } from "./sheet/comments.js";
import { watchDeadline } from "./sheet/deadline.js";
import { Drafts, clockTime, offer } from "./sheet/drafts.js";
import { Grid } from "./sheet/grid.js";
import { showHistory } from "./sheet/history.js";
import { target } from "./sheet/keyboard.js";
import { Letters } from "./sheet/letters.js";
import { showLocked } from "./sheet/lock.js";
import { begin, fitRegion, openComments } from "./sheet/region.js";
import { Saver } from "./sheet/saver.js";
import { Status } from "./sheet/status.js";
import { fill, parseTable } from "./sheet/table.js";
import { same } from "./sheet/values.js";

const sheet = document.querySelector("[data-sheet]");
const offerPlace = document.querySelector("[data-offer]");

function start(form) {
  const grid = new Grid(form);
  const drafts = new Drafts({ user: form.dataset.user, sheet: form.dataset.sheet });
  const status = new Status(grid);
  const saver = new Saver(grid, status, { onAnswer, onLocked });
  const letters = new Letters();
  const undo = document.querySelector("[data-undo]");
  const historyButton = document.querySelector("[data-show-history]");
  let current = null; // the cell that has, or last had, the cursor
  let undoable = null; // {cells: [[cell, value before], …], said, isEscape}
  let isByPointer = false;
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
    showLocked();
  }

  function touched(cell) {
    cell.wasTouched = true;
    drafts.write([cell]);
    form.toggleAttribute("data-unsaved", grid.unsaved.length > 0);
    saver.later();
    status.refresh();
  }

  form.addEventListener("compositionstart", () => { saver.isComposing = true; });
  form.addEventListener("compositionend", (event) => {
    saver.isComposing = false;
    const cell = grid.of(event.target);
    if (cell) onInput(cell, event);
  });
  form.addEventListener("input", (event) => {
    const cell = grid.of(event.target);
    if (cell && !event.isComposing && !saver.isComposing) onInput(cell, event);
  });

  function onInput(cell, event) {
    status.remark("");
    if (undoable?.isEscape && undoable.cells[0][0] === cell) offerUndo(null);
    if (cell.isLevel && !setLevel(cell, event)) return;
    cell.typed();
    touched(cell);
  }

  /** One key is one level, an abbreviation its own; letters that are neither change nothing and say why. */
  function setLevel(cell, event) {
    const { level, problem } = letters.take(cell, event);
    if (problem) {
      cell.mistake(problem);
      status.remark(problem);
      status.refresh();
    } else cell.input.value = level;
    cell.input.select();
    return !problem;
  }

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      saver.now();
      return;
    }
    if (event.key === "F8") {
      event.preventDefault();
      toNextBad();
      return;
    }
    const cell = grid.of(event.target);
    if (!cell) return;
    letters.onKey(event);
    onKey(cell, event);
  });

  function onKey(cell, event) {
    if ((event.key === "Backspace" || event.key === "Delete") && cell.mistyped && !cell.value) {
      cell.typed(); // nothing there to delete but the words about it
      status.remark("");
      status.refresh();
    } else if (event.key === "Escape") {
      putBack(cell);
    } else if (event.ctrlKey && event.key.toLowerCase() === "z" && undoable?.isEscape && undoable.cells[0][0] === cell) {
      takeBack();
    } else if (event.key === "F2" || (event.altKey && event.key.toLowerCase() === "h")) openHistory(cell);
    else if (event.altKey && event.key === "Enter" && cell.field === "comment") {
      cell.input.setRangeText("\n", cell.input.selectionStart, cell.input.selectionEnd, "end");
      onInput(cell, event);
    } else {
      const next = target(grid, cell, event);
      if (!next) return;
      next.focus();
    }
    event.preventDefault();
  }

  /** Escape. What had been typed can be had again. */
  function putBack(cell) {
    const typed = cell.value;
    cell.restore();
    cell.focus();
    touched(cell);
    if (same(typed, cell.value)) return;
    offerUndo({ cells: [[cell, typed]], said: "Đã lấy lại chữ vừa gõ.", isEscape: true });
    status.remark("Đã trả lại giá trị đã lưu; Ctrl+Z hoặc «Hoàn tác» lấy lại chữ vừa gõ.");
    status.refresh();
  }

  function offerUndo(found) {
    undoable = found;
    undo.hidden = !found;
    undo.querySelector("span").textContent = found?.isEscape ? "Hoàn tác" : "Hoàn tác dán";
  }

  function takeBack() {
    const { cells, said } = undoable;
    offerUndo(null);
    for (const [cell, value] of cells) {
      cell.put(value);
      touched(cell);
    }
    status.remark(said);
    cells[0]?.[0].focus();
    saver.now();
  }

  function toNextBad() {
    const bad = grid.cells.filter((cell) => cell.isBad);
    const isAfter = (cell) => !current || cell.row > current.row || (cell.row === current.row && cell.column > current.column);
    (bad.find(isAfter) ?? bad[0])?.focus();
  }

  async function openHistory(cell) {
    const problem = await showHistory(cell, form.dataset.address);
    if (problem) status.tell(problem, "refused");
  }

  form.addEventListener("pointerdown", () => {
    isByPointer = true;
    letters.forget();
  });
  form.addEventListener("pointerup", () => { isByPointer = false; });
  form.addEventListener("focusin", (event) => {
    const cell = grid.of(event.target);
    if (!cell) return;
    letters.forget();
    if (current && current.row !== cell.row) saver.now();
    current = cell;
    if (cell.field !== "comment") cell.input.select();
    else if (!isByPointer) cell.input.setSelectionRange(cell.value.length, cell.value.length);
  });
  form.addEventListener("focusout", (event) => {
    const cell = grid.of(event.target);
    if (!cell) return;
    cell.left();
    status.refresh();
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
    offerUndo({ cells: changed, said: `Đã trả lại ${changed.length} ô như trước khi dán.`, isEscape: false });
    for (const [each] of changed) touched(each);
    status.remark(() => tellPaste(changed.map(([each]) => each), beyond));
    saver.now();
  });
  undo.addEventListener("click", takeBack);
  document.querySelector("[data-next-bad]").addEventListener("click", toNextBad);

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
  window.addEventListener("online", () => saver.again());
  document.addEventListener("screen:unlocked", () => saver.now());
  window.addEventListener("focus", () => { if (saver.trouble) saver.now(); });

  openComments(form, grid);
  watchComments(form, grid);
  offerKept();
  fitRegion(form);
  saver.now();
  // Ready to type; but on a phone the keyboard would cover the sheet before it is seen.
  const first = grid.cells.find((cell) => cell.isBad) ?? grid.cells.find((cell) => !cell.value) ?? grid.at(0, 0);
  if (first && offerPlace.hidden && matchMedia("(pointer: fine)").matches) begin(form, first);

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

/** What a paste has come to by now. */
function tellPaste(cells, beyond) {
  const bad = cells.filter((cell) => cell.isBad).length;
  const saved = cells.filter((cell) => !cell.isBad && !cell.isUnsaved).length;
  const waiting = cells.length - bad - saved;
  const parts = [saved && `${saved} ô đã lưu`, waiting && `${waiting} ô đang lưu`, bad && `${bad} ô chưa lưu được, bấm F8 để đến`];
  const fell = beyond ? `; ${beyond} ô ngoài bảng bị bỏ` : "";
  return `Đã dán ${cells.length} ô: ${parts.filter(Boolean).join(", ")}${fell}.`;
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
