"""Columns of the class table in its three grade layouts (TT 27/2020 Phụ lục 2; domain 2.2, rule R75)."""

from collections.abc import Iterable
from typing import Final

from reports.book_content import Column, ColumnBlock, ColumnGroup

LAST_GRADE: Final = 5
"""Whoever completes it has completed primary school; there is no class to be moved up to."""

LEVEL: Final = "Mức"
_MARKED: Final = {
    1: ("TOAN", "TV"),
    2: ("TOAN", "TV"),
    3: ("TOAN", "TV", "NN1", "TH", "CN"),
    4: ("TOAN", "TV", "LSDL", "NN1", "TH", "KH", "CN"),
    5: ("TOAN", "TV", "LSDL", "NN1", "TH", "KH", "CN"),
}
_LEVEL_ONLY: Final = {
    1: ("DD", "TNXH", "NN1", "TDT", "TH", "AN", "MT", "HDTN", "GDTC"),
    2: ("DD", "TNXH", "NN1", "TDT", "TH", "AN", "MT", "HDTN", "GDTC"),
    3: ("DD", "TNXH", "TDT", "AN", "MT", "HDTN", "GDTC"),
    4: ("DD", "TDT", "AN", "MT", "HDTN", "GDTC"),
    5: ("DD", "TDT", "AN", "MT", "HDTN", "GDTC"),
}
_SUBJECT_HEADINGS: Final = {
    "TV": "Tiếng Việt",
    "TOAN": "Toán",
    "NN1": "Ngoại ngữ 1",
    "LSDL": "Lịch sử và Địa lí",
    "KH": "Khoa học",
    "TH": "TH-CN (Tin học)",
    "CN": "TH-CN (Công nghệ)",
    "DD": "Đạo đức",
    "TNXH": "Tự nhiên và Xã hội",
    "GDTC": "Giáo dục thể chất",
    "AN": "Âm nhạc",
    "MT": "Mĩ thuật",
    "HDTN": "Hoạt động trải nghiệm",
    "TDT": "Tiếng dân tộc",
}
_GENERAL: Final = (
    ("tu_chu_tu_hoc", "Tự chủ và tự học"),
    ("giao_tiep_hop_tac", "Giao tiếp và hợp tác"),
    ("giai_quyet_van_de", "Giải quyết vấn đề và sáng tạo"),
)
_SPECIFIC: Final = (
    ("ngon_ngu", "Ngôn ngữ"),
    ("tinh_toan", "Tính toán"),
    ("khoa_hoc", "Khoa học"),
    ("cong_nghe", "Công nghệ"),
    ("tin_hoc", "Tin học"),
    ("tham_mi", "Thẩm mĩ"),
    ("the_chat", "Thể chất"),
)
_LATE_TRAITS: Final = frozenset({"cong_nghe", "tin_hoc"})
_QUALITIES: Final = (
    ("yeu_nuoc", "Yêu nước"),
    ("nhan_ai", "Nhân ái"),
    ("cham_chi", "Chăm chỉ"),
    ("trung_thuc", "Trung thực"),
    ("trach_nhiem", "Trách nhiệm"),
)
_OUTCOMES: Final = (
    ("LEN_LOP", "Lên lớp"),
    ("XEP_LOAI", "Xếp loại"),
    ("KHEN_THUONG", "Khen thưởng"),
)


def class_table_blocks(grade_level: int, *, year_end: bool, language: str = "") -> tuple[ColumnBlock, ...]:
    """Return the headings of the class table of a grade 1 to 5, in the order of the sector's export.

    Subjects take 13 columns in grades 1 and 2, 17 in grade 3, 20 in grades 4 and 5; a column that has
    nothing to assess in a period stays, its cells are None. Column codes: a level "TOAN", its mark
    "TOAN.diem", a trait "yeu_nuoc", the outcomes HTCT, LEN_LOP, XEP_LOAI, KHEN_THUONG at the year end only.
    In grade 5 completion is that of primary school, and nobody is moved up: LEN_LOP is None there.
    `language` stands behind Ngoại ngữ 1: which one the class learns, "" for none known.
    Source: domain 2.2 (R75); grades 1 and 2 have no Công nghệ and Tin học among the competencies (1.4).
    """
    specific = _SPECIFIC if grade_level > 2 else tuple(t for t in _SPECIFIC if t[0] not in _LATE_TRAITS)
    blocks = [
        ColumnBlock("Môn học và hoạt động giáo dục", _subject_groups(grade_level, language)),
        ColumnBlock(
            "Năng lực cốt lõi",
            (
                ColumnGroup("Năng lực chung", _columns(_GENERAL, "level")),
                ColumnGroup("Năng lực đặc thù", _columns(specific, "level")),
            ),
        ),
        ColumnBlock("Phẩm chất chủ yếu", (ColumnGroup("", _columns(_QUALITIES, "level")),)),
    ]
    if year_end:
        blocks.append(ColumnBlock("Kết quả năm học", (ColumnGroup("", _outcome_columns(grade_level)),)))
    return tuple(blocks)


def line_headings(blocks: Iterable[ColumnBlock]) -> dict[str, str]:
    """How the table calls each line or trait, by code, in the order of its columns."""
    return {
        column.code: column.heading if column.heading != LEVEL else group.heading
        for block in blocks
        for group in block.groups
        for column in group.columns
        if column.kind == "level"
    }


def _subject_groups(grade_level: int, language: str) -> tuple[ColumnGroup, ...]:
    headings = _SUBJECT_HEADINGS | ({"NN1": f"{_SUBJECT_HEADINGS['NN1']} ({language})"} if language else {})
    tested = tuple(
        ColumnGroup(
            headings[code],
            (Column(code, LEVEL, "level"), Column(f"{code}.diem", "Điểm", "mark")),
        )
        for code in _MARKED[grade_level]
    )
    others = tuple((code, headings[code]) for code in _LEVEL_ONLY[grade_level])
    return (*tested, ColumnGroup("", _columns(others, "level")))


def _columns(names: Iterable[tuple[str, str]], kind: str) -> tuple[Column, ...]:
    return tuple(Column(code, heading, kind) for code, heading in names)


def _outcome_columns(grade_level: int) -> tuple[Column, ...]:
    completed = "HTCT tiểu học" if grade_level == LAST_GRADE else "HTCT lớp học"
    return _columns((("HTCT", completed), *_OUTCOMES), "outcome")
