"""The headings of mark files: what ours are called, what those of the sector database and of vendors mean (domain 6).

Also the key that each row of our own files carries.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gradebook.regulation import TraitGroup
from gradebook.sheets import Column, Field, SheetRef
from students.header_search import Synonyms, folded_heading
from students.roster_columns import SYNONYMS as ROSTER_SYNONYMS

IDS = ("moet_id", "school_code")
WHO = ("key", *IDS, "full_name")
KEY_HEADING = "Khoá (không sửa)"
ID_HEADING = "Mã định danh (mã học sinh)"
PERIOD_HEADING = "Thời điểm đánh giá"
LINE_FIELDS = (Field.ATTAINMENT, Field.MARK, Field.COMMENT)
# No field of a result: names a ready comment, whose text is what is wanted (`comment_codes`).
COMMENT_CODE = "comment_code"
# Nor are these: together they are the repeat test behind a mark (`repeat_tests`).
REPEAT_MARK, REPEAT_OFFICIAL, REPEAT_REASON = REPEAT_KEYS = (
    "repeat_mark",
    "repeat_official",
    "repeat_reason",
)
MADE_UP = (COMMENT_CODE, *REPEAT_KEYS)
_FROM_ROSTERS = ("ordinal", "class_name", *IDS, "full_name", "birth_date")
_LINE_HEADINGS = {
    Field.ATTAINMENT: ("Mức đạt được", "Mức", "Mức độ", "Mức đạt", "Mức độ đạt được"),
    Field.MARK: ("Điểm KTĐK", "Điểm", "Điểm kiểm tra định kì", "Điểm kiểm tra định kỳ", "Điểm KT", "KTĐK"),
    Field.COMMENT: ("Nội dung nhận xét", "Nhận xét", "Lời nhận xét", "Nhận xét của giáo viên"),
}
_MADE_UP_HEADINGS = {
    COMMENT_CODE: ("Mã nhận xét", "Mã NX", "Mã lời nhận xét", "Mã nội dung nhận xét"),
    REPEAT_MARK: ("Điểm KT lại", "Điểm kiểm tra lại"),
    REPEAT_OFFICIAL: ("Lấy điểm lần", "Điểm chính thức lần"),
    REPEAT_REASON: ("Lí do KT lại", "Lý do KT lại", "Lí do kiểm tra lại", "Lý do kiểm tra lại"),
}
_GROUP_HEADINGS: Mapping[str, tuple[str, ...]] = {
    TraitGroup.QUALITY: ("Nhận xét phẩm chất", "Nhận xét PC"),
    TraitGroup.GENERAL: ("Nhận xét NL chung",),
    TraitGroup.SPECIFIC: ("Nhận xét NL đặc thù",),
}
# Short names of traits in files of vendors, beside the full name with and without its group.
_TRAIT_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "tu_chu_tu_hoc": ("Tự chủ, tự học", "Tự chủ - tự học", "Tự học, tự chủ", "TC và TH"),
    "giao_tiep_hop_tac": ("Giao tiếp, hợp tác", "Giao tiếp - hợp tác", "GT và HT"),
    "giai_quyet_van_de": (
        *("GQVĐ và sáng tạo", "GQVĐ&ST", "GQVĐ và ST", "GQVĐ, sáng tạo", "GQVĐ - ST", "GQVĐST"),
        *("Giải quyết vấn đề, sáng tạo", "Giải quyết vấn đề"),
    ),
    "tham_mi": ("Thẩm mỹ",),
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


def about_the_row() -> Synonyms:
    """The headings of what a row says of itself: its key, pupil, class, line and period."""
    return {
        "key": (folded_heading(KEY_HEADING), "khoa"),
        "period": tuple(
            map(folded_heading, (PERIOD_HEADING, "Thời điểm", "Kì đánh giá", "Kỳ đánh giá", "Đợt đánh giá"))
        ),
        "subject": tuple(
            map(
                folded_heading,
                ("Môn học", "Môn", "Tên môn", "Tên môn học", "Môn học, hoạt động giáo dục", "Phân môn"),
            )
        ),
        **{name: ROSTER_SYNONYMS[name] for name in _FROM_ROSTERS},
    }


def line_headings(key: str) -> tuple[str, ...]:
    """What a cell of a line is called, or what is MADE_UP, folded."""
    names = _MADE_UP_HEADINGS[key] if key in MADE_UP else _LINE_HEADINGS[Field(key)]
    return tuple(map(folded_heading, names))


def made_up_heading(key: str) -> str:
    """What our own file calls a column that is no cell of the sheet."""
    return _MADE_UP_HEADINGS[key][0]


def made_up_key(ref: SheetRef, key: str) -> str:
    """What its column is known by among the sheet's own."""
    return f"{ref.code}-{key}"


def made_up_keys(ref: SheetRef) -> tuple[str, ...]:
    """Those that a file may have for this sheet."""
    has_comment = ref.line is not None and any(each.field == Field.COMMENT for each in ref.columns())
    keys = (*((COMMENT_CODE,) if has_comment else ()), *(REPEAT_KEYS if ref.takes_repeat else ()))
    return tuple(made_up_key(ref, key) for key in keys)


def trait_headings(column: Column) -> tuple[str, ...]:
    """What a column of the homeroom sheet is called, folded."""
    if column.field == Field.COMMENT:
        names = (column.label, *_GROUP_HEADINGS[column.item])
    else:
        short = (column.label, *_TRAIT_HEADINGS.get(column.item, ()))
        names = (
            *short,
            *(f"{group} {name}" for group in ("Năng lực", "NL", "Phẩm chất", "PC") for name in short),
        )
    return tuple(map(folded_heading, names))


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
