"""What is counted, and under which headings: levels, KTĐK bands, qualities and competencies, results, attendance.

Pure data. Every column names the values that it counts, so that a number and the list behind it ask the same. Not
entered, exempt and not assessed are three things and stand apart (domain.md 1.3, 1.8; rules R32, R33). No mean of marks
and no order by result: a mark compares nobody (Thông tư 27/2020, Điều 4 and 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gradebook.labels import Labelled
from gradebook.regulation import Attainment, Award, Rating, YearResult

MISSING, EXEMPT, UNASSESSED = "missing", "exempt", "unassessed"


class Whom(Labelled):
    """Of whom a number is, by the word in an address (domain.md 2.7)."""

    ALL = "tat-ca", "Tổng số"
    GIRLS = "nu", "Nữ"
    MINORITY = "dan-toc", "Dân tộc"
    MINORITY_GIRLS = "nu-dan-toc", "Nữ dân tộc"
    DISABLED = "khuyet-tat", "Khuyết tật"


OPEN_GROUPS = (Whom.ALL, Whom.GIRLS)
"""Of the others a list tells what is sensitive of each pupil (rule R65)."""


class Matter(Labelled):
    """By the word in an address."""

    LEVELS = "muc-dat-duoc", "Mức đạt được"
    MARKS = "diem-ktdk", "Điểm KTĐK"
    TRAITS = "pham-chat-nang-luc", "Phẩm chất, năng lực"
    RESULTS = "ket-qua-nam", "Kết quả năm học"
    ATTENDANCE = "chuyen-can", "Chuyên cần"


@dataclass(frozen=True, slots=True)
class Column:
    """Pupils whose value is one of `values`; `item`: of what, where it is not the row's.

    `of` is whatever the share is taken of: the pupils with one of these values; () where a share says nothing.
    `is_level`: a level, mark or result itself, none to show before anybody has one. `is_minor`: of all pupils only, not
    of each group of them.
    """

    key: str
    label: str
    values: tuple[str, ...]
    of: tuple[str, ...] = ()
    item: str = ""
    full: str = ""
    is_level: bool = False
    is_minor: bool = False

    @property
    def words(self) -> str:
        """In full, for a list's heading."""
        return self.full or self.label


def _levels(labels: Sequence[tuple[str, str, str]], *, item: str = "") -> tuple[Column, ...]:
    values = tuple(value for value, _label, _full in labels)
    return tuple(
        Column(value.lower().replace("<", "duoi-"), label, (value,), values, item, full, is_level=True)
        for value, label, full in labels
    )


BANDS = tuple((str(mark), str(mark), f"Điểm {mark}") for mark in range(10, 4, -1))
BELOW = "<5"
LEVEL_COLUMNS = _levels([(each.value, each.value, each.label) for each in Attainment])
RATING_COLUMNS = tuple(
    Column(key, column.label, column.values, column.of, full=column.full, is_level=True)
    for key, column in zip(
        ("t", "d", "c"),
        _levels([(each.value, each.value, each.label) for each in Rating]),
        strict=True,
    )
)
BAND_COLUMNS = _levels([*BANDS, (BELOW, "Dưới 5", "Điểm dưới 5")])


def _around(columns: tuple[Column, ...], missing: str) -> tuple[Column, ...]:
    """The columns of a matter with the pupils, the assessed, and who is not assessed for which reason."""
    assessed = columns[0].of
    everybody = (*assessed, MISSING, EXEMPT, UNASSESSED)
    return (
        Column("tat-ca", "Số HS", everybody, full="Học sinh của lớp tại thời điểm"),
        Column("duoc-danh-gia", "Được đánh giá", assessed, full="Học sinh được đánh giá"),
        *columns,
        Column("chua-nhap", "Chưa nhập", (MISSING,), full=missing),
        Column("mien", "Miễn", (EXEMPT,), full="Được miễn theo quyết định"),
        Column("khong-danh-gia", "Không đánh giá", (UNASSESSED,), full="Khuyết tật không đánh giá"),
    )


RESULT, PROGRAMME, PRIMARY, PROMOTION, AWARD = "ket-qua", "chuong-trinh", "tieu-hoc", "len-lop", "danh-hieu"
SURPRISE, HIGHER, LETTER = "dot-xuat", "cap-tren", "thu-khen"
NOT_DECIDED, YES, NO = "chua-phe-duyet", "co", "khong"
_RESULTS = _levels([(each.value, each.value, each.label) for each in YearResult], item=RESULT)
_DECIDED = _RESULTS[0].of


def _yes_no(item: str, yes: tuple[str, str], no: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(
        Column(f"{item}-{value}", short, (value,), (YES, NO), item, full, is_level=True, is_minor=value == NO)
        for value, (short, full) in ((YES, yes), (NO, no))
    )


RESULT_COLUMNS = (
    Column("tat-ca", "Số HS", (*_DECIDED, MISSING, UNASSESSED), item=RESULT, full="Học sinh cuối năm"),
    *_RESULTS,
    Column(NOT_DECIDED, "Chưa phê duyệt", (MISSING,), item=RESULT, full="Chưa được phê duyệt kết quả"),
    Column("khong-xep", "Không xếp", (UNASSESSED,), item=RESULT, full="Không đánh giá, không xếp kết quả"),
    *_yes_no(
        PROGRAMME,
        ("HTCT lớp", "Hoàn thành chương trình lớp học"),
        ("Chưa HTCT", "Chưa hoàn thành chương trình lớp học"),
    ),
    Column(
        "htct-tieu-hoc",
        "HTCT tiểu học",
        (YES,),
        (YES, NO),
        PRIMARY,
        "Hoàn thành chương trình tiểu học",
        is_level=True,
        is_minor=True,
    ),
    *_yes_no(PROMOTION, ("Lên lớp", "Được lên lớp"), ("Ở lại", "Ở lại lớp")),
    *(
        Column(each.lower(), short, (each.value,), (*Award, NO), AWARD, each.label, True)
        for each, short in ((Award.HSXS, "HS Xuất sắc"), (Award.HSTB, "HS Tiêu biểu"))
    ),
    Column(SURPRISE, "Đột xuất", (YES,), item=SURPRISE, full="Khen thưởng đột xuất"),
    Column(HIGHER, "Cấp trên", (YES,), item=HIGHER, full="Khen thưởng của cấp trên"),
    Column(LETTER, "Thư khen", (YES,), item=LETTER, full="Thư khen"),
)

LEAVE, OTHER = "co-phep", "khong-phep"
ATTENDANCE_COLUMNS = (
    Column(LEAVE, "Có phép", (LEAVE,), full="Nghỉ có phép"),
    Column(OTHER, "Không phép", (OTHER,), full="Nghỉ không phép"),
    Column("tong", "Cộng", (LEAVE, OTHER), full="Nghỉ học"),
)

COLUMNS: dict[Matter, tuple[Column, ...]] = {
    Matter.LEVELS: _around(LEVEL_COLUMNS, "Chưa nhập mức đạt được"),
    Matter.MARKS: _around(BAND_COLUMNS, "Chưa nhập điểm KTĐK"),
    Matter.TRAITS: _around(RATING_COLUMNS, "Chưa nhập mức phẩm chất, năng lực"),
    Matter.RESULTS: RESULT_COLUMNS,
    Matter.ATTENDANCE: ATTENDANCE_COLUMNS,
}


def column_of(matter: Matter, key: str) -> Column | None:
    return next((each for each in COLUMNS[matter] if each.key == key), None)


VALUE_WORDS = {
    MISSING: "Chưa nhập",
    EXEMPT: "Miễn",
    UNASSESSED: "Không đánh giá",
}
