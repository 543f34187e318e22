"""What each pupil came to at the end of a term, as the quality report counts it (domain 2.7 B). Read only."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from gradebook.class_lines import Lines, lines_of_classes
from gradebook.computed_results import values_of
from gradebook.exemptions import Terms, terms_of
from gradebook.grading import completed_class, completed_primary
from gradebook.late_comers import Absent, absent_at
from gradebook.models import Commendation, EntryWindow
from gradebook.progress import with_pupil_counts
from gradebook.regulation import Award, Period, Rating, YearResult, has_mark, traits_for
from gradebook.spans import with_cuts
from gradebook.year_end import Row, read_results
from gradebook.year_end_lists import is_promoted, is_staying
from gradebook.year_end_rules import Again
from gradebook.year_rules import rules_of
from reports.contradicted_outcomes import waiting_words
from reports.figures import figure_words
from reports.pupils_counted import Seated, seated_in
from reports.report_kind import Moment
from reports.tallies import Fact, Tally
from students.models import Movement, SchoolClass, SchoolYear
from students.movement_rules import Kind

LAST_GRADE = 5
LOWEST_BAND = 4
BANDS = (10, 9, 8, 7, 6, 5, LOWEST_BAND)
"""Marks as the report counts them; LOWEST_BAND stands for all below five."""
REASONS: Mapping[str, str] = {"01": "poverty", "02": "ability", "03": "distance", "04": "disaster"}
OTHER_REASON = "other"
PUPILS, ASSESSED, UNASSESSED, LATE, LEFT = "pupils", "assessed", "unassessed", "late", "left"
RESULT, COMPLETED, NOT_COMPLETED, PRIMARY = "result", "completed", "not completed", "primary"
PROMOTED, STAYING, WAITING = "promoted", "staying", "waiting"
NONE, DUE = "none", "due"


def level_key(code: str, level: str) -> str:
    return f"{code} {level}"


def band_key(code: str, band: int | str) -> str:
    return f"{code} mark {band}"


def marked_key(code: str) -> str:
    """Whoever has a mark."""
    return f"{code} mark"


def due_key(key: str) -> str:
    """Whoever is to be assessed in it: all that learn it and are not exempt."""
    return f"{key} {DUE}"


def trait_key(code: str) -> str:
    return f"trait {code}"


def undecided(what: str) -> str:
    return f"{what} {NONE}"


@dataclass(frozen=True, slots=True)
class Assessed:
    """A pupil with what was entered; `row` is the year's end, None at the end of term I."""

    seated: Seated
    own: Again
    lines: Lines
    terms: Terms
    is_late: bool
    row: Row | None = None
    praise: frozenset[str] = frozenset()

    @property
    def is_assessed(self) -> bool:
        return not self.terms.is_not_assessed and not self.is_late


@dataclass(frozen=True, slots=True)
class Results:
    """Of a moment: the classes by grade, the pupils, and who left during the term.

    `earlier_grades` were not assessed by Thông tư 27 yet in that year: of them there is nothing here.
    """

    moment: Moment
    classes: tuple[SchoolClass, ...]
    pupils: tuple[Assessed, ...]
    left: tuple[tuple[Seated, str], ...]
    taught: Mapping[int, Lines] = field(default_factory=dict)
    earlier_grades: tuple[int, ...] = ()

    @property
    def period(self) -> Period:
        assert self.moment.period is not None  # noqa: S101 - the report is of a period
        return self.moment.period

    @property
    def is_year_end(self) -> bool:
        return self.period is Period.YEAR_END

    @property
    def grades(self) -> tuple[int, ...]:
        return tuple(sorted({each.grade_level for each in self.classes}))

    def codes_of(self, grades: tuple[int, ...]) -> frozenset[str]:
        """Of the lines that classes of these grades have."""
        return frozenset(
            line.code
            for each in self.classes
            if each.grade_level in grades
            for line in self.taught.get(each.pk, ())
        )

    def tested_in(self, grades: tuple[int, ...]) -> frozenset[str]:
        return frozenset(
            code
            for grade in grades
            for code in self.codes_of((grade,))
            if _has_mark(self.moment.year, grade, code, self.period)
        )

    def traits_of(self, grades: tuple[int, ...]) -> frozenset[str]:
        rules = rules_of(self.moment.year)
        return frozenset(
            trait.code for grade in grades for trait in traits_for(self.moment.year.pk, grade, rules=rules)
        )

    def tally(self) -> Tally[Seated]:
        """Everybody once; those who left stand in the rows of leaving alone."""
        seated = (self._fact(each) for each in self.pupils)
        left = (
            Fact(who, frozenset({LEFT, f"{LEFT} {why}"}), who.columns, unknown_columns=who.unknown_columns)
            for who, why in self.left
        )
        return Tally((*seated, *left))

    def _fact(self, pupil: Assessed) -> Fact[Seated]:
        rows = frozenset(_rows_of(pupil, self))
        return Fact(
            pupil.seated,
            rows,
            pupil.seated.columns,
            unknown_columns=pupil.seated.unknown_columns,
            open_rows=frozenset(_open_rows(rows)),
        )


