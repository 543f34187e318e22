"""The regulation as data, per school year: lines, periods, test matrix, traits, thresholds, legal bases.

Source: Thông tư 27/2020/TT-BGDĐT (assessment) and the 2018 programme (Thông tư 32/2018/TT-BGDĐT), as
collected in docs/regulation.md, where every table below stands in words beside its article.

Pure: imports neither Django nor a model. A year is the integer start year of the school year (2024 means
"2024 - 2025"); a grade is 1 to 5. Which rule set holds in a year is stored with the year: whoever asks
brings it along (``gradebook.year_rules.rules_of``). Where the regulation leaves a point to the school, RuleSet has
a field with the default.
"""

import datetime
import enum
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from gradebook.labels import Labelled

GRADES = (1, 2, 3, 4, 5)


class NotCovered(ValueError):
    """A grade in a year in which Thông tư 27/2020 did not yet apply to it; the text is for the user."""


class UnknownGrade(ValueError):
    """A grade outside 1 to 5; the text is for the user."""


class UnknownCode(ValueError):
    """A code that is not in LINES or TRAITS; the text is for the user."""


class _Ordered(Labelled):
    """Members stand from first (or best) to last."""

    @cached_property
    def _index(self) -> int:
        return list(type(self).__members__.values()).index(self)


class _TimesOfTheYear(enum.EnumType):
    """Goes through the four times of Điều 7 only, for that is what books, boards and the test matrix have.

    The supplementary assessment is opened, entered and stored as a period is, yet follows the year's end.
    """

    def __iter__(cls) -> Iterator[Any]:
        members: Iterator[Any] = super().__iter__()
        return (each for each in members if each != "BS")

    def __len__(cls) -> int:
        return super().__len__() - 1


class Period(_Ordered, metaclass=_TimesOfTheYear):
    """One of the four times of periodic assessment in a year (TT 27/2020 Điều 7).

    SUPPLEMENTARY (đánh giá bổ sung, Điều 11) stands beside them: its results keep company with those of the year's
    end and never replace them (R41). It is a member by name and value, and not one of the four when gone through.
    """

    MID_TERM_1 = "GHKI", "Giữa học kì I"
    END_TERM_1 = "CHKI", "Cuối học kì I"
    MID_TERM_2 = "GHKII", "Giữa học kì II"
    YEAR_END = "CN", "Cuối năm học"
    SUPPLEMENTARY = "BS", "Đánh giá bổ sung"

    @property
    def order(self) -> int:
        """Place in the year, 1 to 4; 5 for the supplementary assessment."""
        return self._index + 1

    @property
    def is_end_of_term(self) -> bool:
        """Whether the period closes a term; only then do most tests take place."""
        return self in (Period.END_TERM_1, Period.YEAR_END)


class Attainment(_Ordered):
    """Mức đạt được of a subject or activity (TT 27/2020 Điều 7 khoản 1). Its C is not the C of Rating."""

    T = "T", "Hoàn thành tốt"
    H = "H", "Hoàn thành"
    C = "C", "Chưa hoàn thành"

    @property
    def rank(self) -> int:
        """2 for T, 1 for H, 0 for C; comparable with Rating.rank (T-T, H-Đ, C-C)."""
        return 2 - self._index


class Rating(_Ordered):
    """Mức of a quality or competency (TT 27/2020 Điều 7 khoản 2). Its C means Cần cố gắng."""

    T = "T", "Tốt"
    D = "Đ", "Đạt"
    C = "C", "Cần cố gắng"

    @property
    def rank(self) -> int:
        """2 for T, 1 for Đ, 0 for C; comparable with Attainment.rank."""
        return 2 - self._index


class YearResult(_Ordered):
    """Đánh giá kết quả giáo dục, the four year-end results (TT 27/2020 Điều 9).

    The label is what part 4 of the học bạ year page prints.
    """

    HTXS = "HTXS", "Hoàn thành xuất sắc"
    HTT = "HTT", "Hoàn thành tốt"
    HT = "HT", "Hoàn thành"
    CHT = "CHT", "Chưa hoàn thành"

    @property
    def rank(self) -> int:
        """3 for HTXS down to 0 for CHT."""
        return 3 - self._index


