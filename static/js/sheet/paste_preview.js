// What a paste would do, cell by cell, before any of it is done.
import { nameOf } from "./places.js";
import { levelOf, problemOf, same } from "./values.js";

const WORDS = { fresh: "mới", changed: "thay", same: "như cũ", refused: "bị từ chối", conflict: "xung đột" };
const COUNTED = { fresh: "mới", changed: "thay giá trị cũ", same: "giữ như cũ", refused: "bị từ chối", conflict: "xung đột" };

/** Judges `places` ([cell, text], …), first here, then by the server's `answer` (null where it could not be asked). */
export function judge(grid, places, answer) {
  const judged = places.map(([cell, text]) => judgeHere(grid, cell, text));
  const byName = new Map(judged.map((each) => [each.cell.name, each]));
  const of = (place) => byName.get(nameOf(place));
  for (const refused of answer?.refused ?? []) Object.assign(of(refused) ?? {}, { kind: "refused", why: refused.message });
  for (const conflict of answer?.conflicts ?? []) {
    const why = `${conflict.own ? "Chính thầy cô" : conflict.by || "Người khác"} đã ghi «${conflict.value || "(trống)"}» lúc ${conflict.at}; dán xong hãy chọn một giá trị.`;
    Object.assign(of(conflict) ?? {}, { kind: "conflict", why });
  }
  return judged;
}

function judgeHere(grid, cell, text) {
  if (cell.input.readOnly) { // «Miễn»: by a decision, which the title names
    const kind = !text || same(text, cell.value) ? "same" : "refused";
    return { cell, value: text, kind, why: kind === "refused" ? cell.input.title : "" };
  }
  const value = cell.isLevel ? levelOf(cell.field, text) ?? text : text;
  const why = problemOf(cell.field, value, grid.limits);
  if (why) return { cell, value, kind: "refused", why };
  if (same(value, cell.value)) return { cell, value, kind: "same", why: "" };
  if (cell.conflict) return { cell, value, kind: "conflict", why: "Ô đang chờ chọn giữa hai giá trị." };
  return { cell, value, kind: cell.value ? "changed" : "fresh", why: "" };
}

/** Shows it; resolves to "cells", to "one" where all lines shall go into the one comment, or to "" for not at all. */
export function confirmPaste(judged, { beyond, told, isLines, notice }) {
  const dialog = element("dialog", { className: "paste" });
  const count = (kind) => judged.filter((each) => each.kind === kind).length;
  const sum = Object.keys(COUNTED).filter(count).map((kind) => `${count(kind)} ô ${COUNTED[kind]}`).join(", ");
  const head = element("h2", { id: "paste-head", textContent: `Dán ${judged.length} ô` });
  dialog.setAttribute("aria-labelledby", head.id);
  const go = element("button", { className: "btn btn-primary", type: "button", textContent: "Dán vào sổ", autofocus: true });
  const stop = element("button", { className: "btn btn-secondary", type: "button", textContent: "Thôi" });
  const one = element("button", { className: "btn btn-secondary", type: "button", textContent: "Dán tất cả vào một nhận xét này", hidden: !isLines });
  const fell = beyond ? `; ${beyond} ô nằm ngoài bảng bị bỏ` : "";
  dialog.append(head, element("p", { textContent: `${sum}${fell}.` }));
  if (judged.some(({ cell, kind }) => kind === "refused" && !cell.input.readOnly)) dialog.append(element("p", { className: "small", textContent: "Ô bị từ chối được đánh dấu trong sổ để sửa (F8), chưa ghi vào sổ." }));
  for (const words of told) dialog.append(element("p", { className: "small", textContent: words }));
  go.disabled = !judged.length;
  if (notice) dialog.append(element("p", { className: "small", textContent: notice }));
  dialog.append(troubles(judged), table(judged), buttons(go, one, stop));
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer = "";
    for (const [button, meant] of [[go, "cells"], [one, "one"]]) {
      button.addEventListener("click", () => {
        answer = meant;
        dialog.close();
      });
    }
    stop.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
    (go.disabled ? stop : go).focus();
  });
}

function troubles(judged) {
  const list = element("ul", { className: "paste-why" });
  for (const { cell, kind, why } of judged) {
    if (!why) continue;
    const li = element("li", { textContent: why.startsWith(cell.label) ? `${cell.pupil}: ${why}` : `${cell.pupil}, ${cell.label}: ${why}` });
    li.dataset.kind = kind;
    list.append(li);
  }
  list.hidden = !list.children.length;
  return list;
}

function table(judged) {
  const columns = [...new Set(judged.map(({ cell }) => cell.column))].sort((a, b) => a - b);
  const rows = Map.groupBy ? Map.groupBy(judged, ({ cell }) => cell.row) : grouped(judged);
  const scroll = element("div", { className: "table-scroll", tabIndex: 0, role: "region", ariaLabel: "Các ô sẽ dán" });
  const made = element("table", { className: "list" });
  const first = judged[0]?.cell.grid;
  const top = made.createTHead().insertRow();
  for (const word of [first.form.dataset.pupil ? "Nội dung" : "Họ và tên", ...columns.map((column) => first.labels[column])]) top.append(element("th", { scope: "col", textContent: word }));
  const body = made.createTBody();
  for (const each of rows.values()) {
    const tr = body.insertRow();
    tr.append(element("th", { scope: "row", textContent: each[0].cell.pupil }));
    for (const column of columns) tr.append(shown(each.find(({ cell }) => cell.column === column)));
  }
  scroll.append(made);
  return scroll;
}

function shown(judged) {
  const td = element("td", {});
  if (!judged) return td;
  const { cell, value, kind } = judged;
  td.dataset.kind = kind;
  if (kind !== "same" && cell.value) td.append(element("s", { textContent: cell.value }), " → ");
  td.append(element("b", { textContent: value || "(trống)" }), " ", element("small", { textContent: WORDS[kind] }));
  return td;
}

function grouped(judged) {
  const rows = new Map();
  for (const each of judged) rows.set(each.cell.row, [...(rows.get(each.cell.row) ?? []), each]);
  return rows;
}

function buttons(...made) {
  const place = element("div", { className: "d-flex gap-2 mt-3" });
  place.append(...made);
  return place;
}

function element(name, given) {
  return Object.assign(document.createElement(name), given);
}
