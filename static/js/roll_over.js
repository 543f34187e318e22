// The classes of a grade side by side: a name is dragged to another class. What is dropped goes the way of the button,
// by the same form, so that without this script (or a mouse) nothing is missing.

const lists = () => document.querySelector("[data-places]");
const boxes = () => [...lists().querySelectorAll("input[name=pupil]")];
let moved = "";

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const output = lists().querySelector("[data-chosen]");
  if (output) output.textContent = chosen ? `${chosen} em` : "";
}

function unmark() {
  for (const marked of document.querySelectorAll(".is-target, .is-dragged")) marked.classList.remove("is-target", "is-dragged");
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=pupil]")) count();
});

document.addEventListener("dragstart", (event) => {
  const place = event.target.closest?.(".place[draggable]");
  if (!place) return;
  const box = place.querySelector("input[name=pupil]");
  // Whoever is not among the ticked is dragged alone; of the ticked all go together.
  if (!box.checked) {
    for (const each of boxes()) each.checked = each === box;
    count();
  }
  place.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", box.value);
});

document.addEventListener("dragover", (event) => {
  const list = event.target.closest?.("[data-class]");
  if (!list || !document.querySelector(".is-dragged")) return;
  event.preventDefault();
  for (const other of document.querySelectorAll(".is-target")) if (other !== list) other.classList.remove("is-target");
  list.classList.add("is-target");
});

document.addEventListener("dragend", unmark);

document.addEventListener("drop", (event) => {
  const list = event.target.closest?.("[data-class]");
  if (!list || !document.querySelector(".is-dragged")) return;
  event.preventDefault();
  const form = lists();
  form.elements.to_class.value = list.dataset.class;
  unmark();
  form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  if (event.target !== lists()) return;
  moved = boxes().find((box) => box.checked)?.value.split(":")[0] ?? "";
}, true);

// The lists come back whole: whoever works with the keyboard goes on at the pupil just moved.
document.addEventListener("htmx:afterSettle", () => {
  count();
  if (lists().querySelector(".form-errors")) return;
  // The message stands at the top of the page, where it is read aloud; here for the eyes.
  lists().querySelector("[data-said]").textContent = document.querySelector("#messages .message")?.textContent.trim() ?? "";
  boxes().find((box) => box.value.split(":")[0] === moved)?.focus();
  moved = "";
});

count();
