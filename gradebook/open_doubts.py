"""What looks odd in many sheets at once and nobody has given a reason for (rules R23, R25, R26)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gradebook import grading
from gradebook.doubts import Counterparts, Doubt, doubts_of
from gradebook.models import DoubtAnswer
from gradebook.regulation import COMPETENCY_LINES, Attainment, Rating
from gradebook.sheet_gaps import Stored
from gradebook.sheets import Field, SheetRef
from gradebook.year_rules import rules_of
from students.models import Enrolment, Student


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """A sentence on a pupil's values in a sheet; `cell` is the one that the sheet shows it in.

    `number` is the pupil's row there, 0 at the supplementary assessment, whose sheets have some of the pupils.
    """

    ref: SheetRef
    student: Student
    number: int
    sentence: str
    cell: str


def open_doubts(
    refs: Sequence[SheetRef], seats: Iterable[Enrolment], stored: Stored
) -> tuple[OpenDoubt, ...]:
    """In the order of the sheets, what no reason was given for. One statement, beside what `read_stored` has read.

    Where a line and a competency disagree it is told once, in the homeroom's sheet.
    """
    if not refs:
        return ()
    of_class: dict[int, list[Enrolment]] = {}
    for seat in seats:
        of_class.setdefault(seat.school_class_id, []).append(seat)
    answered = _answered(refs[0], of_class)
    return tuple(
        OpenDoubt(
            ref,
            seat.student,
            0 if ref.is_supplementary else number,
            doubt.sentence,
            f"{seat.student_id}.{doubt.item}.{field}",
        )
        for ref in refs
        for number, seat in enumerate(of_class.get(ref.school_class.pk, ()), start=1)
        for doubt, field in _doubts(ref, seat.student_id, stored)
        if (seat.student_id, doubt.item, doubt.sentence) not in answered
    )


def _answered(ref: SheetRef, classes: Iterable[int]) -> set[tuple[int, str, str]]:
    given = DoubtAnswer.objects.filter(
        year=ref.school_class.year_id,
        period=ref.period,
        student__enrolments__school_class__in=list(classes),
    )
    return set(given.values_list("student_id", "item", "sentence"))


def _doubts(ref: SheetRef, pupil: int, stored: Stored) -> Iterator[tuple[Doubt, Field]]:
    if ref.line is not None:
        level, mark, _comment = stored.lines.get((pupil, ref.code), ("", None, False))
        if mark is not None:
            values = {"attainment": level, "mark": str(mark)}
            yield from ((doubt, Field.MARK) for doubt in doubts_of(ref, ref.code, values))
        return
    ratings = {
        trait: Rating(rating)
        for trait in COMPETENCY_LINES
        if (rating := stored.traits.get(pupil, {}).get(trait))
    }
    levels = {
        code: Attainment(level)
        for codes in COMPETENCY_LINES.values()
        for code in codes
        if (level := stored.lines.get((pupil, code), ("", None, False))[0])
    }
    # Asked at once before each by itself: of a whole school hardly a pupil has any.
    if not grading.pair_warnings(levels, ratings, rules_of(ref.school_class.year)):
        return
    for trait, rating in ratings.items():
        for doubt in doubts_of(ref, trait, {"rating": rating}, Counterparts(levels)):
            yield doubt, Field.RATING
