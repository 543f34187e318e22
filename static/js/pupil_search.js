// Suggestions under a search box, as a combobox (ARIA APG): arrows choose, Enter opens, Escape closes.
// form[data-pupil-search]: the address of the suggestions. Without script the form leads to the page of results.
// Ctrl+K puts the cursor into the box from anywhere, or opens the search page where the box has no room.
const PATIENCE = 120; // ms after the last letter

for (const [number, form] of document.querySelectorAll("form[data-pupil-search]").entries()) attend(form, number);

document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
  const boxes = [...document.querySelectorAll("form[data-pupil-search] input")];
  const box = boxes.find((each) => each.checkVisibility());
  const way = document.querySelector(".to-search");
  if (!box && !way) return;
  event.preventDefault();
  if (box) box.select();
  else way.click();
});

function attend(form, number) {
  const box = form.querySelector("input");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  Object.assign(list, { id: `tim-goi-y-${number}`, className: "pupil-search-list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Học sinh tìm thấy");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  form.append(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
    "aria-keyshortcuts": "Control+K",
  })) box.setAttribute(name, value);

  let timer, asked, composing = false;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function show(open) {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const text = box.value.trim();
    if (!text) return show(false);
    try {
      const answer = await fetch(`${form.dataset.pupilSearch}?${new URLSearchParams({ q: text })}`, { signal: asked.signal });
      if (!answer.ok || answer.redirected) return show(false); // Enter still leads to the page, which says why
      list.innerHTML = await answer.text();
    } catch {
      return; // a newer question, or no network: the form itself still works
    }
    options().forEach((option, place) => { option.id = `${list.id}-${place}`; option.setAttribute("aria-selected", "false"); });
    said.textContent = options().length ? `${options().length} gợi ý` : "Không có học sinh nào";
    show(options().length > 0);
  }

  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; soon(); });
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, PATIENCE); };
  box.addEventListener("input", () => { if (!composing) soon(); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", (event) => open(event.target.closest("[role=option]")));

  function open(option) {
    if (!option) return;
    show(false);
    location.assign(option.dataset.href);
  }

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const all = options(), place = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(place + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(place <= 0 ? all.length : place) - 1]);
    else if (event.key === "Escape") show(false);
    else if (event.key === "Enter" && chosen()) open(chosen());
    else return;
    event.preventDefault();
  });
}