def read_results_of(moment: Moment) -> Results:
    """Seven statements at the end of term I, sixteen at the year's end, whatever the number of pupils."""
    year, day, period = moment.year, moment.last_day, moment.period or Period.YEAR_END
    counted = with_pupil_counts(SchoolClass.objects.filter(year=year)).order_by("grade_level", "name")
    roadmap = rules_of(year).roadmap
    all_classes = list(counted)
    classes = [each for each in all_classes if roadmap[each.grade_level] <= year.pk]
    earlier = sorted({each.grade_level for each in all_classes} - {each.grade_level for each in classes})
    taught = lines_of_classes([each.pk for each in classes])
    seated = seated_in(classes, day)
    values = values_of([each.seat for each in seated], period)
    late = absent_at(classes, list(with_cuts(EntryWindow.objects.filter(year=year, period=period))))
    rows, praise = _year_end(classes, day) if period is Period.YEAR_END else ({}, {})
    pupils = tuple(
        Assessed(
            each,
            values[each.student.pk],
            taught.get(each.school_class.pk, ()),
            terms_of(each.seat, period),
            _is_late(each, values[each.student.pk], late, period),
            rows.get((each.school_class.pk, each.student.pk)),
            frozenset(praise.get(each.student.pk, ())),
        )
        for each in seated
    )
    return Results(moment, tuple(classes), pupils, _left(moment, classes), taught, tuple(earlier))


def term_days(moment: Moment) -> tuple[datetime.date, datetime.date]:
    """First and last day of the term that the period closes; the days between the terms are the second's."""
    if moment.period is Period.YEAR_END:
        return moment.year.first_term_ends_on + datetime.timedelta(days=1), moment.last_day
    return moment.year.starts_on, moment.last_day


def _year_end(
    classes: list[SchoolClass], day: datetime.date
) -> tuple[dict[tuple[int, int], Row], dict[int, set[str]]]:
    rows = {(row.school_class.pk, row.student.pk): row for row in read_results(classes, on=day)}
    praise: dict[int, set[str]] = defaultdict(set)
    given = Commendation.objects.standing().filter(school_class__in=classes)
    for pupil, kind in given.values_list("student_id", "kind"):
        praise[pupil].add(kind)
    return rows, praise


def _left(moment: Moment, classes: list[SchoolClass]) -> tuple[tuple[Seated, str], ...]:
    """Who gave up school in the term, and why. One statement."""
    first, last = term_days(moment)
    moves = Movement.objects.in_force().filter(
        from_class__in=classes, kind=Kind.LEFT, day__range=(first, last)
    )
    return tuple(
        (
            Seated(move.ended),
            REASONS.get(move.leave_reason, OTHER_REASON),
        )
        for move in moves.select_related("ended__student", "ended__school_class__year").order_by("day", "pk")
    )


def _is_late(pupil: Seated, own: Again, late: Absent, period: Period) -> bool:
    """Came when the books were locked, and brought nothing along."""
    has_any = own.attainments or own.marks or own.ratings
    return not has_any and pupil.student.pk in late.get(period.value, frozenset())


def _has_mark(year: SchoolYear, grade: int, code: str, period: Period) -> bool:
    return has_mark(year.pk, grade, code, period, rules=rules_of(year))


def _rows_of(pupil: Assessed, results: Results) -> Iterator[str]:
    yield PUPILS
    if pupil.is_assessed:
        yield ASSESSED
        yield from _lines(pupil, results)
        yield from _traits(pupil, results)
    else:
        yield UNASSESSED if pupil.terms.is_not_assessed else LATE
    if pupil.row is not None:
        yield from _year(pupil, pupil.row)


def _lines(pupil: Assessed, results: Results) -> Iterator[str]:
    """Of an exempt line nothing (R33)."""
    for line in pupil.lines:
        if line.code in pupil.terms.exempt:
            continue
        yield from _level(line.code, pupil.own.attainments.get(line.code))
        if _has_mark(results.moment.year, pupil.seated.grade, line.code, results.period):
            mark = pupil.own.marks.get(line.code)
            if mark is not None:
                yield marked_key(line.code)
            yield band_key(line.code, NONE if mark is None else max(mark, LOWEST_BAND))


