// The screen locks when nobody has touched it for a while (accounts/idle_lock.py). The page stays as it is under a cover, with
// all that is typed; the password takes the cover away. All tabs of one person lock and unlock together.

import { makeDialog } from "./idle_dialog.js";

const WARNS_BEFORE = 60000; // ms
const TELLS_EVERY = 60000; // ms: the server hears of activity at most so often
const SAYS_EVERY = 1000; // ms: as the other tabs do
const SIGNS = ["keydown", "pointerdown", "wheel", "scroll", "touchmove"];

const { idle, quiet, user, administrative } = document.body.dataset;
const dialog = makeDialog();
const limit = Number(idle) * 1000;
const isAdministrative = administrative !== undefined;
const channel = dialog && new BroadcastChannel(`kim-dong.idle.${user}`);
let last = Date.now() - Number(quiet) * 1000; // somebody was there, as the server knows
let said = 0;
let told = last;
let telling = null;
let before = null; // what had the cursor when the cover came, and where in it; null while there is no cover

function touched() {
  const now = Date.now();
  if (before) return;
  if (now - last >= limit) return lock(); // the computer slept
  last = now;
  if (now - said >= SAYS_EVERY) {
    said = now;
    channel.postMessage({ seen: now });
  }
  telling ??= setTimeout(tell, Math.max(0, told + TELLS_EVERY - now));
}

/** The token is read when it is needed: another tab may have renewed it. */
function send(address, fields = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": token(document) };
  return fetch(address, { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual" });
}

function token(page) {
  return JSON.parse(page.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

async function tell() {
  telling = null;
  told = Date.now();
  const answer = await send("/accounts/seen/").catch(() => null);
  if (answer?.status === 401) cover();
}

async function lock(isForAll = !isAdministrative) {
  cover();
  channel.postMessage({ locked: isForAll });
  // Without a network the server locks by its own clock.
  await send("/accounts/lock/", isForAll ? {} : { only: "administrative" }).catch(() => null);
}

/** Hides the page behind the dialog. Also for whoever is told by the server that the session is locked. */
export function cover() {
  if (!dialog || before) return;
  before = place();
  document.body.toggleAttribute("data-covered", true);
  soon(null);
  dialog.showModal();
  password().focus();
}

function place() {
  const element = document.activeElement;
  return { element, from: element?.selectionStart, to: element?.selectionEnd, x: scrollX, y: scrollY };
}

function uncover() {
  if (!before) return;
  const { element, from, to, x, y } = before;
  before = null;
  last = Date.now();
  explain("");
  password().value = "";
  document.body.toggleAttribute("data-covered", false);
  dialog.close();
  element?.focus({ preventScroll: true });
  if (from !== null && from !== undefined) element.setSelectionRange(from, to);
  scrollTo(x, y);
  document.dispatchEvent(new CustomEvent("screen:unlocked"));
}

function password() {
  return dialog.querySelector("[type=password]");
}

function explain(text, isOver = false) {
  dialog.querySelector("[role=alert]").textContent = text;
  password().setAttribute("aria-invalid", String(Boolean(text)));
  dialog.querySelector("[data-idle-again]").hidden = !isOver;
}

async function unlock(form) {
  explain("");
  const answer = await send(form.action, { confirm_password: password().value }).catch(() => null);
  if (answer?.status === 204) {
    channel.postMessage({ open: true, token: token(document) });
    return uncover();
  }
  password().value = "";
  password().focus();
  if (!answer) return explain("Không nối được với máy chủ. Thử lại khi có mạng.");
  const isOver = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
  if (!isOver) return explain((await answer.json().catch(() => ({}))).error ?? `Máy chủ không trả lời (mã ${answer.status}). Thử lại.`);
  const { error } = await answer.json().catch(() => ({}));
  explain(`${error ?? "Phiên đăng nhập đã kết thúc."} Đăng nhập ở thẻ mới, trang này sẽ tự mở lại.`, true);
}

/** The countdown; null takes it away. Seen each second, spoken once. */
function soon(left) {
  const line = document.querySelector("[data-idle-soon]");
  const isNew = line.hidden;
  line.hidden = left === null;
  if (left !== null) document.querySelector("[data-idle-left]").textContent = Math.ceil(left / 1000);
  if (isNew !== line.hidden) document.querySelector("[data-idle-said]").textContent = left === null ? "" : "Màn hình tự khoá sau một phút nữa. Gõ phím bất kì để làm tiếp.";
}

function tick() {
  if (before) return;
  const left = limit - (Date.now() - last);
  if (left <= 0) lock();
  else soon(left <= WARNS_BEFORE ? left : null);
}

/** After a log-in in another tab the token of this page's forms is refused; the new one is taken over. */
function renew(newToken) {
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = newToken;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": newToken }));
}

function heard({ seen, locked, open, token: newToken }) {
  if (seen) last = Math.max(last, seen);
  if (locked === true || (locked === false && isAdministrative)) cover();
  if (newToken) renew(newToken);
  if (open === true || (open === false && !isAdministrative)) uncover();
}

function start() {
  channel.addEventListener("message", (event) => heard(event.data));
  for (const sign of SIGNS) document.addEventListener(sign, touched, { capture: true, passive: true });
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => { if (before) dialog.showModal(); });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    unlock(event.target);
  });
  document.querySelector("[data-lock-now]").addEventListener("click", (event) => {
    event.preventDefault();
    event.target.closest("details").open = false;
    lock(true);
  });
  // A page that the browser has kept: whether it may still be seen, the server knows.
  window.addEventListener("pageshow", (event) => { if (event.persisted) tell(); });
  setInterval(tick, 1000);
  // This page has come from the server, so its kind is open: other tabs may uncover theirs.
  channel.postMessage({ seen: last, open: isAdministrative, token: token(document) });
}

if (dialog) start();
