"""Which type size and row height let a year stand on its two pages and a class table on one.

Reckoned from the lengths of the texts, without drawing; the measures are those of ``static/css/print``. A little
too careful on purpose: a page too many is worse than a row a little low.
"""

import math
from typing import Any, Final

from reports.book_content import ClassTable, OldTranscriptYear, TraitGroup, TranscriptYear
from reports.slip_content import Slip

# --- The facing pages of a year ----------------------------------------------------------------------

_PAGE_ROOM_MM: Final = 223.0
"""What the lines have under their headings; 6 mm less than there is, for a name that takes two lines."""
_LEAST_ROWS: Final = (("", 13.6), *((f"least-{height}", height) for height in (12, 11, 10, 9, 8, 7)))
"""Class name and height (mm) of a row with a short comment: lower rows come before smaller type."""
_STEPS: Final = (
    ("", 54, 4.66, 1.8),
    ("long-subjects", 61, 3.95, 1.8),
    ("longest-subjects", 66, 3.5, 1.2),
)
"""Class name, letters a line, height of a line and padding (mm): as in the CSS."""
_SMALLEST: Final = "long-subjects least-9"
USUAL_TYPES: Final = (*(name for name, _height in _LEAST_ROWS), "long-subjects", _SMALLEST)
"""What the subjects of most years are set in."""
_LABEL_LETTERS: Final = 23
_LABEL_LINE_MM: Final = 5.3
_TRAIT_ROW_MM: Final = 6.6
_TRAIT_SLACK_MM: Final = 23.0
_OLD_TRAIT_ROW_MM: Final = 12.0
_OLD_TRAIT_ROOM_MM: Final = 130.0
"""What the seven rows of a year before Thông tư 27/2020 have: eight rows and three headings fewer stand on its page."""


def fitted_year(year: TranscriptYear) -> dict[str, Any]:
    """Return a year with the type size and row heights at which its comments fit."""
    trait_type, letters, line = "", 54, 4.66
    groups = (year.qualities, year.general_competencies, year.specific_competencies)
    if sum(_row_height(group, letters, line) * len(group.rows) for group in groups) > _traits_room(groups):
        trait_type, letters, line = "long-traits", 61, 3.95
    return {
        "facts": year,
        "subject_type": _subject_type(year),
        "trait_type": trait_type,
        "traits": [(group, math.ceil(_row_height(group, letters, line))) for group in groups],
    }


def fitted_old_year(year: OldTranscriptYear) -> dict[str, Any]:
    """Return the same for a year before Thông tư 27/2020; `is_old` names its form."""
    groups = (year.competencies, year.qualities)
    trait_type, letters, line = "", 54, 4.66
    if sum(_row_height(group, letters, line) * len(group.rows) for group in groups) > _OLD_TRAIT_ROOM_MM:
        trait_type, letters, line = "long-traits", 61, 3.95
    heights = [math.ceil(max(_OLD_TRAIT_ROW_MM, _row_height(group, letters, line))) for group in groups]
    if (
        sum(height * len(group.rows) for group, height in zip(groups, heights, strict=True))
        > _OLD_TRAIT_ROOM_MM
    ):
        heights = [math.ceil(_row_height(group, letters, line)) for group in groups]
    return {
        "facts": year,
        "is_old": True,
        "subject_type": _subject_type(year),
        "trait_type": trait_type,
        "traits": list(zip(groups, heights, strict=True)),
    }


