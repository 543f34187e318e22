// On a phone: one pupil at a time, with the way to the one before and after; the whole table stays one touch away.

const NARROW = matchMedia("(max-width: 40rem)");

/** `onTurn()` saves what the pupil before had. */
export function onePupil(form, grid, { onTurn }) {
  if (!grid.rows.length) return;
  const back = button("Em trước", "‹");
  const next = button("Em sau", "›");
  const all = button("", "Cả bảng");
  const place = document.createElement("b");
  place.setAttribute("aria-live", "polite");
  const bar = document.createElement("div");
  bar.className = "one-bar";
  bar.append(back, place, next, all);
  form.querySelector(".sheet-scroll").before(bar);
  for (const cell of grid.cells) cell.td.dataset.label = cell.label;

  let here = 0;
  let isWhole = false;
  const rowOf = (number) => grid.rows[number][0].td.parentElement;

  function show(number) {
    if (here !== number) onTurn();
    rowOf(here).classList.remove("is-here");
    here = number;
    rowOf(here).classList.add("is-here");
    place.textContent = `${here + 1}/${grid.rows.length} · ${grid.rows[here][0].pupil}`;
    back.disabled = here === 0;
    next.disabled = here === grid.rows.length - 1;
  }

  function turn(step) {
    const column = grid.of(document.activeElement)?.column;
    show(here + step);
    if (column !== undefined) grid.at(here, column).focus();
    for (const cell of grid.rows[here]) cell.grow();
  }

  function fit() {
    const isOne = NARROW.matches && !isWhole;
    form.toggleAttribute("data-one", isOne);
    place.hidden = back.hidden = next.hidden = !isOne;
    all.textContent = isWhole ? "Từng em" : "Cả bảng";
  }

  // The field that has the cursor keeps it, and with it the phone's keyboard.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  back.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  all.addEventListener("click", () => {
    isWhole = !isWhole;
    fit();
  });
  NARROW.addEventListener("change", fit);
  grid.reveal = (cell) => show(cell.row);
  show(Math.max(0, grid.rows.findIndex((row) => row.some((cell) => cell.isBad || !cell.value))));
  fit();
}

function button(label, text) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn btn-secondary", textContent: text });
  if (label) made.setAttribute("aria-label", label);
  return made;
}
