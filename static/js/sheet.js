// The mark sheet (templates/gradebook/sheet.html). Without this script the same fields are a plain form.
import { Back } from "./sheet/back.js";
import { Blocks } from "./sheet/blocks.js";
import { handOverRefused, offerClosed } from "./sheet/closed.js";
import { watchComments } from "./sheet/comments.js";
import { watchDeadline } from "./sheet/deadline.js";
import { askReason } from "./sheet/doubts.js";
import { keepLettersInPlace } from "./sheet/dragging.js";
import { Drafts, clockTime, offer } from "./sheet/drafts.js";
import { Grid } from "./sheet/grid.js";
import { showHistory } from "./sheet/history.js";
import { target } from "./sheet/keyboard.js";
import { Letters } from "./sheet/letters.js";
import { showLocked } from "./sheet/lock.js";
import { onePupil } from "./sheet/one_pupil.js";
import { beginPupil, tellPupil } from "./sheet/pupil_page.js";
import { begin, fitRegion, openComments } from "./sheet/region.js";
import { showDoubts, showRemarks } from "./sheet/remarks.js";
import { Saver } from "./sheet/saver.js";
import { Selection, selectByPointer } from "./sheet/selection.js";
import { Status } from "./sheet/status.js";
import { Undo } from "./sheet/undo.js";
import { same } from "./sheet/values.js";

const sheet = document.querySelector("[data-sheet]");
const TAKE_KEPT = "kept"; // in the address: the person has said already that the kept values shall be put in
const offerPlace = document.querySelector("[data-offer]");