class Award(_Ordered):
    """Year-end titles the principal gives (TT 27/2020 Điều 13); the label stands on the certificate."""

    HSXS = "HSXS", "Học sinh Xuất sắc"
    HSTB = "HSTB", "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện"


class TraitGroup(_Ordered):
    """The three tables of traits in the học bạ (parts 2, 3.1 and 3.2)."""

    QUALITY = "quality", "Phẩm chất chủ yếu"
    GENERAL = "general", "Năng lực chung"
    SPECIFIC = "specific", "Năng lực đặc thù"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the học bạ: a subject, an activity, or a half of Tin học và Công nghệ or Nghệ thuật.

    ``position`` is the row of the học bạ form (Phụ lục 1), 1 to 14. ``is_optional`` speaks of the grade
    the line was asked for: Ngoại ngữ 1 is optional in grades 1 and 2 only.
    """

    code: str
    name: str
    short_name: str
    position: int
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Trait:
    """A quality or competency; ``position`` is its place in the học bạ over all groups, 1 to 15."""

    code: str
    name: str
    group: TraitGroup
    position: int


# Học bạ, part 1: the rows of Phụ lục 1 of TT 27/2020, in the form's order.
LINES: tuple[Line, ...] = (
    Line("TV", "Tiếng Việt", "Tiếng Việt", 1),
    Line("TOAN", "Toán", "Toán", 2),
    Line("NN1", "Ngoại ngữ 1", "Ngoại ngữ 1", 3),
    Line("LSDL", "Lịch sử và Địa lí", "Lịch sử và Địa lí", 4),
    Line("KH", "Khoa học", "Khoa học", 5),
    Line("TH", "Tin học và Công nghệ (Tin học)", "Tin học", 6),
    Line("CN", "Tin học và Công nghệ (Công nghệ)", "Công nghệ", 7),
    Line("DD", "Đạo đức", "Đạo đức", 8),
    Line("TNXH", "Tự nhiên và Xã hội", "Tự nhiên và Xã hội", 9),
    Line("GDTC", "Giáo dục thể chất", "Giáo dục thể chất", 10),
    Line("AN", "Nghệ thuật (Âm nhạc)", "Âm nhạc", 11),
    Line("MT", "Nghệ thuật (Mĩ thuật)", "Mĩ thuật", 12),
    Line("HDTN", "Hoạt động trải nghiệm", "Hoạt động trải nghiệm", 13),
    Line("TDT", "Tiếng dân tộc", "Tiếng dân tộc", 14, is_optional=True),
)
_LINE_BY_CODE = {line.code: line for line in LINES}

# Học bạ, parts 2, 3.1 and 3.2 (TT 27/2020 Điều 5).
TRAITS: tuple[Trait, ...] = (
    Trait("yeu_nuoc", "Yêu nước", TraitGroup.QUALITY, 1),
    Trait("nhan_ai", "Nhân ái", TraitGroup.QUALITY, 2),
    Trait("cham_chi", "Chăm chỉ", TraitGroup.QUALITY, 3),
    Trait("trung_thuc", "Trung thực", TraitGroup.QUALITY, 4),
    Trait("trach_nhiem", "Trách nhiệm", TraitGroup.QUALITY, 5),
    Trait("tu_chu_tu_hoc", "Tự chủ và tự học", TraitGroup.GENERAL, 6),
    Trait("giao_tiep_hop_tac", "Giao tiếp và hợp tác", TraitGroup.GENERAL, 7),
    Trait("giai_quyet_van_de", "Giải quyết vấn đề và sáng tạo", TraitGroup.GENERAL, 8),
    Trait("ngon_ngu", "Ngôn ngữ", TraitGroup.SPECIFIC, 9),
    Trait("tinh_toan", "Tính toán", TraitGroup.SPECIFIC, 10),
    Trait("khoa_hoc", "Khoa học", TraitGroup.SPECIFIC, 11),
    Trait("cong_nghe", "Công nghệ", TraitGroup.SPECIFIC, 12),
    Trait("tin_hoc", "Tin học", TraitGroup.SPECIFIC, 13),
    Trait("tham_mi", "Thẩm mĩ", TraitGroup.SPECIFIC, 14),
    Trait("the_chat", "Thể chất", TraitGroup.SPECIFIC, 15),
)

_TRAIT_BY_CODE = {trait.code: trait for trait in TRAITS}

# TT 27/2020, Điều 2 of the circular itself: the first school year of each grade.
_ROADMAP: Mapping[int, int] = MappingProxyType({1: 2020, 2: 2021, 3: 2022, 4: 2023, 5: 2024})

# Programme of 2018 (TT 32/2018): compulsory lines; 8, 8, 11, 12 and 12 of them (R3).
_COMPULSORY: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("TV", "TOAN", "DD", "TNXH", "GDTC", "AN", "MT", "HDTN"),
        2: ("TV", "TOAN", "DD", "TNXH", "GDTC", "AN", "MT", "HDTN"),
        3: ("TV", "TOAN", "NN1", "TH", "CN", "DD", "TNXH", "GDTC", "AN", "MT", "HDTN"),
        4: ("TV", "TOAN", "NN1", "LSDL", "KH", "TH", "CN", "DD", "GDTC", "AN", "MT", "HDTN"),
        5: ("TV", "TOAN", "NN1", "LSDL", "KH", "TH", "CN", "DD", "GDTC", "AN", "MT", "HDTN"),
    }
)

# Lines a school may offer besides (R4): foreign language and early informatics in grades 1 and 2.
_OPTIONAL: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("NN1", "TH", "TDT"),
        2: ("NN1", "TH", "TDT"),
        3: ("TDT",),
        4: ("TDT",),
        5: ("TDT",),
    }
)

TestTable = Mapping[int, Mapping[Period, tuple[str, ...]]]

# The test matrix, TT 27/2020 Điều 7 khoản 1 (R22). At the end of a term: Tiếng Việt, Toán, Ngoại ngữ 1,
# Lịch sử và Địa lí, Khoa học, Tin học và Công nghệ where the grade has them; in grades 4 and 5 also
# Tiếng Việt and Toán in the middle of each term. A pair that is not here has no mark cell at all.
_GHKI, _CHKI, _GHKII, _CN = Period
_TWO = ("TV", "TOAN")
_FIVE = ("TV", "TOAN", "NN1", "TH", "CN")
_SEVEN = ("TV", "TOAN", "NN1", "LSDL", "KH", "TH", "CN")
_TESTS: TestTable = MappingProxyType(
    {
        1: {_GHKI: (), _CHKI: _TWO, _GHKII: (), _CN: _TWO},
        2: {_GHKI: (), _CHKI: _TWO, _GHKII: (), _CN: _TWO},
        3: {_GHKI: (), _CHKI: _FIVE, _GHKII: (), _CN: _FIVE},
        4: {_GHKI: _TWO, _CHKI: _SEVEN, _GHKII: _TWO, _CN: _SEVEN},
        5: {_GHKI: _TWO, _CHKI: _SEVEN, _GHKII: _TWO, _CN: _SEVEN},
    }
)

# Specific competencies (R5): the class tables of grades 1 and 2 have no Công nghệ and no Tin học.
_SPECIFIC: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: ("ngon_ngu", "tinh_toan", "khoa_hoc", "tham_mi", "the_chat"),
        2: ("ngon_ngu", "tinh_toan", "khoa_hoc", "tham_mi", "the_chat"),
        3: ("ngon_ngu", "tinh_toan", "khoa_hoc", "cong_nghe", "tin_hoc", "tham_mi", "the_chat"),
        4: ("ngon_ngu", "tinh_toan", "khoa_hoc", "cong_nghe", "tin_hoc", "tham_mi", "the_chat"),
        5: ("ngon_ngu", "tinh_toan", "khoa_hoc", "cong_nghe", "tin_hoc", "tham_mi", "the_chat"),
    }
)

# Which lines speak of which specific competency (R26); school practice, not law.
COMPETENCY_LINES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ngon_ngu": ("TV",),
        "tinh_toan": ("TOAN",),
        "khoa_hoc": ("TNXH", "KH"),
        "cong_nghe": ("CN",),
        "tin_hoc": ("TH",),
        "tham_mi": ("AN", "MT"),
        "the_chat": ("GDTC",),
    }
)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in force from a school year on, with the points left to the school as fields (R1).

    ``legal_bases`` are those of the year; a paper cites those of its day, see ``bases_on``. Tables are keyed by grade.
    Marks are whole points out of ten; ``comment_limit`` is in characters.
    """

    first_year: int
    name: str
    legal_bases: tuple[str, ...]
    roadmap: Mapping[int, int] = field(default_factory=lambda: _ROADMAP, hash=False, repr=False)
    compulsory: Mapping[int, tuple[str, ...]] = field(
        default_factory=lambda: _COMPULSORY, hash=False, repr=False
    )
    optional: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: _OPTIONAL, hash=False, repr=False)
    tests: TestTable = field(default_factory=lambda: _TESTS, hash=False, repr=False)
    specific: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: _SPECIFIC, hash=False, repr=False)
    mark_floor: int = 0
    mark_ceiling: int = 10
    excellent_mark: int = 9
    good_mark: int = 7
    pass_mark: int = 5
    comment_limit: int = 1000
    optional_lines_count: bool = False
    ethnic_language_has_mark: bool = False
    reassessed_may_be_honoured: bool = False
    warns_on_level_and_mark: bool = True
    warns_on_competency_pairs: bool = True

    @property
    def code(self) -> str:
        """Under which it is stored with a school year."""
        return str(self.first_year)

    def bases_on(self, day: datetime.date) -> tuple[str, ...]:
        """The lines that a paper of that day cites: a charter that is no longer in force is cited by none."""
        charter = _charter_on(day)
        return tuple(charter if each in _CHARTERS.values() else each for each in self.legal_bases)


