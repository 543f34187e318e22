// What the page shows of the lock, when it falls while the page is open.

/** The state beside the heading and the tab of the period say, by word and sign, that the sheet is locked. */
export function showLocked() {
  const state = document.querySelector("[data-closes]");
  if (state) {
    state.dataset.kind = "locked";
    state.querySelector("span").textContent = "Đã khoá";
    state.querySelector("[data-countdown]").textContent = "";
    setLock(state);
  }
  const tab = document.querySelector("[data-periods] [aria-current]");
  if (!tab) return;
  setLock(tab);
  tab.querySelector("span").lastChild.textContent = " khoá";
  tab.removeAttribute("title");
}

function setLock(place) {
  const use = place.querySelector("use");
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#lock"));
}
