// The time left until the lock, by the server's clock, in the last hour; what is typed goes out just before.

const HOUR = 3600;
const SAID_AT = [600, 300, 60]; // seconds before the lock
const SAVES_BEFORE = 4; // seconds

/** `onNear` saves, `tell` speaks. Returns a function that sets the clock by an answer's server time. */
export function watchDeadline({ onNear, tell }) {
  const state = document.querySelector("[data-closes]");
  if (!state) return () => {};
  const closes = Date.parse(state.dataset.closes);
  // performance.now() goes on evenly when somebody sets the computer's clock.
  let ahead = Date.parse(state.dataset.now) - performance.now();
  let before = Infinity;
  const tick = () => {
    const left = Math.floor((closes - ahead - performance.now()) / 1000);
    state.querySelector("[data-countdown]").textContent = left < HOUR ? words(left) : "";
    if (left < HOUR) state.dataset.kind = left < 600 ? "warning" : "waiting";
    for (const mark of SAID_AT) if (left <= mark && before > mark && before !== Infinity) tell(`Còn ${mark / 60} phút là khoá sổ.`);
    if (left <= SAVES_BEFORE && before > SAVES_BEFORE) onNear();
    before = left;
  };
  tick();
  setInterval(tick, 1000);
  return (serverTime) => { ahead = Date.parse(serverTime) - performance.now(); };
}

function words(left) {
  if (left <= 0) return "· hết giờ";
  const two = (number) => String(number).padStart(2, "0");
  return `· còn ${two(Math.floor(left / 60))}:${two(left % 60)}`;
}
