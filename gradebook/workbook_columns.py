"""The headings of mark files: what ours are called, what those of the sector database and of vendors mean (domain 6).

Also how a file names a period, and the key that each row of our own files carries.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gradebook.regulation import Period, TraitGroup, folded
from gradebook.sheets import Column, Field, SheetRef
from students.header_search import Synonyms, folded_heading
from students.roster_columns import SYNONYMS as ROSTER_SYNONYMS

IDS = ("moet_id", "school_code")
WHO = ("key", *IDS, "full_name")
KEY_HEADING = "Khoá (không sửa)"
PERIOD_HEADING = "Thời điểm đánh giá"
_FROM_ROSTERS = ("ordinal", "class_name", *IDS, "full_name", "birth_date")
_LINE_HEADINGS = {
    Field.ATTAINMENT: ("Mức đạt được", "Mức", "Mức độ", "Mức đạt", "Mức độ đạt được"),
    Field.MARK: ("Điểm KTĐK", "Điểm", "Điểm kiểm tra định kì", "Điểm kiểm tra định kỳ", "Điểm KT", "KTĐK"),
    Field.COMMENT: ("Nội dung nhận xét", "Nhận xét", "Lời nhận xét", "Nhận xét của giáo viên"),
}
_GROUP_HEADINGS: Mapping[str, tuple[str, ...]] = {
    TraitGroup.QUALITY: ("Nhận xét phẩm chất", "Nhận xét PC"),
    TraitGroup.GENERAL: ("Nhận xét NL chung",),
    TraitGroup.SPECIFIC: ("Nhận xét NL đặc thù",),
}
_PERIOD = re.compile(r"(g|giua|c|cuoi) ?(?:hoc ki|hk|ki|k) ?(ii|i|2|1)")
_PERIODS = {
    ("g", 1): Period.MID_TERM_1,
    ("c", 1): Period.END_TERM_1,
    ("g", 2): Period.MID_TERM_2,
    ("c", 2): Period.YEAR_END,
}


def heading_of(column: Column) -> str:
    """What our own file calls a column of the sheet."""
    return column.label if column.group else _LINE_HEADINGS[column.field][0]


def file_columns(ref: SheetRef) -> tuple[Column, ...]:
    """The columns a file may fill. A mark that the period does not have is read, to be refused and not dropped."""
    columns = ref.columns()
    if ref.line is None or any(column.field == Field.MARK for column in columns):
        return columns
    return (*columns, Column(ref.code, Field.MARK, _LINE_HEADINGS[Field.MARK][0]))


def synonyms_for(ref: SheetRef) -> Synonyms:
    """The headings that mean something on this sheet; a cell's column by its key, as in `Column.key`."""
    return {
        "key": (folded_heading(KEY_HEADING), "khoa"),
        "period": tuple(
            map(folded_heading, (PERIOD_HEADING, "Thời điểm", "Kì đánh giá", "Kỳ đánh giá", "Đợt đánh giá"))
        ),
        **{name: ROSTER_SYNONYMS[name] for name in _FROM_ROSTERS},
        **{column.key: tuple(map(folded_heading, _headings(column))) for column in file_columns(ref)},
    }


def _headings(column: Column) -> tuple[str, ...]:
    if not column.group:
        return _LINE_HEADINGS[column.field]
    if column.field == Field.COMMENT:
        return (column.label, *_GROUP_HEADINGS[column.item])
    return (column.label, f"Năng lực {column.label}", f"NL {column.label}", f"Phẩm chất {column.label}")


def period_of(text: str) -> Period | None:
    """The period that a file means by "GHKI", "Giữa học kì I", "Cuối kỳ 1", "CN", "Cuối năm"…, or None."""
    text = folded(text)
    if text in ("cn", "cuoi nam", "cuoi nam hoc"):
        return Period.YEAR_END
    if text in ("bs", "danh gia bo sung"):
        return Period.SUPPLEMENTARY
    match = _PERIOD.fullmatch(text)
    return _PERIODS[match[1][0], 1 if match[2] in ("i", "1") else 2] if match else None


@dataclass(frozen=True, slots=True)
class RowKey:
    """Which sheet and pupil a row of our own file is of, and the versions that were read; 0 where none was stored.

    No secret and no proof: it says what the file's writer saw. Whoever may write, and whom, is asked on writing.
    """

    class_id: int
    code: str
    period: str
    student_id: int
    versions: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """ "KD1|12|TOAN|GHKI|345|TOAN=3"."""
        versions = ",".join(f"{item}={version}" for item, version in self.versions.items() if version)
        return f"KD1|{self.class_id}|{self.code}|{self.period}|{self.student_id}|{versions}"


_KEY = re.compile(r"KD1\|([0-9]{1,18})\|([A-Z0-9]+)\|([A-Z]+)\|([0-9]{1,18})\|((?:\w+=[0-9]{1,9},?)*)")


def key_of(text: str) -> RowKey | None:
    """The key in a cell, or None when it is none or no longer whole."""
    match = _KEY.fullmatch(text)
    if not match:
        return None
    versions = dict(each.split("=") for each in match[5].split(",") if each)
    return RowKey(
        class_id=int(match[1]),
        code=match[2],
        period=match[3],
        student_id=int(match[4]),
        versions={item: int(version) for item, version in versions.items()},
    )