_ASSESSMENT = (
    "Thông tư số 27/2020/TT-BGDĐT ngày 04 tháng 9 năm 2020 của Bộ trưởng Bộ Giáo dục và Đào tạo "
    "ban hành Quy định đánh giá học sinh tiểu học"
)
_CHARTER_2020 = (
    "Thông tư số 28/2020/TT-BGDĐT ngày 04 tháng 9 năm 2020 của Bộ trưởng Bộ Giáo dục và Đào tạo "
    "ban hành Điều lệ Trường tiểu học"
)
_CHARTER_2026 = (
    "Thông tư số 15/2026/TT-BGDĐT ngày 24 tháng 3 năm 2026 của Bộ trưởng Bộ Giáo dục và Đào tạo "
    "(Điều lệ nhà trường)"
)

# By the day from which each is in force, newest last: that of 2026 replaced the other inside 2025 - 2026.
_CHARTERS = {
    datetime.date(2020, 10, 20): _CHARTER_2020,
    datetime.date(2026, 5, 10): _CHARTER_2026,
}


def _charter_on(day: datetime.date) -> str:
    """Before the first of them the first: no year of that time has rules."""
    in_force = [charter for since, charter in _CHARTERS.items() if since <= day]
    return in_force[-1] if in_force else _CHARTER_2020


