// Values that seldom go together: the teacher says why they are right, in a dialog over the sheet (the page «doubts/» does the same).
import { cover } from "../idle.js";
import { showDoubts } from "./remarks.js";

/** Asks for the reasons of a cell's warnings; what could not be kept stays in the dialog, with the words why. */
export function askReason(cell, { token }) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Lí do");
  const form = document.createElement("form");
  form.method = "dialog";
  const title = Object.assign(document.createElement("h2"), { className: "mt-0", textContent: `${cell.pupil} · ${cell.label}` });
  const fields = cell.doubts.map((sentence, number) => field(cell, sentence, number));
  const error = Object.assign(document.createElement("p"), { className: "field-errors" });
  error.setAttribute("role", "alert");
  const save = Object.assign(document.createElement("button"), { type: "submit", className: "btn btn-primary", textContent: "Lưu lí do" });
  const close = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary", textContent: "Đóng" });
  const acts = Object.assign(document.createElement("div"), { className: "d-flex gap-2 mt-3" });
  acts.append(save, close);
  form.append(title, ...fields.map(({ place }) => place), error, acts);
  dialog.append(form);
  document.body.append(dialog);
  close.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    error.textContent = await give(cell, fields, token);
    save.disabled = false;
    if (!error.textContent) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    cell.show(cell.state);
    showDoubts(cell.grid);
    cell.focus();
  });
  dialog.showModal();
  fields[0].input.focus();
}

function field(cell, sentence, number) {
  const place = Object.assign(document.createElement("div"), { className: "field" });
  const label = Object.assign(document.createElement("label"), { htmlFor: `reason-${number}`, textContent: sentence });
  const input = Object.assign(document.createElement("textarea"), { id: label.htmlFor, rows: 2, maxLength: 300, className: "form-control" });
  const known = cell.answerTo(sentence);
  const said = Object.assign(document.createElement("p"), { className: "small muted", id: `known-${number}`, textContent: known || "Vì sao như vậy là đúng? Lí do được lưu cùng tên và giờ, người kiểm tra đọc được." });
  input.setAttribute("aria-describedby", said.id);
  place.append(label, input, said);
  return { place, input, sentence };
}

async function give(cell, fields, token) {
  const typed = fields.filter(({ input }) => input.value.trim());
  if (!typed.length) return "Chưa ghi lí do.";
  for (const { sentence, input } of typed) {
    const body = JSON.stringify({ student: Number(cell.student), sentence, reason: input.value });
    let response;
    try {
      response = await fetch(`${cell.address}doubts/`, { method: "POST", body, redirect: "manual", headers: { "Content-Type": "application/json", "X-CSRFToken": token.value } });
    } catch {
      return "Không nối được với máy chủ: lí do chưa lưu, còn nguyên ở đây.";
    }
    if (response.status === 401) {
      cover();
      return "Màn hình đang khoá: lí do chưa lưu, còn nguyên ở đây.";
    }
    const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
    if (!response.ok) return answer.error || "Lí do chưa lưu: phiên đăng nhập có thể đã hết. Đăng nhập ở thẻ mới rồi bấm lại.";
    cell.grid.answers.set(`${cell.key} ${sentence}`, answer.answer);
  }
  return "";
}
