"""Made-up học bạ that hold the pieces of the form in the sizes they usually have, for a worker to learn from.

Nobody's: only how many lines there are, and whether there are any, matters.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from reports import page_fit
from reports.book_content import (
    DEPUTY_TITLE,
    PRINCIPAL_TITLE,
    Cover,
    LearningStage,
    Personal,
    Signature,
    SubjectRow,
    TraitGroup,
    TraitRow,
    Transcript,
    TranscriptYear,
)

_WORD: Final = "nhận xét "
_WORDS_A_LINE: Final = 6
_LABELS: Final = ("Toán", "Tin học và Công nghệ (Tin học)")
"""Of one line and of two."""
_MOST_LINES: Final = 6
_GROUPS: Final = (5, 3, 7)
"""Rows of the three tables of qualities and competencies."""


def models() -> Iterator[dict[str, Any]]:
    """`book` and `years` for the template, a type size of the subjects each: two years, with one and two lines a label.

    The other things vary from one to the next.
    """
    for number, size in enumerate(page_fit.USUAL_TYPES):
        years = tuple(_year(label, 2 * number + place) for place, label in enumerate(_LABELS))
        book = _book(years, is_filled=number % 2 == 0)
        yield {
            "book": book,
            "years": [page_fit.fitted_year(year) | {"subject_type": size} for year in years],
        }


def _comment(lines: int) -> str:
    return (_WORD * (_WORDS_A_LINE * lines - 3)).strip() if lines else ""


def _year(label: str, number: int) -> TranscriptYear:
    """`number`: how many lines the comments on traits have, and by its remainders what is filled in."""
    is_filled = number % 2 == 0
    said = "x" if is_filled else ""
    title = DEPUTY_TITLE if number % 3 == 2 else PRINCIPAL_TITLE
    groups = [
        TraitGroup(
            tuple(TraitRow(str(row), "Nét", "T") for row in range(rows)), _comment(min(number, 2 * rows - 4))
        )
        for rows in _GROUPS
    ]
    return TranscriptYear(
        school_year="2025 - 2026",
        class_name="1A",
        school=_WORD,
        height=said,
        weight=said,
        absent_with_permission=said,
        absent_without_permission=said,
        subjects=tuple(
            SubjectRow(str(lines), label, "T", 10, _comment(lines)) for lines in range(1, _MOST_LINES + 1)
        ),
        qualities=groups[0],
        general_competencies=groups[1],
        specific_competencies=groups[2],
        result=said,
        award=said,
        completion=_comment(1 + number // 2 % 2) if is_filled else "",
        principal=Signature(_WORD if number % 5 else "", title, "Nơi kí", date(2026, 5, 28)),
        homeroom_teacher=_WORD if number % 7 else "",
        is_preview=not is_filled,
    )


def _book(years: tuple[TranscriptYear, ...], *, is_filled: bool) -> Transcript:
    said = _WORD if is_filled else ""
    return Transcript(
        pupil_code="0",
        cover=Cover(_WORD, _WORD, _WORD),
        personal=Personal(
            full_name=_WORD,
            gender="Nữ",
            born_on="01/01/2020",
            ethnicity="Kinh",
            nationality="Việt Nam",
            birthplace=said,
            native_place=said,
            residence=said,
            father=said,
            mother=said,
            guardian=said,
        ),
        principal=Signature(_WORD, place="Nơi kí", day=date(2026, 5, 28)),
        stages=(LearningStage("2025 - 2026", "1A", "Trường", "1", "01/09/2025"),),
        years=years,
    )
