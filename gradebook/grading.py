"""The rules of assessment as pure functions: what may be written in a cell, and what a year comes to.

Source: Thông tư 27/2020/TT-BGDĐT Điều 7, 9, 11 and 13; each rule stands in words with worked numbers in
docs/regulation.md, and the tests use the same numbers. Imports neither Django nor a model.

Never computed here, because a person decides: the attainment of a line (R24), promotion (R42), a pupil's
outstanding subject or progress (R45). Absences play no part in anything here (R43).
"""

import enum
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from gradebook.regulation import (
    COMPETENCY_LINES,
    Attainment,
    Award,
    Line,
    Period,
    Rating,
    RuleSet,
    Trait,
    TraitGroup,
    YearResult,
    check_covered,
    has_mark,
    line_by_code,
    lines_for,
    optional_lines_for,
    trait_by_code,
    traits_for,
)


class ValueRefused(ValueError):
    """A value that may not stand in its cell; the text says in Vietnamese what is allowed.

    The place (row, column) is not in it: the caller knows the place and writes it before.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


# ── What may be written in a cell ─────────────────────────────────────────────────────────────────────

_FULL_WIDTH_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}


def check_mark(value: str | float, rules: RuleSet) -> int:
    """A test mark as a whole number within the scale (Điều 7: scale of 10, no decimals; R23).

    Takes text as typed or a number as a workbook gives it (8.0 is 8). Spaces around and full-width digits
    are understood; "8,5", "8.5", "9,0", "11", "-1", "A" and blank raise ValueRefused. 0 is accepted while
    the floor is 0: see zero_warning.
    """
    scale = f"số nguyên từ {rules.mark_floor} đến {rules.mark_ceiling}"
    text = _mark_text(value)
    if not text:
        raise ValueRefused(f"Chưa ghi điểm KTĐK: cần {scale}.")
    if re.fullmatch(r"-?[0-9]+[.,][0-9]+", text):
        raise ValueRefused(f"Điểm KTĐK “{text}” là số thập phân: không cho điểm thập phân, hãy ghi {scale}.")
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueRefused(f"Điểm KTĐK “{text}” không phải là số: hãy ghi {scale}.")
    if text.startswith("-") or len(text) > 2 or not rules.mark_floor <= int(text) <= rules.mark_ceiling:
        raise ValueRefused(f"Điểm KTĐK “{text}” nằm ngoài thang điểm: hãy ghi {scale}.")
    return int(text)


def _mark_text(value: str | float) -> str:
    if isinstance(value, str):
        return _without_invisible(value).strip().translate(_FULL_WIDTH_DIGITS)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace(".", ",")


def _without_invisible(text: str) -> str:
    """Without format characters (zero-width space, byte-order mark), which pasted text carries unseen."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _level_key(text: str) -> str:
    """Case, tone and spacing aside; Đ as D, also the Icelandic Ð of old Vietnamese fonts."""
    text = _without_invisible(text).lower().replace("đ", "d").replace("ð", "d")
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn")
    return " ".join(bare.lower().split())


_ATTAINMENT_BY_KEY = {
    _level_key(text): level
    for level, texts in {
        Attainment.T: ("T", "HTT", "Hoàn thành tốt"),
        Attainment.H: ("H", "HT", "Hoàn thành"),
        Attainment.C: ("C", "CHT", "Chưa hoàn thành"),
    }.items()
    for text in texts
}
# "dd" and "d9" are what Đ becomes when the Telex or VNI keyboard is off.
_RATING_BY_KEY = {
    _level_key(text): level
    for level, texts in {
        Rating.T: ("T", "Tốt"),
        Rating.D: ("Đ", "Đạt", "dd", "d9"),
        Rating.C: ("C", "CCG", "Cần cố gắng"),
    }.items()
    for text in texts
}
_ATTAINMENTS_ALLOWED = "T (Hoàn thành tốt), H (Hoàn thành), C (Chưa hoàn thành)"
_RATINGS_ALLOWED = "T (Tốt), Đ (Đạt), C (Cần cố gắng)"


def check_attainment(text: str) -> Attainment:
    """Mức đạt được of a line: T, H, C in either case, or the words (R21, R88); else ValueRefused."""
    level = _ATTAINMENT_BY_KEY.get(_level_key(text))
    if level is None:
        hint = (
            " Đ là mức của phẩm chất, năng lực." if _RATING_BY_KEY.get(_level_key(text)) is Rating.D else ""
        )
        raise ValueRefused(_level_refusal(text, "Mức đạt được", _ATTAINMENTS_ALLOWED) + hint)
    return level