# Newest last.
RULE_SETS: tuple[RuleSet, ...] = (
    RuleSet(2020, "Thông tư 27/2020/TT-BGDĐT, Điều lệ 28/2020", (_CHARTER_2020, _ASSESSMENT)),
    RuleSet(2026, "Thông tư 27/2020/TT-BGDĐT, Điều lệ 15/2026", (_CHARTER_2026, _ASSESSMENT)),
)


def year_label(year: int) -> str:
    """The school year as the forms write it: 2024 → "2024 - 2025" (R2)."""
    return f"{year} - {year + 1}"


_RULE_SET_BY_CODE = {rules.code: rules for rules in RULE_SETS}


def rule_set(code: str) -> RuleSet:
    """The rule set with this code, every setting at its default; UnknownCode otherwise."""
    try:
        return _RULE_SET_BY_CODE[code]
    except KeyError:
        raise UnknownCode(f"Không có bộ quy định với mã “{code}”.") from None


@cache
def rules_for(year: int) -> RuleSet:
    """The rule set proposed for a school year: the newest when it began; NotCovered before 2020."""
    for rules in reversed(RULE_SETS):
        if rules.first_year <= year:
            return rules
    raise too_early(year)


def too_early(year: int) -> NotCovered:
    """The refusal for a year before the first rule set."""
    return NotCovered(
        f"Năm học {year_label(year)} chưa áp dụng Thông tư 27/2020/TT-BGDĐT "
        f"(bắt đầu từ năm học {year_label(RULE_SETS[0].first_year)})."
    )


