// The table scrolls in a region of its own, so that heading and lock stay in view; on a phone a comment gets the whole width.

const NARROW = matchMedia("(max-width: 40rem)");

/** The region ends above the status line, however much stands over it (sheet.css reads --above). */
export function fitRegion(form) {
  const region = form.querySelector(".sheet-scroll");
  const fit = () => region.style.setProperty("--above", `${Math.ceil(region.getBoundingClientRect().top + scrollY)}px`);
  region.dataset.fits = "";
  const watcher = new ResizeObserver(fit);
  for (const place of [document.body, ...document.querySelectorAll(".page-head, .sheet-nav, [data-notices], [data-offer]")]) watcher.observe(place);
  fit();
}

/** Puts the cursor into a cell with the page at its top: two rows before it stay in view. */
export function begin(form, cell) {
  const region = form.querySelector(".sheet-scroll");
  history.scrollRestoration = "manual"; // loaded again, the page begins at its top as well
  scrollTo(0, 0);
  cell.input.focus({ preventScroll: true });
  const show = () => {
    if (document.activeElement !== cell.input) return;
    const [inner, outer] = [cell.td.getBoundingClientRect(), region.getBoundingClientRect()];
    const top = form.querySelector("thead").offsetHeight + 2 * inner.height;
    if (inner.bottom + inner.height > Math.min(outer.bottom, innerHeight)) region.scrollTop += inner.top - outer.top - top;
    if (inner.right > outer.right) region.scrollLeft += inner.right - outer.right + 8;
  };
  show();
  // Again whenever comments grow, the typeface comes or the region is fitted, until the teacher takes over.
  const watcher = new ResizeObserver(show);
  for (const place of [region, region.querySelector("table")]) watcher.observe(place);
  for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, () => watcher.disconnect(), { once: true, capture: true });
}

/** On a phone: the comment with the cursor lies below the name, as wide as the screen, wherever the table is scrolled to. */
export function openComments(form, grid) {
  const region = form.querySelector(".sheet-scroll");
  let open = null;
  const place = () => {
    if (!open) return;
    const shift = open.td.getBoundingClientRect().left - region.getBoundingClientRect().left - region.clientLeft;
    open.td.style.setProperty("--shift", `${shift}px`);
    open.td.style.setProperty("--room", `${region.clientWidth}px`);
  };
  form.addEventListener("focusin", (event) => {
    const cell = grid.of(event.target);
    if (cell?.field !== "comment" || !NARROW.matches) return;
    open = cell;
    open.td.classList.add("is-open");
    place();
    cell.grow();
    cell.input.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  form.addEventListener("focusout", () => {
    if (!open) return;
    const left = open;
    open = null;
    left.td.classList.remove("is-open");
    left.grow();
  });
  region.addEventListener("scroll", place);
  addEventListener("resize", place);
}
