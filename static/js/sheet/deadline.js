// The time left until the lock, by the server's clock, on the last three days; what is typed goes out just before.

const HOUR = 3600;
const DAY = 24 * HOUR;
const NEAR = 3 * DAY;
const SAID_AT = [600, 300, 60]; // seconds before the lock: spoken then, seen from the first on, minute by minute
const LAG = 1; // seconds that a tick may come late
const SAVES_BEFORE = 4; // seconds

/** `onNear` saves; `tell(words, isSpoken)` shows them, speaks them where they are to be heard. Returns a function that sets the clock by an answer's server time. */
export function watchDeadline({ onNear, tell }) {
  const state = document.querySelector("[data-closes]");
  if (!state) return () => {};
  const closes = Date.parse(state.dataset.closes);
  // performance.now() goes on evenly when somebody sets the computer's clock.
  let ahead = Date.parse(state.dataset.now) - performance.now();
  let before = Infinity;
  const tick = () => {
    if (state.dataset.kind === "locked") return; // an order came before the hour
    const left = Math.floor((closes - ahead - performance.now()) / 1000);
    state.querySelector("[data-countdown]").textContent = left < NEAR ? words(left) : "";
    state.dataset.kind = kind(left, state.dataset.kind);
    const isSpoken = before !== Infinity && SAID_AT.some((mark) => left <= mark && before > mark);
    tell(left <= SAID_AT[0] ? sentence(left) : "", isSpoken);
    if (left <= SAVES_BEFORE && before > SAVES_BEFORE) onNear();
    before = left;
  };
  tick();
  setInterval(tick, 1000);
  return (serverTime) => { ahead = Date.parse(serverTime) - performance.now(); };
}

/** In the last hour for everybody; before, a warning of the server's goes away when the sheet is complete. */
function kind(left, current) {
  if (left < 600) return "warning";
  if (left < HOUR) return "waiting";
  return document.querySelector("[data-progress]")?.dataset.kind === "ok" ? "open" : current;
}

/** Rounded down, so that nobody counts on more than there is. */
function sentence(left) {
  if (left <= 0) return "Đã hết giờ nhập.";
  const minutes = Math.floor((left + LAG) / 60);
  return minutes ? `Còn ${minutes} phút là khoá sổ.` : "Còn chưa đầy 1 phút là khoá sổ.";
}

function words(left) {
  if (left <= 0) return "· hết giờ";
  const two = (number) => String(number).padStart(2, "0");
  if (left < HOUR) return `· còn ${two(Math.floor(left / 60))}:${two(left % 60)}`;
  const hours = Math.floor((left % DAY) / HOUR);
  if (left < DAY) return `· còn ${hours} giờ`;
  return `· còn ${Math.floor(left / DAY)} ngày${hours ? ` ${hours} giờ` : ""}`;
}