def check_covered(year: int, grade: int, *, rules: RuleSet) -> None:
    """Raises UnknownGrade outside 1 to 5 and NotCovered before the grade's year in the roadmap."""
    if grade not in GRADES:
        raise UnknownGrade(f"Không có khối lớp {grade} ở cấp tiểu học: chỉ từ lớp 1 đến lớp 5.")
    first_year = rules.roadmap[grade]
    if year < first_year:
        raise NotCovered(
            f"Lớp {grade} năm học {year_label(year)} chưa áp dụng Thông tư 27/2020/TT-BGDĐT "
            f"(lớp {grade} áp dụng từ năm học {year_label(first_year)})."
        )


def lines_for(year: int, grade: int, *, rules: RuleSet) -> tuple[Line, ...]:
    """Compulsory lines of a grade in học bạ order (R3): 8 in grades 1 and 2, 11 in 3, 12 in 4 and 5."""
    check_covered(year, grade, rules=rules)
    return tuple(line for line in LINES if line.code in rules.compulsory[grade])


def optional_lines_for(year: int, grade: int, *, rules: RuleSet) -> tuple[Line, ...]:
    """Lines the school may switch on for a grade (R4), in học bạ order, each with is_optional set."""
    check_covered(year, grade, rules=rules)
    return tuple(replace(line, is_optional=True) for line in LINES if line.code in rules.optional[grade])


def has_mark(year: int, grade: int, line_code: str, period: Period, *, rules: RuleSet) -> bool:
    """Whether the cell "Điểm KTĐK" exists (TT 27/2020 Điều 7 khoản 1, R22); False means not applicable.

    Optional lines have none, unless the school year lets Tiếng dân tộc be tested at the end of terms.
    Raises UnknownCode for a code not in LINES.
    """
    check_covered(year, grade, rules=rules)
    line_by_code(line_code)
    if period is Period.SUPPLEMENTARY:  # what had a mark at the year's end is marked again
        period = Period.YEAR_END
    if line_code == "TDT":
        return rules.ethnic_language_has_mark and period.is_end_of_term
    return line_code in rules.tests[grade][period]


def traits_for(year: int, grade: int, *, rules: RuleSet) -> tuple[Trait, ...]:
    """Qualities and competencies of a grade in học bạ order (R5): 13 in grades 1 and 2, 15 in 3 to 5."""
    check_covered(year, grade, rules=rules)
    return tuple(t for t in TRAITS if t.group is not TraitGroup.SPECIFIC or t.code in rules.specific[grade])


def line_by_code(code: str) -> Line:
    """The line with this code; UnknownCode otherwise."""
    try:
        return _LINE_BY_CODE[code]
    except KeyError:
        raise UnknownCode(f"Không có môn học, hoạt động giáo dục với mã “{code}”.") from None


def trait_by_code(code: str) -> Trait:
    """The quality or competency with this code; UnknownCode otherwise."""
    try:
        return _TRAIT_BY_CODE[code]
    except KeyError:
        raise UnknownCode(f"Không có phẩm chất, năng lực với mã “{code}”.") from None