def check_rating(text: str) -> Rating:
    """Mức of a quality or competency: T, Đ (or D), C in either case, or the words; else ValueRefused."""
    level = _RATING_BY_KEY.get(_level_key(text))
    if level is None:
        hint = " H là mức của môn học." if _ATTAINMENT_BY_KEY.get(_level_key(text)) is Attainment.H else ""
        raise ValueRefused(_level_refusal(text, "Mức phẩm chất, năng lực", _RATINGS_ALLOWED) + hint)
    return level


def _level_refusal(text: str, what: str, allowed: str) -> str:
    shown = " ".join(text.split())
    return (
        f"{what} “{shown}” không hợp lệ: hãy ghi {allowed}."
        if shown
        else f"{what} còn trống: hãy ghi {allowed}."
    )


def plain_text(text: str) -> str:
    """Typed text fit to store and print: NFC, stripped, no control or invisible characters; line breaks as \\n."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    unwanted = ("Cc", "Cf", "Cs")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in unwanted).strip()


def says_something(text: str) -> bool:
    """Whether a reason has words in it: dots and invisible characters are none."""
    return sum(character.isalnum() for character in plain_text(text)) >= 3


def check_comment(text: str, rules: RuleSet) -> str:
    """A comment fit to store and print (R27): NFC, stripped, no control or invisible characters.

    Line breaks stay (as \\n), a tab becomes a space; "" is an erased comment. Counts characters after
    that and raises ValueRefused past rules.comment_limit, saying how many are too many.
    """
    typed, text = text, plain_text(text)
    if typed.strip() and not text:
        raise ValueRefused("Nhận xét chỉ gồm kí tự không in được: hãy gõ lại.")
    over = len(text) - rules.comment_limit
    if over > 0:
        raise ValueRefused(
            f"Nhận xét dài {len(text)} kí tự, quá giới hạn {rules.comment_limit}: hãy bớt {over} kí tự."
        )
    return text


# ── What looks odd but is allowed ─────────────────────────────────────────────────────────────────────


def mark_warnings(attainment: Attainment | None, mark: int | None, rules: RuleSet) -> tuple[str, ...]:
    """Sentences on a level and a mark that schools do not expect together (R25); practice, not law.

    Expected: T with 7 to 10, H with 5 or 6, C below 5. Nothing when either is blank or the school year
    has switched the check off.
    """
    if attainment is None or mark is None or not rules.warns_on_level_and_mark:
        return ()
    lowest, highest = usual_marks(rules)[attainment]
    if lowest <= mark <= highest:
        return ()
    return (f"{attainment} mà điểm {mark}: {attainment} thường đi với điểm từ {lowest} đến {highest}.",)


def usual_marks(rules: RuleSet) -> Mapping[Attainment, tuple[int, int]]:
    """From which mark to which a level is expected (R25)."""
    return {
        Attainment.T: (rules.good_mark, rules.mark_ceiling),
        Attainment.H: (rules.pass_mark, rules.good_mark - 1),
        Attainment.C: (rules.mark_floor, rules.pass_mark - 1),
    }


def zero_warning(mark: int | None) -> str | None:
    """A sentence when the mark is 0 (R23): lawful, but more often an absent pupil than an empty paper."""
    if mark != 0:
        return None
    return "Điểm KTĐK là 0: hãy xem lại bài kiểm tra; nếu học sinh chưa kiểm tra thì để trống."


def pair_warnings(
    attainments: Mapping[str, Attainment | None], ratings: Mapping[str, Rating | None], rules: RuleSet
) -> tuple[str, ...]:
    """Sentences on a subject and the competency it speaks of when they disagree (R26); practice, not law.

    Keys are line codes and trait codes. T goes with Tốt, H with Đạt, C with Cần cố gắng; where two lines
    speak of one competency (Âm nhạc, Mĩ thuật), any rating from the lower to the higher will do.
    """
    if not rules.warns_on_competency_pairs:
        return ()
    sentences = []
    for trait_code, line_codes in COMPETENCY_LINES.items():
        rating = ratings.get(trait_code)
        levels = {code: level for code in line_codes if (level := attainments.get(code)) is not None}
        ranks = [level.rank for level in levels.values()]
        if rating is not None and ranks and not min(ranks) <= rating.rank <= max(ranks):
            lines = ", ".join(f"{line_by_code(code).short_name} {level}" for code, level in levels.items())
            sentences.append(f"Năng lực {trait_by_code(trait_code).name} {rating} nhưng {lines}.")
    return tuple(sentences)


# ── What the year comes to ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class YearInputs:
    """Everything the year-end result of one pupil rests on: year-end values only (R36).

    ``attainments`` and ``marks`` are keyed by line code, ``ratings`` by trait code; an absent key and None
    both mean not entered. What is required follows from year and grade, never from which keys are there.
    ``exempt``: line and trait codes left out by the principal's decision on a KHGDCN (R33).
    ``optional_lines``: codes of lines the pupil takes; the optional among them count only if the year says so (R38).
    ``marks`` holds the official mark where there was a repeat test (R28).
    """

    year: int
    grade: int
    attainments: Mapping[str, Attainment | None] = field(hash=False)
    marks: Mapping[str, int | None] = field(hash=False)
    ratings: Mapping[str, Rating | None] = field(hash=False)
    rules: RuleSet
    exempt: frozenset[str] = frozenset()
    optional_lines: frozenset[str] = frozenset()
    is_not_assessed: bool = False


class ItemKind(enum.StrEnum):
    """What a required year-end item is: a line's level, a line's mark, or a trait's rating."""

    ATTAINMENT = "attainment"
    MARK = "mark"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class Item:
    """One year-end value that counts; ``code`` is a line or trait code, ``value`` None when not entered."""

    kind: ItemKind
    code: str
    name: str
    value: Attainment | Rating | int | None

    @property
    def sentence(self) -> str:
        """The item and its value in plain Vietnamese, for lists and for the reasons of a result."""
        if self.kind is ItemKind.MARK:
            what = f"{self.name}: điểm KTĐK cuối năm"
            return f"{what} chưa có" if self.value is None else f"{what} {self.value}"
        if isinstance(self.value, Attainment | Rating):
            return f"{self.name}: {self.value.label}"
        return f"{self.name}: mức cuối năm chưa có"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The proposed year-end result (R39) and why.

    ``result`` is None while a value is missing, and for a pupil who is not assessed. ``missing`` and
    ``failing`` are in học bạ order; ``failing`` is known before everything is in. ``reasons`` are the
    sentences on what kept the result from the next better one, or on why there is none.
    """

    result: YearResult | None
    missing: tuple[Item, ...] = ()
    failing: tuple[Item, ...] = ()
    reasons: tuple[str, ...] = ()


def year_result(inputs: YearInputs) -> Outcome:
    """The result of the year by Điều 9 (R35 to R38): the best that its weakest item allows.

    T or Tốt allows Hoàn thành xuất sắc; H or Đạt allows Hoàn thành; a mark allows xuất sắc from 9, tốt
    from 7, Hoàn thành from 5; anything else allows only Chưa hoàn thành. One blank leaves the result
    open, never Chưa hoàn thành. Raises NotCovered and UnknownGrade as regulation.check_covered does.
    """
    check_covered(inputs.year, inputs.grade, rules=inputs.rules)
    if inputs.is_not_assessed:
        return Outcome(None, reasons=("Học sinh khuyết tật không đánh giá: không xếp kết quả.",))
    items = tuple(_required_items(inputs))
    missing = tuple(item for item in items if item.value is None)
    allowed = [(item, best_allowed(item.value, inputs.rules)) for item in items if item.value is not None]
    failing = tuple(item for item, best in allowed if best is YearResult.CHT)
    if missing:
        return Outcome(None, missing, failing, tuple(item.sentence for item in missing))
    if not items:
        return Outcome(None, reasons=("Mọi nội dung đều được miễn: không có căn cứ xếp kết quả.",))
    result = min((best for _item, best in allowed), key=lambda best: best.rank)
    if result is YearResult.HTXS:
        return Outcome(result)
    reasons = tuple(_reason(item, result, inputs.rules) for item, best in allowed if best is result)
    return Outcome(result, (), failing, reasons)


def failing_items(inputs: YearInputs) -> tuple[Item, ...]:
    """What must be assessed again (R40): lines at C, qualities and competencies at C, marks below 5."""
    return year_result(inputs).failing


def after_reassessment(
    inputs: YearInputs,
    *,
    attainments: Mapping[str, Attainment] | None = None,
    marks: Mapping[str, int] | None = None,
    ratings: Mapping[str, Rating] | None = None,
) -> YearInputs:
    """The inputs with the results of đánh giá bổ sung in place of the failing ones (Điều 11, R41).

    The original stays with the caller, to be kept and printed as such. A line that fails by its level or
    its mark may have both replaced; a code that does not fail raises ValueRefused.
    """
    attainments, marks, ratings = attainments or {}, marks or {}, ratings or {}
    failing = {item.code for item in failing_items(inputs)}
    for code in (*attainments, *marks, *ratings):
        if code not in failing:
            name = trait_by_code(code).name if code in ratings else line_by_code(code).short_name
            raise ValueRefused(f"{name} không thuộc nội dung phải đánh giá bổ sung của học sinh.")
    return replace(
        inputs,
        attainments={**inputs.attainments, **attainments},
        marks={**inputs.marks, **marks},
        ratings={**inputs.ratings, **ratings},
    )


def _required_items(inputs: YearInputs) -> Iterator[Item]:
    """Every value the result needs, exempted ones left out, in học bạ order."""
    year, grade, rules = inputs.year, inputs.grade, inputs.rules
    for line in _counting_lines(inputs):
        if line.code in inputs.exempt:
            continue
        name = line.short_name
        yield Item(ItemKind.ATTAINMENT, line.code, name, inputs.attainments.get(line.code))
        if has_mark(year, grade, line.code, Period.YEAR_END, rules=rules):
            yield Item(ItemKind.MARK, line.code, name, inputs.marks.get(line.code))
    for trait in traits_for(year, grade, rules=rules):
        if trait.code not in inputs.exempt:
            yield Item(ItemKind.RATING, trait.code, _trait_name(trait), inputs.ratings.get(trait.code))


def _counting_lines(inputs: YearInputs) -> list[Line]:
    rules = inputs.rules
    lines = list(lines_for(inputs.year, inputs.grade, rules=rules))
    if rules.optional_lines_count:
        offered = optional_lines_for(inputs.year, inputs.grade, rules=rules)
        lines += [line for line in offered if line.code in inputs.optional_lines]
    return sorted(lines, key=lambda line: line.position)


def _trait_name(trait: Trait) -> str:
    """With its kind, since Khoa học, Tin học and Công nghệ are names of lines as well."""
    return f"{'Phẩm chất' if trait.group is TraitGroup.QUALITY else 'Năng lực'} {trait.name}"


def best_allowed(value: Attainment | Rating | int | None, rules: RuleSet) -> YearResult:
    """The best result of the year beside which this value can stand (R36)."""
    if isinstance(value, Attainment | Rating):
        return (YearResult.CHT, YearResult.HT, YearResult.HTXS)[value.rank]
    steps = (
        (rules.excellent_mark, YearResult.HTXS),
        (rules.good_mark, YearResult.HTT),
        (rules.pass_mark, YearResult.HT),
    )
    return next((best for mark, best in steps if value is not None and value >= mark), YearResult.CHT)


def _reason(item: Item, result: YearResult, rules: RuleSet) -> str:
    """Why this item held the year at this result: its value and what the next better result asks for."""
    better = {
        YearResult.CHT: (YearResult.HT, rules.pass_mark),
        YearResult.HT: (YearResult.HTT, rules.good_mark),
        YearResult.HTT: (YearResult.HTXS, rules.excellent_mark),
    }
    next_result, next_mark = better[result]
    if item.kind is ItemKind.MARK:
        need = f"từ {next_mark}"
    elif result is YearResult.CHT:
        need = "Hoàn thành trở lên" if item.kind is ItemKind.ATTAINMENT else "Đạt trở lên"
    else:
        need = "Hoàn thành tốt" if item.kind is ItemKind.ATTAINMENT else "Tốt"
    return f"{item.sentence}; để xếp {next_result.label} cần {need}."


# ── What follows from the result ──────────────────────────────────────────────────────────────────────


def completed_class(result: YearResult | None) -> bool | None:
    """Hoàn thành chương trình lớp học (Điều 11, R40): any result but CHT; None while there is no result."""
    return None if result is None else result is not YearResult.CHT


def completed_primary(grade: int, result: YearResult | None) -> bool | None:
    """Hoàn thành chương trình tiểu học (Điều 11, R44): grade 5 only; elsewhere False, whatever the result."""
    return completed_class(result) if grade == 5 else False


@dataclass(frozen=True, slots=True)
class AwardProposal:
    """The title a result opens (``candidate``), the one the pupil qualifies for, and what is lacking."""

    candidate: Award | None
    award: Award | None
    reasons: tuple[str, ...] = ()


def award_for(
    result: YearResult | None,
    *,
    outstanding_lines: Collection[str] = (),
    progress_traits: Collection[str] = (),
    recognised_by_class: bool = False,
    bars_title: bool = False,
) -> AwardProposal:
    """The year-end title by Điều 13 (R45). HTXS alone suffices for Học sinh Xuất sắc.

    HTT makes a candidate for Học sinh Tiêu biểu; the title needs at least one subject named outstanding
    (line codes) or one quality or competency named for progress (trait codes), and the recognition of
    the class. HT and CHT open neither, nor does a result after đánh giá bổ sung where the year bars it (`bars_title`;
    RuleSet.reassessed_may_be_honoured). Raises UnknownCode. Đột xuất awards and thư khen need no rule.
    """
    _check_codes(outstanding_lines, progress_traits)
    if result is None:
        return AwardProposal(None, None, ("Chưa có kết quả năm học.",))
    if bars_title and result in {YearResult.HTXS, YearResult.HTT}:
        return AwardProposal(None, None, ("Kết quả sau đánh giá bổ sung: không xét danh hiệu cuối năm.",))
    if result is YearResult.HTXS:
        return AwardProposal(Award.HSXS, Award.HSXS)
    if result is not YearResult.HTT:
        return AwardProposal(None, None, (f"Kết quả {result.label}: không thuộc diện khen thưởng cuối năm.",))
    lacking = []
    if not outstanding_lines and not progress_traits:
        lacking.append("Cần ghi rõ ít nhất một môn học nổi trội hoặc một phẩm chất, năng lực tiến bộ rõ rệt.")
    if not recognised_by_class:
        lacking.append("Cần được tập thể lớp công nhận.")
    return AwardProposal(Award.HSTB, None if lacking else Award.HSTB, tuple(lacking))


def _check_codes(lines: Iterable[str], traits: Iterable[str]) -> None:
    for code in lines:
        line_by_code(code)
    for code in traits:
        trait_by_code(code)


# ── What people decide ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Decided:
    """Something that no function here computes: who decides it, and by which article. For the page of the rules."""

    what: str
    who: str
    article: str


DECIDED_BY_PEOPLE: tuple[Decided, ...] = (
    Decided(
        "Mức đạt được của môn học, hoạt động giáo dục (R24)",
        "Giáo viên dạy đánh giá; không tính từ điểm KTĐK.",
        "Điều 7 khoản 1",
    ),
    Decided(
        "Kết quả giáo dục của năm học (R39)",
        "Hệ thống chỉ đề xuất; giáo viên chủ nhiệm xác nhận, Hiệu trưởng phê duyệt.",
        "Điều 9",
    ),
    Decided(
        "Lên lớp (R42)",
        "Hiệu trưởng quyết định, kể cả với học sinh chưa hoàn thành sau đánh giá bổ sung.",
        "Điều 11",
    ),
    Decided("Số ngày nghỉ (R43)", "Không dùng để xét kết quả, lên lớp hay khen thưởng.", "Điều 11"),
    Decided(
        "Môn học nổi trội, phẩm chất, năng lực tiến bộ rõ rệt (R45)",
        "Giáo viên đề cử, tập thể lớp công nhận.",
        "Điều 13",
    ),
)


@dataclass(frozen=True, slots=True)
class Assessed:
    """One of the ways in which a pupil with a disability is assessed in a content, and what follows from it here."""

    how: str
    what: str
    follows: str
    article: str


# What `YearInputs.exempt` and `is_not_assessed` stand for (R33).
OF_DISABLED_PUPILS: tuple[Assessed, ...] = (
    Assessed(
        "Bình thường", "như mọi học sinh trong lớp", "nhập đủ, tính vào kết quả như mọi học sinh", "Điều 8"
    ),
    Assessed(
        "Điều chỉnh",
        "theo yêu cầu đã điều chỉnh trong kế hoạch giáo dục cá nhân",
        "nhập đủ, tính vào kết quả như mọi học sinh",
        "Điều 8",
    ),
    Assessed(
        "Miễn",
        "nội dung được miễn theo quyết định của Hiệu trưởng (số, ngày), ghi trong kế hoạch giáo dục cá nhân",
        "không nhập mức, điểm, nhận xét; không tính vào kết quả",
        "Điều 8; Thông tư liên tịch 42/2013, Điều 3",
    ),
    Assessed(
        "Không đánh giá",
        "học sinh không được đánh giá ở nội dung nào",
        "không nhập, không xếp kết quả; được đếm riêng",
        "Điều 8",
    ),
)
