// The page of one pupil: longer than a screen, so the pupil's name stays beside what is saved.
import { showLocked } from "./lock.js";

/** Says at the bottom whose page it is, and puts the cursor into a cell. */
export function beginPupil(form, cell) {
  const name = Object.assign(document.createElement("b"), { textContent: form.dataset.name });
  form.querySelector("[data-status]").before(name);
  if (cell) cell.focus();
}

/** After a save: how much is entered; everything may have been locked meanwhile, then the count stays. */
export function tellPupil({ locked, entered, required }) {
  if (locked) showLocked();
  else document.querySelector("[data-progress] span").textContent = `Đã nhập ${entered}/${required} ô`;
}