function start(form) {
  const grid = new Grid(form);
  const drafts = new Drafts({ user: form.dataset.user, sheet: form.dataset.sheet });
  const status = new Status(grid);
  const saver = new Saver(grid, status, { onAnswer, onLocked });
  const letters = new Letters();
  const undo = new Undo({ put: putAll, onChange: () => back.show() });
  const back = new Back({ undo, status, touched, at: () => current });
  const isWriting = (cell) => undo.typing?.cell === cell && !same(undo.typing.before, cell.value);
  const selection = new Selection(grid, { tell: (words) => status.say(words), isWriting });
  const blocks = new Blocks({ grid, selection, saver, status, write });
  const historyButton = document.querySelector("[data-show-history]");
  const reasonButton = document.querySelector("[data-show-doubt]");
  let current = null; // the cell that has, or last had, the cursor
  let isByPointer = false;
  grid.taken = (cell) => undo.forget(cell);
  status.watch(saver);
  if (form.dataset.mode === "propose") saver.isStopped = true;
  const setClock = watchDeadline({ onNear: () => saver.now(), tell: (words, isSpoken) => status.countDown(words, isSpoken) });

  function onAnswer(answer) {
    if (answer.server_time) setClock(answer.server_time);
    status.savedAt = answer.server_time && clockTime(Date.parse(answer.server_time));
    if (form.dataset.pupil) tellPupil(answer);
    else document.querySelector("[data-progress] span").textContent = `Đã nhập ${answer.entered}/${answer.required} ô`;
    showRemarks(answer.remarks);
    grid.showDoubts(answer.doubts ?? {});
    showDoubts(grid);
    drafts.write(grid.cells);
    handOverRefused(grid);
    offerReason();
  }

  /** The lock fell while the page was open: what is typed stays and can go into a correction request. */
  function onLocked(sentence) {
    form.action = form.dataset.propose;
    form.dataset.mode = "propose";
    const save = form.querySelector("[data-save]");
    save.lastChild.textContent = "Lập phiếu đề nghị sửa từ các giá trị đã gõ";
    status.countDown("", false);
    status.locked = () => `${sentence} ${grid.unsaved.length} ô vừa gõ chưa được ghi vào sổ, còn giữ ở đây: bấm «Lập phiếu đề nghị sửa từ các giá trị đã gõ».`;
    status.refresh();
    showLocked();
  }

  function touched(...cells) {
    for (const cell of cells) cell.wasTouched = true;
    drafts.write(cells);
    form.toggleAttribute("data-unsaved", grid.unsaved.length > 0);
    saver.later();
    status.refresh();
  }

  /** Puts values in as one step that can be undone, and saves them. */
  function write(pairs, step) {
    undo.settle();
    const cells = pairs.map(([cell, value]) => {
      const before = cell.value;
      cell.put(value);
      return [cell, before, cell.value];
    });
    undo.keep({ ...step, cells });
    touched(...cells.map(([cell]) => cell));
    saver.now();
  }

  function putAll(pairs) {
    for (const [cell, value] of pairs) cell.put(value);
    touched(...pairs.map(([cell]) => cell));
    saver.now();
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
    if (selection.isMany) selection.start(cell);
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
    } else if (selection.onKey(cell, event) || blocks.onKey(cell, event)) {
      // done
    } else if (event.key === "Escape") {
      back.toSaved(cell);
    } else if (event.ctrlKey && !event.altKey && "zy".includes(event.key.toLowerCase())) {
      if (back.onKey(cell, event)) return;
    } else if (event.key === "F2" || (event.altKey && event.key.toLowerCase() === "h")) openHistory(cell);
    else if (event.key === "F4" || (event.altKey && event.key.toLowerCase() === "l")) giveReason(cell);
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

  function toNextBad() {
    const bad = grid.cells.filter((cell) => cell.isBad);
    const isAfter = (cell) => !current || cell.row > current.row || (cell.row === current.row && cell.column > current.column);
    (bad.find(isAfter) ?? bad[0])?.focus();
  }

  async function openHistory(cell) {
    const problem = await showHistory(cell);
    if (problem) status.tell(problem, "refused");
  }

  /** The button for a reason is there while the cell with the cursor has a warning. */
  function offerReason() {
    const isNone = !current?.doubts.length;
    if (reasonButton.hidden !== isNone) reasonButton.hidden = isNone;
  }

  function giveReason(cell) {
    if (cell.doubts.length) askReason(cell, { token: saver.token });
    else status.say("Ô này không có điều gì cần xem lại.");
  }

  form.addEventListener("pointerdown", () => {
    isByPointer = true;
    letters.forget();
  });
  form.addEventListener("pointerup", () => { isByPointer = false; });
  form.addEventListener("focusin", (event) => {
    const cell = grid.of(event.target);
    if (cell) arrive(cell);
  });
  form.addEventListener("focusout", (event) => {
    const cell = grid.of(event.target);
    if (!cell) return;
    cell.left();
    undo.settle();
    status.refresh();
    if (!form.contains(event.relatedTarget)) saver.now();
  });

  form.addEventListener("copy", (event) => blocks.onCopy(event));
  form.addEventListener("paste", (event) => {
    const cell = grid.of(event.target);
    if (cell) blocks.onPaste(cell, event);
  });
  document.querySelector("[data-undo]").addEventListener("click", () => back.take());
  document.querySelector("[data-redo]").addEventListener("click", () => back.take(true));
  reasonButton.addEventListener("click", () => giveReason(current));
  document.querySelector("[data-next-bad]").addEventListener("click", toNextBad);

  form.addEventListener("click", (event) => {
    const clicked = grid.of(event.target);
    // A click into the value that has the cursor takes its mark off, after this event: whole again, Delete empties it.
    if (clicked && clicked.field !== "comment" && !event.shiftKey) setTimeout(() => clicked.input.select());
    if (event.target.matches(".slot-notes a")) {
      // Kept for the sheet it leads to, no longer for this page.
      const left = new Set(grid.cells.filter((cell) => cell.refused?.propose).map((cell) => cell.name));
      drafts.drop((name) => left.has(name));
      form.removeAttribute("data-unsaved");
    }
    const act = event.target.dataset?.act;
    if (!act) return;
    const cell = grid.byName.get(event.target.closest("li").dataset.for);
    cell[act]();
    cell.focus();
    touched(cell);
    saver.now();
  });

  // A request goes by the plain form, which knows the versions of the page's beginning alone.
  form.addEventListener("formdata", ({ formData }) => {
    for (const cell of grid.cells) {
      if (cell.version !== Number(grid.versionOf(cell))) formData.set(`v.${cell.name}`, cell.version);
    }
  });

  form.addEventListener("submit", (event) => {
    if (form.dataset.mode === "propose") return;
    event.preventDefault();
    saver.now();
  });

  historyButton.hidden = false;
  historyButton.addEventListener("click", () => openHistory(current ?? grid.cells[0]));
  // A tab put aside or closed, the network back, a log-in in another tab.
  document.addEventListener("visibilitychange", () => saver.now({ isLast: document.visibilityState === "hidden" }));
  window.addEventListener("online", () => saver.again());
  document.addEventListener("screen:unlocked", () => saver.now());
  window.addEventListener("focus", () => { if (saver.trouble) saver.now(); });

  selectByPointer(form, grid, selection);
  keepLettersInPlace(form, grid);
  const region = form.querySelector(".sheet-scroll"); // the page of one pupil has several tables, and none of its own to scroll
  if (region) onePupil(form, grid, { onTurn: () => saver.now() });
  if (region) openComments(form, grid);
  watchComments(form, grid);
  const put = offerKept();
  if (region) fitRegion(form);
  saver.now();
  // Ready to type; but on a phone the keyboard would cover the sheet before it is seen.
  const asked = grid.byName.get(new URLSearchParams(location.search).get("cell"));
  if (asked) grid.reveal(asked);
  const first = asked ?? put ?? grid.cells.find((cell) => cell.isBad) ?? grid.cells.find((cell) => !cell.value) ?? grid.cells[0];
  // Who was quicker than this script is in a cell already, and stays there.
  const here = grid.of(document.activeElement);
  if (here) arrive(here);
  const isReady = first && !here && offerPlace.hidden && matchMedia("(pointer: fine)").matches;
  if (!region) beginPupil(form, isReady && first);
  else if (isReady) {
    begin(form, first);
    // The browser goes to the pupil's row by the address and takes the cursor away.
    if (asked) addEventListener("load", () => setTimeout(begin, 0, form, first), { once: true });
  }

  /** The cursor has come into the cell. */
  function arrive(cell) {
    letters.forget();
    if (current && current.row !== cell.row) saver.now();
    current = cell;
    if (selection.from !== cell) selection.start(cell);
    if (undo.typing?.cell !== cell) undo.begin(cell);
    offerReason();
    if (cell.field !== "comment") cell.input.select();
    else if (!isByPointer) cell.input.setSelectionRange(cell.value.length, cell.value.length);
  }

  /** Of a pupil's page what waits for a locked sheet stays. */
  function forgetKept() {
    if (form.dataset.pupil) drafts.drop((name) => grid.byName.has(name));
    else drafts.forget();
  }

  /** Asks whether what this browser has kept shall be put in, unless the person has said so; returns the first cell put in. */
  function offerKept() {
    const all = drafts.read();
    const closed = Object.fromEntries(Object.entries(all).filter(([name]) => !grid.byName.has(name)));
    if (form.dataset.pupil && Object.keys(closed).length) offerClosed(closedPlace(), form, drafts, closed);
    const kept = Object.entries(all)
      .map(([name, draft]) => ({ cell: grid.byName.get(name), ...draft }))
      .filter(({ cell, value }) => cell && !cell.input.readOnly && !same(cell.value, value));
    if (!kept.length) return forgetKept();
    const isAskedFor = form.dataset.mode === "propose" && new URLSearchParams(location.search).has(TAKE_KEPT);
    const onTake = () => {
      for (const { cell, value, version } of kept) {
        cell.version = version; // what its writer saw then: a change since shows as a conflict
        cell.put(value);
      }
      touched(...kept.map(({ cell }) => cell));
      kept[0].cell.focus();
      saver.now();
    };
    if (isAskedFor) {
      onTake();
      status.tell(`Đã đưa ${kept.length} ô vừa gõ vào bảng. Xem lại rồi bấm «Lập phiếu đề nghị sửa».`, "changed");
      return kept[0].cell;
    }
    return offer(offerPlace, kept, { word: "Đưa lại vào bảng?", act: "Khôi phục", onTake, onDrop: forgetKept });
  }
}

