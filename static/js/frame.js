// Improves the frame; every page works without it.
// data-menu: an open <details> closes on Escape and on a click elsewhere.
// data-unsaved: while any element carries it, leaving the page asks first. A form with data-guard gets it when something is typed.
// data-saved-first: a form that is not sent while another holds unsaved text; its value says so, at the form.
// data-print: a button that prints the page; hidden where there is no script.
// .foot time: the footer's clock goes on from the server's time, not the computer's.
import "./htmx_config.js";
import { cover } from "./idle.js";
import "./form_drafts.js";
import "./pupil_search.js";
import "./task_counts.js";

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details[data-menu]"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("focusin", (event) => {
  closeMenus(event.target.closest("details[data-menu]"));
});

document.addEventListener("input", (event) => {
  event.target.closest("form[data-guard]")?.setAttribute("data-unsaved", "");
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// In the capture phase, before any other listener would take the form for one that is sent.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset.savedFirst || !document.querySelector("[data-unsaved]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.querySelector("[data-saved-first-said]")?.remove();
    const said = message(form.dataset.savedFirst);
    said.dataset.savedFirstSaid = "";
    form.prepend(said);
    said.focus();
  },
  true,
);

document.addEventListener("submit", (event) => {
  event.target.removeAttribute("data-unsaved");
});

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-unsaved]")) event.preventDefault();
});

// autofocus is honoured only when the page loads; a form that htmx brings back needs the same.
document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelector?.("[data-form-errors]")?.focus();
});

// A refused or lost request must not pass in silence.
function say(text) {
  document.getElementById("messages").replaceChildren(message(text));
}

function message(text) {
  const made = document.createElement("div");
  made.className = "message";
  made.dataset.level = "error";
  made.tabIndex = -1;
  made.textContent = text;
  return made;
}

document.addEventListener("htmx:sendError", () => {
  say("Không nối được với máy chủ. Nội dung đã gõ vẫn còn trên trang này; xin thử lại khi có mạng.");
});

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) return cover();
  if (status === 403) say("Việc này bị từ chối. Có thể phiên đăng nhập đã hết: mở thẻ mới để đăng nhập, rồi thử lại ở đây.");
  else say(`Máy chủ không thực hiện được (mã ${status}). Xin thử lại; nếu vẫn lỗi, báo văn thư kèm giờ ở cuối trang.`);
});

// Rolls that were called without a network and wait on this device; the page of a roll sees to them itself.
const waitingRolls = `kim-dong.roll.${document.body.dataset.user}.`;
if (!document.querySelector("[data-roll]") && Object.keys(localStorage).some((key) => key.startsWith(waitingRolls))) {
  import("./roll/elsewhere.js");
}

const clock = document.querySelector(".foot time");
if (clock) {
  const ahead = Date.parse(clock.dateTime) - Date.now();
  const format = new Intl.DateTimeFormat("vi-VN", {
    timeZone: "Asia/Ho_Chi_Minh", hourCycle: "h23",
    hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric",
  });
  setInterval(() => {
    const part = Object.fromEntries(format.formatToParts(Date.now() + ahead).map((p) => [p.type, p.value]));
    clock.textContent = `${part.hour}:${part.minute} ${part.day}/${part.month}/${part.year}`;
  }, 15000);
}
