// How many tasks wait behind the lines of the menu. Every page comes with the numbers in it: those that the server counts with every
// page, and the others as they are kept here in a cookie, by this person's browser (approvals/task_counts.py). After a save, a log-out
// or another person's log-in the cookie asks the next page to count all anew; what is older than a minute, or not known, is asked for
// when the page has loaded, and the numbers corrected. Nothing is spoken, nobody is kept awake.
import { cover } from "./idle.js";

const NAME = "kim-dong-tasks";
const ANEW = "anew";
const FRESH = 60000; // ms
const { user } = document.body.dataset;
const menu = document.getElementById("menu");

function write(value) {
  document.cookie = `${NAME}=${value}; path=/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}

/** Something was saved: what was counted before may be done. */
export function countAnew() {
  write(ANEW);
}

function keep(others) {
  write(encodeURIComponent(JSON.stringify({ user, at: Date.now(), others })));
  return others;
}

/** What this page came with; null where it is not known. */
function kept() {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith(`${NAME}=`));
  try {
    const found = JSON.parse(decodeURIComponent(cookie.slice(NAME.length + 1)));
    return found.user === user ? found : null;
  } catch {
    return null; // none, or to be counted anew
  }
}

async function asked() {
  const headers = { Accept: "application/json", "X-Background": "1" };
  const answer = await fetch("/tasks/counts/", { headers, redirect: "manual" }).catch(() => null);
  if (answer?.status === 401) cover();
  return answer?.ok ? answer.json() : null;
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
  if (number.data === "0") number.parentNode.remove();
}

function sum(others) {
  return Object.values(others).reduce((total, each) => total + each, 0);
}

/** Instead of what the page came with, `shown`. */
function correct(shown, others) {
  const more = sum(others) - sum(shown);
  for (const link of menu.querySelectorAll("a")) {
    const address = link.getAttribute("href");
    add(link, address === "/" ? more : (others[address] ?? 0) - (shown[address] ?? 0));
  }
  add(document.querySelector("[data-waiting]"), more);
}

async function ask(shown) {
  const others = await asked();
  if (others) correct(shown, keep(others));
}

function start() {
  document.addEventListener("submit", ({ target }) => { if (target.matches("[method=post]")) countAnew(); });
  if (menu.dataset.tasks) {
    keep(JSON.parse(menu.dataset.tasks)); // the page has counted them all
    return;
  }
  const found = kept();
  if (!found || Date.now() - found.at > FRESH) addEventListener("load", () => ask(found?.others ?? {}));
}

if (menu) start();
else countAnew();
