// The roll on a telephone: taps on a name, the count, and saving that outlives a lost network and a closed tab.
import { find, forget, flush, keep, newToken, watch } from "./roll/outbox.js";

const NEXT = { "": "P", P: "K", K: "" };
let sent = []; // tokens of saves from this page whose outcome is not known

const roll = () => document.querySelector("[data-roll]");
const form = () => document.querySelector("[data-roll-form]");

function radios() {
  return [...form().querySelectorAll("input[type=radio]")];
}

function count() {
  const kinds = radios().filter((each) => each.checked).map((each) => each.value);
  const leave = kinds.filter((kind) => kind === "P").length;
  const other = kinds.filter((kind) => kind === "K").length;
  form().querySelector("[data-count]").textContent = `Sĩ số ${kinds.length} · vắng ${leave + other} (P ${leave}, K ${other})`;
}

function status(kind, text) {
  const place = form()?.querySelector("[data-status]");
  if (!place) return;
  place.dataset.kind = kind;
  place.textContent = text;
}

/** Takes what was kept back into the form, where it is still the same list of pupils. */
function restore(fields) {
  for (const radio of radios()) {
    if (radio.name in fields) radio.checked = radio.value === fields[radio.name];
  }
  count();
}

function save() {
  const { place, label } = roll().dataset;
  const fields = Object.fromEntries(new FormData(form()));
  delete fields.csrfmiddlewaretoken;
  sent = [...new Set([...sent, ...(find(place)?.fields.after ?? "").split(","), find(place)?.fields.token])].filter(Boolean);
  keep({ place, label, address: form().action, fields: { ...fields, after: sent.join(",") } });
  sent.push(fields.token);
  form().elements.token.value = newToken();
  form().removeAttribute("data-unsaved");
  status("saving", "Đang gửi…");
  flush(tell);
}

function tell(entry, { kind, answer, page }) {
  if (entry.place !== roll().dataset.place) return;
  if (kind === "saved") saved(entry, answer);
  if (kind === "offline") status("waiting", "Mất mạng: đã giữ trên máy này, tự gửi khi có mạng.");
  if (kind === "covered") status("waiting", "Màn hình đang khoá: đã giữ trên máy này, mở khoá là gửi.");
  if (kind === "signed-out") status("waiting", "Phiên đăng nhập đã hết: đã giữ trên máy này. Đăng nhập lại là gửi.");
  if (kind === "refused") show(page);
}

function saved(entry, { version, said }) {
  if (find(entry.place)) return; // saved again meanwhile: that one is on its way
  sent = [];
  form().elements.version.value = version;
  status("saved", said);
  document.querySelector("[data-told]").textContent = said;
  const state = document.querySelector(".roll-sessions [aria-current] .state");
  if (!state || state.dataset.kind === "ok") return;
  state.dataset.kind = "ok";
  const use = state.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#check-circle"));
  state.querySelector("span").textContent = "đã điểm danh";
}

/** The server's page says why it was not saved, beside what was tapped; the rest of this page stays. */
function show(text) {
  const answer = new DOMParser().parseFromString(text, "text/html");
  const anew = answer.querySelector("[data-roll]");
  if (!anew) return status("refused", answer.querySelector(".refusal, main p")?.textContent.trim() ?? "Máy chủ không nhận lần lưu này. Tải lại trang.");
  roll().replaceWith(anew);
  sent = [];
  begin();
  document.querySelector("[data-form-errors]")?.focus();
}

function begin() {
  form()?.addEventListener("change", count);
  form()?.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  for (const name of document.querySelectorAll("[data-next]")) {
    name.addEventListener("click", () => {
      const choices = [...name.closest("fieldset").querySelectorAll("input")];
      const wanted = NEXT[choices.find((each) => each.checked)?.value ?? ""];
      const next = choices.find((each) => each.value === wanted);
      next.checked = true;
      next.dispatchEvent(new Event("input", { bubbles: true }));
      next.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  document.querySelector("[data-keep-stored]")?.addEventListener("click", () => {
    forget(roll().dataset.place);
    form()?.removeAttribute("data-unsaved");
  });
}

begin();
const kept = find(roll().dataset.place);
if (kept) {
  if (form()) restore(kept.fields);
  keep({ ...kept, refused: false }); // sent once more: the answer shows what stands now, and the choices
}
watch(tell);
