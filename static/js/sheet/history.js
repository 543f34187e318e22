// The story of a cell, in a dialog over the sheet; the same words have a page of their own.
import { cover } from "../idle.js";

export async function showHistory(cell) {
  const dialog = document.querySelector("dialog[data-history]");
  const place = `${cell.address}history/${cell.student}/${cell.item}/${cell.field}/`;
  let response;
  try {
    response = await fetch(place, { headers: { "HX-Request": "true" }, redirect: "manual" });
  } catch {
    return "Không nối được với máy chủ, chưa xem được lịch sử ô.";
  }
  if (response.status === 401) {
    cover();
    return "";
  }
  if (!response.ok) return "Chưa xem được lịch sử ô: phiên đăng nhập có thể đã hết.";
  dialog.innerHTML = await response.text(); // our own template, every value escaped there
  dialog.addEventListener("close", () => cell.focus(), { once: true });
  dialog.showModal();
  return "";
}
