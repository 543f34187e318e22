"""Thông tư 22/2016/TT-BGDĐT as data: what the học bạ of a year before Thông tư 27/2020 holds, grade by grade.

Source: Thông tư 30/2014/TT-BGDĐT as amended by Thông tư 22/2016/TT-BGDĐT, with the subjects of the programme of 2006;
what stands where is in docs/regulation.md, section 12. Read second-hand, like the rest.

Only to keep what a signed học bạ on paper says: there are no four results of the year here, and nothing is computed.
Pure, as `gradebook.regulation` is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from gradebook.labels import Labelled
from gradebook.regulation import GRADES, RULE_SETS, NotCovered, UnknownGrade, year_label

FIRST_YEAR: Final = 2016
"""In force from 6/11/2016. What came before (30/2014 alone) had no levels T, H, C and T, Đ, C and another year page."""
LOWEST_MARK, HIGHEST_MARK = 1, 10
"""Điều 10: whole points, no 0 and no decimals."""
_LAST_GRADE: Final = GRADES[-1]
_ROADMAP: Final = RULE_SETS[0].roadmap


class OldGroup(Labelled):
    """Parts 2 and 3 of the year page, in the form's order."""

    COMPETENCY = "competency", "Năng lực"
    QUALITY = "quality", "Phẩm chất"


@dataclass(frozen=True, slots=True)
class OldLine:
    """A row of part 1. `grades` have the subject (`is_optional`: where the school taught it); `tested` mark it."""

    code: str
    name: str
    grades: tuple[int, ...]
    tested: tuple[int, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class OldTrait:
    """A competency or quality."""

    code: str
    name: str
    group: OldGroup


# Part 1 of the year page, in the form's order. Tested at the year's end (Điều 10): Tiếng Việt, Toán, Khoa học, Lịch sử
# và Địa lí, Ngoại ngữ, Tin học, Tiếng dân tộc. Ngoại ngữ, Tin học: the school's choice, with a test from grade 3.
_UPPER = (4, 5)
OLD_LINES: Final = (
    OldLine("TV", "Tiếng Việt", GRADES, tested=GRADES),
    OldLine("TOAN", "Toán", GRADES, tested=GRADES),
    OldLine("KH", "Khoa học", _UPPER, tested=_UPPER),
    OldLine("LSDL", "Lịch sử và Địa lí", _UPPER, tested=_UPPER),
    OldLine("NN", "Ngoại ngữ", GRADES, tested=(3, 4, 5), is_optional=True),
    OldLine("TH", "Tin học", GRADES, tested=(3, 4, 5), is_optional=True),
    OldLine("TDT", "Tiếng dân tộc", GRADES, tested=GRADES, is_optional=True),
    OldLine("DD", "Đạo đức", GRADES),
    OldLine("TNXH", "Tự nhiên và Xã hội", (1, 2, 3)),
    OldLine("AN", "Âm nhạc", GRADES),
    OldLine("MT", "Mĩ thuật", GRADES),
    OldLine("TCKT", "Thủ công/Kĩ thuật", GRADES),
    OldLine("TD", "Thể dục", GRADES),
)
OLD_LINE_BY_CODE: Final[Mapping[str, OldLine]] = MappingProxyType({line.code: line for line in OLD_LINES})

# Parts 2 and 3 (Điều 5 of 30/2014).
OLD_TRAITS: Final = (
    OldTrait("self_service", "Tự phục vụ, tự quản", OldGroup.COMPETENCY),
    OldTrait("cooperation", "Hợp tác", OldGroup.COMPETENCY),
    OldTrait("self_study", "Tự học, giải quyết vấn đề", OldGroup.COMPETENCY),
    OldTrait("diligence", "Chăm học, chăm làm", OldGroup.QUALITY),
    OldTrait("confidence", "Tự tin, trách nhiệm", OldGroup.QUALITY),
    OldTrait("honesty", "Trung thực, kỉ luật", OldGroup.QUALITY),
    OldTrait("solidarity", "Đoàn kết, yêu thương", OldGroup.QUALITY),
)


@dataclass(frozen=True, slots=True)
class OldResult:
    """A row of part 1: level T, H or C, mark and comment; blank and None for what the paper leaves blank."""

    attainment: str = ""
    mark: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class OldYear:
    """What the pages of one year say. Sizes in cm and kg, absences in days; `lines` and `ratings` by code.

    `is_struck`: recorded by mistake, so that nothing is printed of it.
    """

    year: int
    grade_level: int
    class_name: str = ""
    school_name: str = ""
    height_cm: int | None = None
    weight_kg: Decimal | None = None
    health: str = ""
    absent_with_leave: Decimal | None = None
    absent_without_leave: Decimal | None = None
    lines: Mapping[str, OldResult] = field(default_factory=dict)
    ratings: Mapping[str, str] = field(default_factory=dict)
    competency_comment: str = ""
    quality_comment: str = ""
    award: str = ""
    is_completed: bool = True
    completion: str = ""
    homeroom_teacher: str = ""
    principal: str = ""
    is_signed_by_deputy: bool = False
    source_paper: str = ""
    is_struck: bool = False


def is_old_year(year: int, grade_level: int) -> bool:
    """Whether a grade of 1 to 5 was assessed by this circular in that year."""
    return FIRST_YEAR <= year < _ROADMAP[grade_level]


def check_old_year(year: int, grade_level: int) -> None:
    """Raises UnknownGrade outside 1 to 5, NotCovered for a year of another circular, saying which and what to do."""
    if grade_level not in GRADES:
        raise UnknownGrade(f"Không có khối lớp {grade_level} ở cấp tiểu học: chỉ từ lớp 1 đến lớp 5.")
    if year >= _ROADMAP[grade_level]:
        raise NotCovered(
            f"Lớp {grade_level} năm học {year_label(year)} đánh giá theo Thông tư 27/2020/TT-BGDĐT, không ghi ở đây: "
            "kết quả của năm ấy ở sổ của lớp."
        )
    if year < FIRST_YEAR:
        raise NotCovered(
            f"Năm học {year_label(year)} chưa đánh giá theo Thông tư 22/2016/TT-BGDĐT (từ năm học "
            f"{year_label(FIRST_YEAR)}): học bạ năm ấy theo mẫu khác, giữ bản giấy."
        )


def last_old_year(grade_level: int) -> int:
    """The last year in which the grade was assessed by this circular."""
    return _ROADMAP[grade_level] - 1


def old_lines_for(grade_level: int) -> tuple[OldLine, ...]:
    """The rows of part 1 in which the grade can have something, in the form's order."""
    return tuple(line for line in OLD_LINES if grade_level in line.grades)


def blank_in(told: OldYear) -> list[str]:
    """Names of what a whole year page has and this one has not: said, never refused, for paper may leave it blank."""
    found = []
    for line in old_lines_for(told.grade_level):
        result = told.lines.get(line.code, OldResult())
        is_taught = not line.is_optional or result != OldResult()
        if is_taught and not result.attainment:
            found.append(f"mức {line.name}")
        if is_taught and told.grade_level in line.tested and result.mark is None:
            found.append(f"điểm {line.name}")
    return found + [trait.name for trait in OLD_TRAITS if not told.ratings.get(trait.code)]


def completion_words(grade_level: int, *, is_completed: bool) -> str:
    """Part 5 as it is usually written (Điều 14); the paper's own words go before."""
    programme = "tiểu học" if grade_level == _LAST_GRADE else f"lớp {grade_level}"
    return f"{'Hoàn thành' if is_completed else 'Chưa hoàn thành'} chương trình {programme}."
