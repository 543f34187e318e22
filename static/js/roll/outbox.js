// Rolls that were saved on this device and wait for the network. Each is sent until the server has answered; its token makes
// it count once, however often it arrives. Kept: numbers of pupils with P or K, no names; sent only by the person who saved it.
import { cover } from "../idle.js";
import { countAnew } from "../task_counts.js";

const LONGEST_WAIT = 60000; // ms between attempts
const GIVES_UP_AFTER = 20000; // ms without an answer
const { user } = document.body.dataset;
const PREFIX = `kim-dong.roll.${user}.`;
let timer = 0;
let failures = 0;

/** A new name for a save; randomUUID is not there on a page without TLS. */
export function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What waits for this place, or null: {place, address, label, fields, refused}. */
export function find(place) {
  return JSON.parse(localStorage.getItem(PREFIX + place));
}

export function keep(entry) {
  localStorage.setItem(PREFIX + entry.place, JSON.stringify(entry));
}

export function forget(place) {
  localStorage.removeItem(PREFIX + place);
}

/** All that waits on this device for this person. */
export function waiting() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return keys.map((key) => JSON.parse(localStorage.getItem(key)));
}

/** Sends what waits, one after the other and in one tab at a time; `tell(entry, outcome)` hears of each. */
export async function flush(tell) {
  clearTimeout(timer);
  await navigator.locks.request(`${PREFIX}sending`, async () => {
    for (const entry of waiting().filter((each) => !each.refused)) {
      const outcome = await deliver(entry);
      if (find(entry.place)?.fields.token === entry.fields.token) settle(entry, outcome);
      tell(entry, outcome);
      if (["offline", "covered", "signed-out"].includes(outcome.kind)) return;
    }
    failures = 0;
  });
  if (waiting().some((each) => !each.refused)) again(tell);
}

function settle(entry, outcome) {
  if (outcome.kind === "saved") forget(entry.place);
  if (outcome.kind === "refused") keep({ ...entry, refused: true });
}

function again(tell) {
  failures += 1;
  timer = setTimeout(() => flush(tell), Math.min(LONGEST_WAIT, 2500 * 2 ** (failures - 1)));
}

/** Tries now and whenever there is a network again. */
export function watch(tell) {
  const now = () => flush(tell);
  addEventListener("online", now);
  document.addEventListener("screen:unlocked", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && waiting().length && now());
  return now();
}

async function deliver(entry, isSecondTry = false) {
  const answer = await post(entry);
  if (!answer || answer.status >= 500) return { kind: "offline" };
  if (answer.type === "opaqueredirect") return { kind: "signed-out" };
  if (answer.status === 401) {
    cover();
    return { kind: "covered" };
  }
  if (answer.status === 403 && !isSecondTry && (await renewToken())) return deliver(entry, true);
  if (answer.ok) {
    countAnew();
    return { kind: "saved", answer: await answer.json() };
  }
  return { kind: "refused", page: await answer.text() };
}

async function post(entry) {
  const attempt = new AbortController();
  const patience = setTimeout(() => attempt.abort(), GIVES_UP_AFTER);
  try {
    return await fetch(entry.address, {
      method: "POST",
      body: new URLSearchParams(entry.fields),
      redirect: "manual",
      signal: attempt.signal,
      headers: { Accept: "application/json", "X-CSRFToken": token(document) },
    });
  } catch {
    return null; // no network, or no answer in time
  } finally {
    clearTimeout(patience);
  }
}

function token(page) {
  return JSON.parse(page.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

/** After a new log-in the page's token is refused; another person's session sends nothing of this one's. */
async function renewToken() {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.body.dataset.user !== user) return false;
  document.body.setAttribute("hx-headers", page.body.getAttribute("hx-headers"));
  return true;
}