function closedPlace() {
  const place = document.createElement("div");
  offerPlace.before(place);
  return place;
}

/** A sheet that can only be read now: values typed before the lock are offered for a correction request. */
function startReading(place) {
  const drafts = new Drafts({ user: place.dataset.user, sheet: place.dataset.sheet });
  if (place.dataset.pupil && Object.keys(drafts.read()).length) return offerClosed(offerPlace, place, drafts, drafts.read());
  drafts.drop((name, value) => same(storedIn(place, name), value));
  const kept = Object.values(drafts.read());
  if (!kept.length || !("mayPropose" in place.dataset)) return;
  const onTake = () => location.assign(`${place.dataset.address}?propose=1&${TAKE_KEPT}=1`);
  offer(offerPlace, kept, { word: "Sổ đã khoá; có thể đưa vào phiếu đề nghị sửa.", act: "Đưa vào phiếu", onTake, onDrop: () => drafts.forget() });
}

/** What a cell that can only be read holds: what leads to its history, or stands before it. */
function storedIn(place, name) {
  const link = place.querySelector(`a[href="history/${name.replaceAll(".", "/")}/"]`);
  if (!link) return "";
  if (!link.classList.contains("h")) return link.textContent;
  const text = link.closest("td").cloneNode(true);
  for (const more of text.querySelectorAll(".h, .t, .q")) more.remove();
  for (const line of text.querySelectorAll("br")) line.replaceWith("\n");
  return text.textContent;
}

if (sheet instanceof HTMLFormElement) start(sheet);
else if (sheet) startReading(sheet);