def _traits(pupil: Assessed, results: Results) -> Iterator[str]:
    for code in results.traits_of((pupil.seated.grade,)) - pupil.terms.exempt:
        yield from _level(trait_key(code), pupil.own.ratings.get(code))


def _level(key: str, level: str | None) -> Iterator[str]:
    """«Được đánh giá» is whoever has a level, so that T + H + C is their number (domain 2.7 B)."""
    yield due_key(key)
    if level:
        yield key
    yield level_key(key, level or NONE)


def _year(pupil: Assessed, row: Row) -> Iterator[str]:
    """Parts 4 to 6: as approved, before that as proposed (R39 to R45)."""
    if pupil.is_assessed:
        if row.result:
            yield RESULT
        yield f"{RESULT} {row.result or NONE}"
    award = row.decided.award if row.decided is not None else row.award.award
    if award:
        yield f"award {Award(award).value}"
    yield from (f"praise {kind}" for kind in pupil.praise)
    has_completed = completed_class(row.result)
    if row.result is None and row.decided is not None:
        has_completed = row.decided.is_promoted
    yield undecided(COMPLETED) if has_completed is None else COMPLETED if has_completed else NOT_COMPLETED
    if pupil.seated.grade == LAST_GRADE:
        yield due_key(PRIMARY)
    if has_completed and completed_primary(pupil.seated.grade, row.result or YearResult.HT):
        yield PRIMARY
    yield promotion_of(row)


def promotion_of(row: Row) -> str:
    """Which one of the four a pupil is in (R42)."""
    if is_promoted(row):
        return PROMOTED
    if is_staying(row):
        return STAYING
    return WAITING if row.waits else undecided(PROMOTED)


_LEVELS = ("T", "H", "C")
_OPEN: Mapping[str, tuple[str, ...]] = {
    undecided(RESULT): tuple(f"{RESULT} {each.value}" for each in YearResult),
    undecided(COMPLETED): (COMPLETED, NOT_COMPLETED, PRIMARY),
    undecided(PROMOTED): (PROMOTED, STAYING, WAITING),
}


def _open_rows(rows: frozenset[str]) -> Iterator[frozenset[str]]:
    """Where a pupil may come to stand of whom something is not entered or not decided yet."""
    for key in rows:
        if not key.endswith(NONE):
            continue
        of = key.removesuffix(NONE)
        if key in _OPEN:
            yield frozenset(_OPEN[key])
        elif of.endswith("mark "):
            yield frozenset(f"{of}{band}" for band in BANDS)
        else:
            levels = (each.value for each in Rating) if of.startswith("trait ") else _LEVELS
            yield frozenset(f"{of}{level}" for level in levels)


_LEVEL_CELL, _MARK_CELL, _TRAIT_CELL = "ô mức đạt được môn học", "ô điểm KTĐK", "ô phẩm chất, năng lực"


def gap_sentence(title: str, tally: Tally[Seated]) -> Iterator[str]:
    """What is not entered: until then the levels do not add up to the number of those to be assessed."""
    left = Counter(what for fact in tally.facts for row in fact.rows if (what := _empty_cell(row)))
    if left:
        found = ((left[what], what) for what in (_LEVEL_CELL, _MARK_CELL, _TRAIT_CELL) if left[what])
        words = ", ".join(f"{figure_words(count)} {what}" for count, what in found)
        yield f"{title} chưa nhập đủ, còn trống {words}: tổng các mức chưa bằng số em phải đánh giá."


def _empty_cell(row: str) -> str:
    """What kind of cell a row of what is not entered speaks of; "" of another row."""
    of = row.removesuffix(f" {NONE}")
    if of == row or row in _OPEN:
        return ""
    if of.startswith("trait "):
        return _TRAIT_CELL
    return _MARK_CELL if of.endswith(" mark") else _LEVEL_CELL


def earlier_words(results: Results) -> Iterator[str]:
    if results.earlier_grades:
        grades = ", ".join(str(grade) for grade in results.earlier_grades)
        yield f"Lớp {grades} năm học này chưa đánh giá theo Thông tư 27/2020 nên không có trong báo cáo."


def contradicted_words(results: Results, grades: Collection[int] | None = None) -> str:
    """Who of these grades (None: of all) stands here with a result that is to be approved again; "" where nobody."""
    own = (each for each in results.pupils if grades is None or each.seated.grade in grades)
    return waiting_words(
        each.seated.school_class.name for each in own if each.row is not None and each.row.is_contradicted
    )


def contradicted_sentence(
    title: str, results: Results, grades: Collection[int] | None = None
) -> Iterator[str]:
    """A fault: the figures count such a pupil by the old approval."""
    if words := contradicted_words(results, grades):
        yield f"{title}: {words}. Các số kết quả năm học, khen thưởng, lên lớp còn theo lần phê duyệt cũ."
