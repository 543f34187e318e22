// How many tasks wait behind the lines of the menu. The server counts some kinds with every page; the others are asked for when the
// page has loaded, once a minute at most, and added to what stands there (approvals/task_counts.py). What was answered is kept in
// this tab; after a save, a log-out or another person's log-in it is asked for anew. Nothing is spoken, nobody is kept awake.
import { cover } from "./idle.js";

const KEPT = "kim-dong.tasks";
const FRESH = 60000; // ms
const { user } = document.body.dataset;
const menu = document.getElementById("menu");

/** Something was saved: what was counted before may be done. */
export function countAnew() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Storage switched off: nothing was kept.
  }
}

function keep(others) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ user, at: Date.now(), others }));
  } catch {
    // Storage switched off or full: the next page asks again.
  }
  return others;
}

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT));
    return found?.user === user && Date.now() - found.at < FRESH ? found.others : null;
  } catch {
    return null;
  }
}

async function asked() {
  const headers = { Accept: "application/json", "X-Background": "1" };
  const answer = await fetch("/tasks/counts/", { headers, redirect: "manual" }).catch(() => null);
  if (answer?.status === 401) cover();
  return answer?.ok ? keep(await answer.json()) : {};
}

function badge() {
  const made = document.createElement("span");
  const unit = document.createElement("span");
  made.className = "count";
  unit.className = "visually-hidden";
  unit.textContent = " việc";
  made.append("0", unit);
  return made;
}

function add(link, more) {
  if (!link || !more) return;
  if (!link.querySelector(".count")) link.append(badge());
  const number = link.querySelector(".count").firstChild;
  number.data = Number(number.data) + more;
}

function show(others) {
  const total = Object.values(others).reduce((sum, each) => sum + each, 0);
  for (const link of menu.querySelectorAll("a")) {
    const address = link.getAttribute("href");
    add(link, address === "/" ? total : others[address]);
  }
  add(document.querySelector("[data-waiting]"), total);
}

function start() {
  document.addEventListener("submit", ({ target }) => { if (target.matches("[method=post]")) countAnew(); });
  if (menu.dataset.tasks) keep(JSON.parse(menu.dataset.tasks)); // the start page has counted them all
  else addEventListener("load", async () => show(kept() ?? (await asked())));
}

if (menu) start();
else countAnew();