def _subject_type(year: TranscriptYear | OldTranscriptYear) -> str:
    """Return the largest type, then the highest rows, at which the form's lines stand on one page.

    Where none does and a further page is needed, the type need not be the smallest.
    """
    for name, letters, line, padding in _STEPS:
        texts = [
            max(-(-len(row.comment) // letters) * line, -(-len(row.label) // _LABEL_LETTERS) * _LABEL_LINE_MM)
            for row in year.subjects
        ]
        for least_name, least in _LEAST_ROWS:
            if sum(max(least, text + padding) for text in texts) <= _PAGE_ROOM_MM:
                return f"{name} {least_name}".strip()
    return _SMALLEST


def _row_height(group: TraitGroup, letters: int, line: float) -> float:
    """Return the height in mm at which the rows of a group together are as high as their one comment."""
    comment = -(-len(group.comment) // letters) * line + 2.0
    return max(_TRAIT_ROW_MM, comment / len(group.rows)) if group.rows else _TRAIT_ROW_MM


def _traits_room(groups: tuple[TraitGroup, ...]) -> float:
    return _TRAIT_SLACK_MM + _TRAIT_ROW_MM * sum(len(group.rows) for group in groups)


# --- A pupil's slip ----------------------------------------------------------------------------------

_SLIP_SIZES: Final = (("", 10.5), ("snug", 9.0), ("tight", 8.0))
"""Class name and size of type (pt), largest first; the last is for what would take more than a leaf."""
_SLIP_ROOM_MM: Final = 270.5
_SLIP_ONE_PAGE_MM: Final = {"": 257.5, "snug": 264.5}
"""The larger type wraps more labels than are reckoned here."""
_SLIP_LOSS_MM: Final = 24.0
"""What a page loses where a row that does not fit below the others begins the next one."""
_SLIP_HEAD_MM: Final = 44.0
_SLIP_FOOT_MM: Final = 64.0
"""Heading of the second table, legend, absences, the parents' opinion and the signatures."""
_VERDICT_HEADING_MM: Final = 7.0
_VERDICT_LINE_MM: Final = 5.6
_VERDICT_LETTERS: Final = 75
_SLIP_TABLE_MM: Final = 182.0
_SLIP_LABELS_MM: Final = (40.0, 60.0)
"""Number and label beside the comments of lines; group and label beside those on traits."""
_SLIP_LABEL_MM: Final = 26.0
_CELL_MM: Final = 8.6
_LETTER_MM_A_POINT: Final = 0.155
_LINE_MM_A_POINT: Final = 0.42


def fitted_slip(slip: Slip) -> str:
    """Return the class of the largest type at which a slip stands on one page; else on the two of a leaf.

    "leaf": the qualities and competencies begin on the back. Where neither is enough the type is the smallest.
    """
    heights = {name: _slip_heights(slip, points) for name, points in _SLIP_SIZES}
    for name, room in _SLIP_ONE_PAGE_MM.items():
        if sum(heights[name]) <= room:
            return name
    for name, halves in heights.items():
        if max(halves) <= _SLIP_ROOM_MM:
            return f"{name} leaf".strip()
    for name in ("snug", "tight"):
        if sum(heights[name]) <= 2 * _SLIP_ROOM_MM - _SLIP_LOSS_MM:
            return name
    return "tight"


def _slip_heights(slip: Slip, points: float) -> tuple[float, float]:
    """Of the lines with the head, and of all that follows them."""
    line, padding = points * _LINE_MM_A_POINT, 1.0
    letter = points * _LETTER_MM_A_POINT
    subjects, traits = (
        (_SLIP_TABLE_MM - labels - _CELL_MM * columns) / letter
        for labels, columns in zip(_SLIP_LABELS_MM, (slip.columns, len(slip.periods)), strict=True)
    )
    front = _SLIP_HEAD_MM
    for row in slip.subjects:
        texts = (len(row.comment) / subjects, len(row.label) * letter / _SLIP_LABEL_MM)
        front += max(1, *map(math.ceil, texts)) * line + padding
    back = _SLIP_FOOT_MM + (_VERDICT_HEADING_MM if slip.verdict else 0.0)
    back += _VERDICT_LINE_MM * sum(1 + len(words) // _VERDICT_LETTERS for _label, words in slip.verdict)
    for group in slip.groups:
        comment = math.ceil(len(group.comment) / traits) * line + padding
        back += max(comment, len(group.traits) * (line + padding))
    return front, back


# --- The class table ---------------------------------------------------------------------------------

_TOTAL_ROWS: Final = 5
_TABLE_STEPS: Final = {
    "a3": (
        ("", 5.6, 34),
        ("fit-50", 5.0, 36),
        ("fit-45", 4.5, 38),
        ("fit-42", 4.2, 40),
        ("fit-40", 4.0, 40),
        ("fit-38", 3.8, 42),
    ),
    "a4": (("", 4.7, 27), ("fit-40", 4.0, 27), ("fit-37", 3.7, 29), ("fit-35", 3.5, 31)),
}
"""Class name, height of a row (mm) and letters of a name on a line: as in the CSS, largest first.

The least height is 1.25 of the type's: from the accents of Ấ to the tail of g, and air between them and the rules.
"""
_ROWS_ROOM_MM: Final = {"a3": (170.0, 167.0), "a4": (116.5, 110.5)}
"""What head, headings and foot leave of a page: in grades 1 and 2, and where Ngoại ngữ 1 heads a group of columns."""
_DRAFT_MM: Final = 4.0
"""Of A4, for the line above a preview."""
_TITLE_LINE_MM: Final = 5.4
_SEALS: Final = {"a4": (125, 2.85, 28.0, 11.0, 19.0), "a3": (150, 3.65, 41.0, 14.5, 25.0)}
"""Letters and height (mm) of a line of signatures; heights of the foot and of the legend, mid-year and at its end."""
_SEALS_HEADING: Final = 65


def fitted_table(table: ClassTable) -> str:
    """Return the classes of the paper and of the largest rows at which one page is enough.

    A3 from grade 4, below it for a class too large for A4: some thirty pupils. A table that is too long for one page
    at any legible size has the largest rows.
    """
    for paper in ("a3",) if table.grade_level > 3 else ("a4", "a3"):
        room = _ROWS_ROOM_MM[paper][table.grade_level > 2] - _TITLE_LINE_MM * (len(table.principal.title) - 1)
        room -= _seals_height(table, paper)
        if paper == "a4" and table.is_preview:
            room -= _DRAFT_MM
        for name, height, letters in _TABLE_STEPS[paper]:
            lines = sum(-(-len(row.full_name) // letters) for row in table.rows) + _TOTAL_ROWS
            if lines * height <= room:
                return f"{paper} {name}".strip()
    return "a3"


def _seals_height(table: ClassTable, paper: str) -> float:
    """Return by how many mm the signatures make the foot higher than the places to sign are."""
    if not table.seals:
        return 0.0
    letters, line, foot, mid_year, year_end = _SEALS[paper]
    told = _SEALS_HEADING + sum(len(head) + len(books) + 4 for head, books in table.seal_groups)
    legend = year_end if table.outcome_summary else mid_year
    return max(0.0, legend + math.ceil(told / letters) * line - foot)
