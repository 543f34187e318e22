"""What of a year could go to the sector database now, and what is kept back and why (rules R90, R91).

Kept back, and no more: results of a period until its books are locked, those of the year's end and the học bạ until
the principal has approved them (and again while a correction contradicts what was approved), and everything of a pupil
whose record lacks what the sector's database refuses to be without. What is kept back and went out before stays there
as it was; CANCEL is for what is no longer there at all.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradebook.models import SubjectResult, TraitResult, YearOutcome
from gradebook.progress_sheets import Standing
from gradebook.regulation import Period
from gradebook.windows import unopened_periods
from reports.contradicted_outcomes import contradicted_outcomes
from reports.models import SyncRecord
from reports.period_rosters import roster_days_of
from reports.sector_pupils import SectorPupil, read_pupils
from reports.signatories import Signatories, read_signatories
from reports.sync_content import (
    Content,
    Stored,
    class_content,
    pupil_content,
    result_content,
    school_content,
    transcript_content,
)
from students.absences import absence_totals
from students.models import Enrolment, SchoolClass, SchoolYear
from students.record_rules import Gap, gaps
from students.records import record_of

Kind = SyncRecord.Kind
Key = tuple[str, str]
"""Kind and idbanghi."""

MANDATORY = frozenset(
    {
        *("birth_year", "gender", "ethnic_code", "mother_name", "mother_birth_year"),
        *("guardian_name", "guardian_birth_year", "disability_code"),
    }
)
"""Fields of a record without which the sector's database refuses a pupil (5.4, marked x); name and class are always
there."""
OF_A_TRANSCRIPT = frozenset({"national_id"})
"""A học bạ số is kept under the pupil's personal number (Nghị định 88/2026, Điều 9)."""


@dataclass(frozen=True, slots=True)
class LackingPupil:
    """A pupil who is kept back, or (`is_whole`) whose học bạ alone is."""

    pupil: SectorPupil
    gaps: tuple[Gap, ...]
    is_whole: bool


@dataclass(slots=True)
class Gathered:
    """`ready` by key; `held`: keys of what is there and kept back, of which some are `unlocked`, some `unapproved`.

    `unopened`: the periods of the year in which nothing was ever open, so that there is nothing of them.
    """

    ready: dict[Key, Content] = field(default_factory=dict)
    held: set[Key] = field(default_factory=set)
    lacking: list[LackingPupil] = field(default_factory=list)
    unlocked: int = 0
    unapproved: int = 0
    unopened: tuple[Period, ...] = ()


def gather(year: SchoolYear) -> Gathered:
    """Of a year; fourteen statements, whatever the number of pupils (more while a correction contradicts a result)."""
    return _Gathering(year).run()


