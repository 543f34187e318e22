// What looks odd in a comment and is pointed out at its cell, never refused (gradebook/comment_checks.py says the same).
import { placesLeft } from "./comment_places.js";

const FEWEST_ALIKE = 5;
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;
const SENTENCE_END = /(?:^|[.!?…:;\n])[\s«»"“”'(]*$/u;
const GIRL = ["cô bé", "bé gái", "bạn gái", "con gái", "cô gái", "cô học trò", "nữ sinh", "học sinh nữ", "cô ấy", "chị ấy", "cô ta", "chị ta"];
const BOY = ["cậu bé", "chú bé", "bé trai", "bạn trai", "con trai", "chàng trai", "cậu học trò", "nam sinh", "học sinh nam", "cậu ấy", "anh ấy", "cậu ta", "anh ta"];
const OTHERS = "(?<!các )(?<!những )(?<!nhiều )(?<!mấy )";
const NO_NAME_AFTER = new Set(["tiếng", "nước", "người", "môn"]);
const AFTER_A_SUBJECT = new Set("đã đang cần chưa có còn rất luôn nên là hãy học biết đọc viết hiểu nắm làm tiến tham chăm".split(" "));
const AFTER_ANY_SUBJECT = new Set("đã đang cần chưa còn luôn nên là hãy".split(" "));
const PRONOUNS = new Set(["em", "con", "bạn"]);
const OF_THE_PUPIL = new Set(["em", "con"]);
const SYLLABLE = /^(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?[aeiouy]{1,3}(?:ch?|m|ng?|nh|p|t)?$/u;
const SHORTEST_SLIP = 4;

const clean = (text) => text.normalize("NFC").trim().split(/\s+/u).join(" ");
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
const whole = (words) => `(?<![\\p{L}\\p{N}_])${words}(?![\\p{L}\\p{N}_])`;

/** Alike however the tone is placed: Hoà is Hòa. */
function key(words) {
  return words.map((word) => {
    const apart = word.toLowerCase().normalize("NFD");
    return `${apart.replace(TONES, "").normalize("NFC")} ${(apart.match(TONES) ?? []).join("")}`;
  }).join("|");
}

const folded = (words) => words.join(" ").toLowerCase().replace(/đ/gu, "d").normalize("NFD").replace(/\p{Mn}/gu, "");

export class ClassNames {
  constructor(fullNames) {
    this.byTail = new Map();
    for (const name of fullNames) {
      const words = clean(name).split(" ");
      for (let length = 1; length <= words.length; length += 1) {
        const tail = key(words.slice(-length));
        this.byTail.set(tail, (this.byTail.get(tail) ?? new Set()).add(name));
      }
    }
  }

  /** Sentences on one comment of a pupil {fullName, gender}; none where all is well. */
  remarks(typed, pupil) {
    const text = typed.normalize("NFC");
    const left = placesLeft(text).map((place) => `Còn chỗ chưa điền: «${place}».`);
    return [...new Set([...left, ...this.onNames(text, pupil), ...onCapitals(text, pupil), ...onGender(text, pupil)])];
  }

  onNames(text, pupil) {
    const own = clean(pupil.fullName).split(" ");
    return [...namesIn(text)]
      .map((readings) => readings.map((name) => this.onName(name, own, pupil)).find((said) => said !== null))
      .filter(Boolean);
  }

  /** A remark, "" for the pupil's own name, null for words that are nobody's. */
  onName(name, own, pupil) {
    const { words, follower, begins } = name;
    const tail = own.slice(-words.length);
    if (key(tail) === key(words)) return "";
    const others = [...this.byTail.get(key(words)) ?? []].filter((name) => name !== pupil.fullName).sort();
    const said = words.join(" ");
    if (others.length && (!begins || AFTER_A_SUBJECT.has(follower))) {
      return `«${said}» là tên bạn khác trong lớp (${others.join(", ")}), không phải tên em.`;
    }
    if (isUnmarked(name, tail) || isSlip(name, tail)) return `Tên em là «${tail.join(" ")}», ở đây viết «${said}».`;
    return null;
  }
}

/** The pupil's name but for its marks. At the beginning «Hiểu biết» is no Hiếu, but «Bang chăm» is Bằng. */
function isUnmarked({ words, follower, begins }, tail) {
  if (folded(tail) !== folded(words)) return false;
  const hasNoMarks = words.join(" ").toLowerCase() === folded(words);
  return !begins || AFTER_ANY_SUBJECT.has(follower) || (hasNoMarks && AFTER_A_SUBJECT.has(follower));
}

/** The pupil's name but for one letter: «Tiến Ahn», «em An» of an Anh. */
function isSlip({ words, before }, tail) {
  if (tail.length !== words.length) return false;
  const pairs = tail.map((word, index) => [folded([word]), folded([words[index]])]);
  const other = pairs.filter(([own, said]) => own !== said);
  if (other.length !== 1 || !isNear(...other[0])) return false;
  const [[own, said]] = other;
  const isOfItsLetters = own.length !== said.length || [...own].sort().join() === [...said].sort().join();
  if (pairs.length > 1) return isOfItsLetters || own.length >= SHORTEST_SLIP;
  return isOfItsLetters && (!SYLLABLE.test(said) || OF_THE_PUPIL.has(before));
}

/** One letter left out, put in, taken for another, or two side by side in each other's place. */
function isNear(one, other) {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const [rest, others] = [one.slice(start), other.slice(start)];
  const isSwapped = rest.slice(0, 2) === [...others.slice(0, 2)].reverse().join("") && rest.slice(2) === others.slice(2);
  return rest.slice(1) === others || rest === others.slice(1) || rest.slice(1) === others.slice(1) || isSwapped;
}

function onCapitals(text, { fullName }) {
  const name = clean(fullName);
  if (!name.includes(" ")) return [];
  const found = text.match(new RegExp(whole(escaped(name)), "giu")) ?? [];
  return found.some((each) => each !== name && each !== name.toUpperCase()) ? [`Tên riêng phải viết hoa: «${name}».`] : [];
}

function onGender(text, { gender }) {
  if (!gender) return [];
  const isBoy = gender === "male";
  return (isBoy ? GIRL : BOY)
    .filter((words) => new RegExp(OTHERS + whole(words), "iu").test(text))
    .map((words) => `«${words}» nói về ${isBoy ? "nữ" : "nam"}, mà em là ${isBoy ? "nam" : "nữ"}.`);
}

/** Runs of words with capitals; one that begins a sentence is read as a whole, then without its first word. */
function* namesIn(text) {
  const words = [...text.matchAll(/\p{L}+/gu)];
  const touches = (index) => text.slice(words[index - 1].index + words[index - 1][0].length, words[index].index) === " ";
  const hasCapital = (word) => word[0] !== word[0].toLowerCase();
  for (let index = 0; index < words.length;) {
    let end = index;
    while (end < words.length && hasCapital(words[end][0]) && (end === index || touches(end))) end += 1;
    if (end === index) {
      index += 1;
      continue;
    }
    const run = words.slice(index, end).map((word) => word[0]);
    const follower = end < words.length && touches(end) ? words[end][0] : "";
    const before = index && touches(index) ? words[index - 1][0].toLowerCase() : "";
    const isPronoun = PRONOUNS.has(run[0].toLowerCase());
    if (SENTENCE_END.test(text.slice(0, words[index].index))) {
      const all = isPronoun ? [] : [{ words: run, before, follower, begins: run.length === 1 }];
      const rest = run.length > 1 ? [{ words: run.slice(1), before: run[0].toLowerCase(), follower, begins: false }] : [];
      yield [...all, ...rest];
    } else if (!NO_NAME_AFTER.has(before) && !isPronoun) yield [{ words: run, before, follower, begins: false }];
    index = end;
  }
}

/** How many of [[pupil, comment], …] have one and the same comment, names aside, if that is most of them; else 0. */
export function alike(comments) {
  const counted = new Map();
  for (const [pupil, text] of comments) {
    if (!text.trim()) continue;
    const same = bare(pupil, text);
    counted.set(same, (counted.get(same) ?? 0) + 1);
  }
  const most = Math.max(0, ...counted.values());
  return most >= FEWEST_ALIKE && 2 * most > comments.length ? most : 0;
}

export function alikeWords(number, label, pupils) {
  return `Cột «${label}»: ${number} trên ${pupils} em có cùng một nhận xét. Nhận xét nên nói về sự tiến bộ của riêng từng em (TT 27/2020, Điều 4).`;
}

function bare({ fullName }, text) {
  const name = clean(fullName);
  let found = clean(text);
  for (const each of [name, name.split(" ").at(-1)]) found = found.replace(new RegExp(whole(escaped(each)), "gu"), "tên");
  return found.toLowerCase().replace(/[ .]+$/u, "");
}