# Spellings met in files of the sector database and of vendors (R88), beside the two names of the line.
_LANGUAGES = ("Anh", "Pháp", "Nga", "Trung Quốc", "Trung", "Nhật", "Hàn", "Hàn Quốc", "Đức")
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "TV": ("TV", "Môn Tiếng Việt"),
    "TOAN": ("Môn Toán", "Toán học"),
    "NN1": (
        *("NN", "NN1", "Ngoại ngữ", "Anh văn"),
        *(f"Tiếng {name}" for name in _LANGUAGES),
        *(f"{prefix} Tiếng {name}" for prefix in ("Ngoại ngữ", "Ngoại ngữ 1") for name in _LANGUAGES),
    ),
    "LSDL": ("LSDL", "LS&ĐL", "LS-ĐL", "Lịch sử Địa lí", "Lịch sử & Địa lí", "Sử Địa"),
    "KH": ("KH",),
    "TH": ("TH", "TH-CN (Tin học)", "THCN Tin học", "Tin học Công nghệ (Tin học)", "Tin"),
    "CN": ("CN", "TH-CN (Công nghệ)", "THCN Công nghệ", "Tin học Công nghệ (Công nghệ)"),
    "DD": ("ĐĐ",),
    "TNXH": ("TNXH", "TN-XH", "TN&XH", "Tự nhiên Xã hội", "Tự nhiên & Xã hội"),
    "GDTC": ("GDTC", "GD thể chất", "Thể dục"),
    "AN": ("ÂN", "NT (Âm nhạc)", "Nghệ thuật - Âm nhạc", "Nhạc"),
    "MT": ("MT", "NT (Mĩ thuật)", "Nghệ thuật - Mĩ thuật"),
    "HDTN": ("HĐTN", "HĐ trải nghiệm", "Trải nghiệm"),
    "TDT": ("TDT", "Tiếng DT", "Tiếng dân tộc thiểu số", "Tiếng DTTS"),
}


def folded(text: str) -> str:
    """A key for comparing written names: no tone, no case, đ as d, y as i, & as va, single spaces.

    Marks and invisible characters (Unicode classes Mn and Cf) leave no trace, so NFC and NFD agree.
    """
    text = text.replace("&", " va ").lower().replace("đ", "d").replace("ð", "d")
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Mn", "Cf")
    )
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower().replace("y", "i")))


_LINE_BY_NAME = {
    folded(name): line for line in LINES for name in (line.name, line.short_name, *_SYNONYMS[line.code])
}


def line_by_name(text: str) -> Line | None:
    """The line a file means by a column or sheet name (R88, R96), or None.

    "Tin học và Công nghệ" alone is None: it is two lines, and a guess would put marks on the wrong one.
    """
    return _LINE_BY_NAME.get(folded(text))


# Where each part of the rules stands, for the page that shows them to the school.
_TT27 = "Thông tư 27/2020/TT-BGDĐT"
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "lines": "Chương trình giáo dục phổ thông 2018 (Thông tư 32/2018/TT-BGDĐT)",
        "tests": f"{_TT27}, Điều 7 khoản 1",
        "levels": f"{_TT27}, Điều 7",
        "traits": f"{_TT27}, Điều 5; khối 1, 2 theo mẫu bảng tổng hợp của lớp",
        "result": f"{_TT27}, Điều 9",
        "completion": f"{_TT27}, Điều 11; Luật Giáo dục 2019, Điều 34",
        "reassessment": f"{_TT27}, Điều 11",
        "awards": f"{_TT27}, Điều 13",
        "disability": f"{_TT27}, Điều 8; Thông tư liên tịch 42/2013/TTLT-BGDĐT-BLĐTBXH-BTC, Điều 3",
        "practice": "Nền nếp chuyên môn của nhà trường, không phải quy định của Bộ",
        "school": "Văn bản chưa nói rõ; đặt theo từng năm học",
        "people": _TT27,
    }
)
