// What may stand in a cell, as far as the page can say it at once; the server judges again (gradebook/grading.py).

const WORDS = {
  level: { t: "T", htt: "T", "hoan thanh tot": "T", h: "H", ht: "H", "hoan thanh": "H", c: "C", cht: "C", "chua hoan thanh": "C" },
  rating: { t: "T", tot: "T", d: "Đ", dd: "Đ", d9: "Đ", dat: "Đ", c: "C", ccg: "C", "can co gang": "C" },
};

export const ALLOWED = {
  attainment: "T (Hoàn thành tốt), H (Hoàn thành) hoặc C (Chưa hoàn thành)",
  rating: "T (Tốt), Đ (Đạt, gõ D cũng được) hoặc C (Cần cố gắng)",
};

// The server's words for a level that was pasted or came from a file.
const REFUSED = { attainment: "Mức đạt được", rating: "Mức phẩm chất, năng lực" };
const CHOICES = {
  attainment: "T (Hoàn thành tốt), H (Hoàn thành), C (Chưa hoàn thành)",
  rating: "T (Tốt), Đ (Đạt), C (Cần cố gắng)",
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

/**
 * The level that letters typed one after the other stand for; null where they are none.
 * The longest word they begin with decides (HT is H, HTT is T, CH is C on the way to CHT); a letter again is that letter.
 */
export function levelTyped(field, letters) {
  const words = field === "rating" ? WORDS.rating : WORDS.level;
  const key = folded(letters);
  const isOnTheWay = Object.keys(words).some((word) => word.startsWith(key));
  if (!isOnTheWay) return /^(.)\1*$/.test(key) ? words[key[0]] ?? null : null;
  for (let length = key.length; length > 0; length -= 1) {
    const level = words[key.slice(0, length).trim()];
    if (level) return level;
  }
  return "";
}

/** Two texts that the server would store alike. Asked of each cell of the sheet at each key. */
export function same(one, other) {
  return one === other || plain(one) === plain(other);
}

/** As the server keeps it: what cannot be seen falls away there, and so is not counted here either. */
export function plain(text) {
  return text.normalize("NFC").replace(/\r\n?/g, "\n").replace(/\t/g, " ").replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu, "").trim();
}

/** Why a value cannot be saved, in the words of gradebook/grading.py, or "". `limits`: {comment, floor, ceiling}. */
export function problemOf(field, text, limits) {
  const value = plain(text);
  if (!value) return "";
  if (field === "mark") return markProblem(value, limits);
  if (field === "comment") {
    const length = [...value].length;
    const over = length - limits.comment;
    return over > 0 ? `Nhận xét dài ${length} kí tự, quá giới hạn ${limits.comment}: hãy bớt ${over} kí tự.` : "";
  }
  return levelOf(field, value) === null ? `${REFUSED[field]} “${value.replace(/\s+/g, " ")}” không hợp lệ: hãy ghi ${CHOICES[field]}.${mixUp(field, value)}` : "";
}

function mixUp(field, value) {
  if (field === "rating") return levelOf("attainment", value) === "H" ? " H là mức của môn học." : "";
  return levelOf("rating", value) === "Đ" ? " Đ là mức của phẩm chất, năng lực." : "";
}

function markProblem(value, { floor, ceiling }) {
  const scale = `số nguyên từ ${floor} đến ${ceiling}`;
  const mark = value.normalize("NFKC");
  if (/^-?\d+[.,]\d+$/.test(mark)) return `Điểm KTĐK “${mark}” là số thập phân: không cho điểm thập phân, hãy ghi ${scale}.`;
  if (!/^-?\d+$/.test(mark)) return `Điểm KTĐK “${mark}” không phải là số: hãy ghi ${scale}.`;
  if (mark.length <= 2 && Number(mark) >= floor && Number(mark) <= ceiling) return "";
  return `Điểm KTĐK “${mark}” nằm ngoài thang điểm: hãy ghi ${scale}.`;
}