class _Gathering:
    def __init__(self, year: SchoolYear) -> None:
        self.year = year
        self.day = year.day_for_roster()
        self.found = Gathered(unopened=unopened_periods(year))
        self.pupils = read_pupils(year)
        for pupil in self.pupils:
            # One object for all, so that no record asks for its year again.
            pupil.school_class.year = pupil.first_seat.school_class.year = year
        self.classes: list[SchoolClass] = list(year.classes.select_related("year"))
        self.signatories: Signatories = read_signatories([each.pk for each in self.classes])
        days = roster_days_of(self.classes, tuple(Period))
        self.locked = {key for key, day in days.items() if day.standing is Standing.LOCKED}
        ids = [pupil.student.pk for pupil in self.pupils]
        self.outcomes = _outcomes(year)
        self.absences = absence_totals(ids, until=year.pk)
        self.stages = _stages(ids, year)

    def run(self) -> Gathered:
        year = self.year
        principal = self.signatories.principal(year, self.day)
        self._put(Kind.SCHOOL, f"truong-{year.pk}", school_content(year, principal=principal.name))
        for each in self.classes:
            teacher = self.signatories.homeroom_teacher(each, self.day)
            self._put(Kind.CLASS, f"lop-{year.pk}-{each.pk}", class_content(each, homeroom_teacher=teacher))
        stored = _stored(year)
        for pupil in self.pupils:
            own = gaps(record_of(pupil.student, pupil.profile))
            refused = tuple(gap for gap in own if gap.field in MANDATORY)
            unnamed = tuple(gap for gap in own if gap.field in OF_A_TRANSCRIPT)
            if refused or unnamed:
                self.found.lacking.append(LackingPupil(pupil, (*refused, *unnamed), not refused))
            self._pupil(pupil, stored.get(pupil.student.pk, {}), bool(refused), bool(unnamed))
        return self.found

    def _pupil(
        self, pupil: SectorPupil, periods: Mapping[str, Stored], is_refused: bool, is_unnamed: bool
    ) -> None:
        suffix = f"{self.year.pk}-{pupil.student.pk}"
        self._put(Kind.PUPIL, f"hocsinh-{suffix}", pupil_content(pupil), held=is_refused)
        outcome = self.outcomes.get((pupil.student.pk, pupil.school_class.pk))
        absences = self.absences.get((pupil.student.pk, self.year.pk))
        for period in Period:
            stored = periods.get(period.value)
            if stored is None:
                continue
            is_end = period is Period.YEAR_END
            held = is_refused or self._is_early(pupil, period, outcome)
            content = result_content(
                pupil,
                period,
                stored,
                outcome=outcome if is_end else None,
                absences=absences if is_end else None,
            )
            self._put(Kind.RESULT, f"ketqua-{suffix}-{period.value}", content, held=held)
        if Period.YEAR_END.value in periods or outcome is not None:
            self._transcript(pupil, periods, suffix, held=is_refused or is_unnamed)

    def _is_early(self, pupil: SectorPupil, period: Period, outcome: YearOutcome | None) -> bool:
        """Counts why, too."""
        if period is Period.YEAR_END:
            self.found.unapproved += outcome is None
            return outcome is None
        is_open = (pupil.school_class.pk, period) not in self.locked
        self.found.unlocked += is_open
        return is_open

    def _transcript(
        self, pupil: SectorPupil, periods: Mapping[str, Stored], suffix: str, *, held: bool
    ) -> None:
        key = (Kind.TRANSCRIPT.value, f"hocba-{suffix}")
        outcome = self.outcomes.get((pupil.student.pk, pupil.school_class.pk))
        if outcome is None or held:
            self.found.held.add(key)
            return
        signature = self.signatories.approval(self.year, outcome.approved_by, outcome.approved_on)
        self.found.ready[key] = transcript_content(
            pupil,
            periods.get(Period.YEAR_END.value, Stored()),
            outcome=outcome,
            absences=self.absences.get((pupil.student.pk, self.year.pk)),
            signed_as=signature.title,
            stages=self.stages[pupil.student.pk],
        )

    def _put(self, kind: Kind, record_id: str, content: Content, *, held: bool = False) -> None:
        if held:
            self.found.held.add((kind.value, record_id))
        else:
            self.found.ready[kind.value, record_id] = content


def _outcomes(year: SchoolYear) -> dict[tuple[int, int], YearOutcome]:
    """Approved and not contradicted, by pupil and class."""
    rows = list(
        YearOutcome.objects.filter(school_class__year=year).select_related("school_class", "approved_by")
    )
    contradicted = contradicted_outcomes(rows)
    return {(row.student_id, row.school_class_id): row for row in rows if row.pk not in contradicted}


def _stored(year: SchoolYear) -> dict[int, dict[str, Stored]]:
    """What was entered in the year, by pupil and period. Two statements; rows are read without being made objects."""
    found: dict[int, dict[str, Stored]] = defaultdict(lambda: defaultdict(Stored))
    periods = [period.value for period in Period]
    results = SubjectResult.objects.filter(line__year=year, period__in=periods)
    columns = ("student_id", "period", "line__code", "attainment", "mark", "comment")
    for student_id, period, code, *values in results.values_list(*columns).iterator(chunk_size=5000):
        level, mark, comment = values
        if level or mark is not None or comment:
            found[student_id][period].lines[code] = (level, mark, comment)
    traits = TraitResult.objects.filter(year=year, period__in=periods)
    told = traits.values_list("student_id", "period", "item", "rating", "comment")
    for student_id, period, item, rating, comment in told.iterator(chunk_size=5000):
        if rating:
            found[student_id][period].ratings[item] = rating
        elif comment:
            found[student_id][period].comments[item] = comment
    return found


def _stages(student_ids: Sequence[int], year: SchoolYear) -> dict[int, list[Mapping[str, Any]]]:
    """Quá trình học tập of each: a line a seat, up to the year. One statement."""
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    seats = Enrolment.objects.filter(student__in=student_ids, school_class__year__lte=year.pk)
    columns = ("student_id", "school_class__year_id", "school_class__year__school_name", "school_class__name")
    for student_id, of_year, school, name, begins in _rows(seats.order_by("starts_on"), columns):
        found[student_id].append(
            {"namhoc": of_year, "tentruong": school, "tenlop": name, "tungay": begins.isoformat()}
        )
    return found


def _rows(seats: Any, columns: Sequence[str]) -> Iterator[Any]:
    yield from seats.values_list(*columns, "starts_on").iterator(chunk_size=5000)
