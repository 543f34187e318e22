// What may stand in a cell, as far as the page can say it at once; the server judges again (gradebook/grading.py).

const WORDS = {
  level: { t: "T", htt: "T", "hoan thanh tot": "T", h: "H", ht: "H", "hoan thanh": "H", c: "C", cht: "C", "chua hoan thanh": "C" },
  rating: { t: "T", tot: "T", d: "Đ", dd: "Đ", d9: "Đ", dat: "Đ", c: "C", ccg: "C", "can co gang": "C" },
};

export const ALLOWED = {
  attainment: "T (Hoàn thành tốt), H (Hoàn thành) hoặc C (Chưa hoàn thành)",
  rating: "T (Tốt), Đ (Đạt, gõ D cũng được) hoặc C (Cần cố gắng)",
};

function folded(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/đ/g, "d").trim().replace(/\s+/g, " ");
}

/** T, H, C or T, Đ, C for what was typed or pasted; "" for blank; null for anything else. */
export function levelOf(field, text) {
  const key = folded(text);
  if (!key) return "";
  return (field === "rating" ? WORDS.rating : WORDS.level)[key] ?? null;
}

/** Two texts that the server would store alike. */
export function same(one, other) {
  return plain(one) === plain(other);
}

export function plain(text) {
  return text.normalize("NFC").replace(/\r\n?/g, "\n").trim();
}

/** Why a value cannot be saved, or "". `limit` is the longest comment. */
export function problemOf(field, text, limit) {
  const value = plain(text);
  if (!value) return "";
  if (field === "mark") {
    if (/^\d{1,2}$/.test(value) && Number(value) <= 10) return "";
    return `“${value}” không ghi được: điểm KTĐK là số nguyên từ 0 đến 10.`;
  }
  if (field === "comment") {
    const length = [...value].length;
    return length > limit ? `Nhận xét dài ${length} ký tự, quá giới hạn ${limit}: hãy bớt ${length - limit} ký tự.` : "";
  }
  return levelOf(field, value) === null ? `“${value}” không ghi được: hãy ghi ${ALLOWED[field]}.` : "";
}
