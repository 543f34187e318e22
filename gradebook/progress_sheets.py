"""The sheets whose progress a person sees: each with who answers for it, how it stands at a period and how far it is.

A sheet that a period was never opened for is not behind: it is shown as «Chưa mở» and counted nowhere. An order for one
line or one teacher opens the sheets it names and no others of their class (rule R49).
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db.models import Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.permissions import Reach
from accounts.powers import Action
from gradebook.class_lines import Lines, lines_of_each, with_lines
from gradebook.json_rows import JsonRows
from gradebook.late_comers import Absent, absent_at
from gradebook.models import ENTRY_PERIODS, EntryWindow, SubjectLine, TeachingAssignment
from gradebook.progress import Tally, count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.scopes import place_of, scope_of
from gradebook.sheet_gaps import read_gaps
from gradebook.sheets import HOMEROOM_CODE, SheetRef
from gradebook.spans import Span, spans_at, with_cuts
from gradebook.windows import with_stages
from gradebook.year_end_rules import against_entry
from students.models import HomeroomAssignment, SchoolClass, SchoolYear


class Standing(StrEnum):
    """How a sheet stands at a period now; it counts from the first opening on."""

    OPEN = "open"
    LOCKED = "locked"
    SHUT = "shut"


BEGUN = frozenset({Standing.OPEN, Standing.LOCKED})


HOMEROOM_LABEL = "PC, NL"


def short_name(line: SubjectLine | None) -> str:
    """As a narrow column heads it."""
    return line.line.short_name if line else HOMEROOM_LABEL


@dataclass(frozen=True, slots=True)
class Holder:
    """Who answers for a sheet today."""

    pk: int
    name: str
    sort_key: str


@dataclass(frozen=True, slots=True)
class HeldSheet:
    """A class's sheet, whatever the period; the class comes with `pupils` and its year."""

    school_class: Any
    line: SubjectLine | None
    holder: Holder | None

    @property
    def code(self) -> str:
        return self.line.code if self.line else HOMEROOM_CODE

    @property
    def key(self) -> tuple[int, str]:
        return self.school_class.pk, self.code

    @property
    def teachers(self) -> frozenset[int]:
        return frozenset({self.holder.pk}) if self.holder else frozenset()


@dataclass(frozen=True, slots=True)
class ProgressSheet:
    """A sheet at a period. `is_readable`: whether its values, and so the names of what is missing, are the reader's."""

    ref: SheetRef
    holder: Holder | None
    standing: Standing
    tally: Tally
    is_readable: bool

    @property
    def key(self) -> tuple[int, str]:
        return self.ref.school_class.pk, self.ref.code

    @property
    def line_name(self) -> str:
        return short_name(self.ref.line)

    @property
    def short_title(self) -> str:
        """«Toán 4A», «PC, NL 4A»."""
        return f"{self.line_name} {self.ref.school_class.name}"

    @property
    def counts(self) -> bool:
        return self.standing in BEGUN

    @property
    def is_behind(self) -> bool:
        return self.counts and not self.tally.is_complete


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person follows: sheets by class and in the books' order, and the windows (`asked_at`) upon them.

    `absent`: of whom nothing is owed.
    """

    user: User
    sheets: tuple[HeldSheet, ...]
    windows: Sequence[Any]
    standings: Mapping[tuple[Period, int, str], Standing]
    absent: Absent

    @property
    def classes(self) -> list[Any]:
        return list({each.school_class.pk: each.school_class for each in self.sheets}.values())

    @property
    def periods(self) -> tuple[Period, ...]:
        """The four of the year; the supplementary assessment once an order was for it."""
        again = {window.period for window in self.windows} & {Period.SUPPLEMENTARY.value}
        return tuple(each for each in ENTRY_PERIODS if each is not Period.SUPPLEMENTARY or again)

    def of_period(self, period: Period) -> list[Any]:
        return [window for window in self.windows if window.period == period]

    def standing(self, sheet: HeldSheet, period: Period) -> Standing:
        return self.standings.get((period, *sheet.key), Standing.SHUT)

    def reach(self) -> Counter[Period]:
        """For how many sheets each of the four periods is open."""
        return Counter(
            period
            for (period, *_sheet), standing in self.standings.items()
            if standing == Standing.OPEN and period is not Period.SUPPLEMENTARY
        )

    def chosen_period(self, asked: str = "") -> Period:
        """As asked; else the period open for most sheets, the later opened of equals; else the last that was."""
        if asked in self.periods:
            return Period(asked)
        reach = self.reach()
        begun = [
            window
            for window in self.windows
            if window.period in set(Period) and (whole(window).is_past or whole(window).is_open)
        ]
        if not begun:
            return Period.MID_TERM_1
        return Period(max(begun, key=lambda each: (reach[Period(each.period)], each.opens_at)).period)


def _followed(user: User) -> Reach:
    """Where the person watches over others: not the class one leads."""
    reach = permissions.reach_of(user, Action.SEE_PROGRESS)
    return replace(reach, classes=powers_of(user).grants.classes)


def follows_others(user: User) -> bool:
    """Whether the person watches over more than the sheets of the own class and lines."""
    reach = _followed(user)
    return bool(reach.whole_school or reach.grades or reach.classes)


def read_sight(user: User, action: Action = Action.SEE_PROGRESS) -> Sight:
    """The school, the grades headed, the class led or granted, the lines taught; of this year. Two statements.

    `action`: for what; one whose rule reaches over the same things.
    """
    return _sight(user, permissions.reach_of(user, action), has_own=True, action=action)


def read_led_and_taught(user: User) -> Sight:
    """The class that the person leads, with every sheet of it, and the lines the person teaches. Two statements."""
    led = Reach(whole_school=False, grades=frozenset(), classes=powers_of(user).homeroom_classes)
    return _sight(user, led, has_own=True, action=Action.ENTER_SHEET)


def read_class(user: User, class_id: int) -> Sight:
    """Every sheet of one class of this year; who may see it is the caller's question. Two statements."""
    reach = Reach(whole_school=False, grades=frozenset(), classes=frozenset({class_id}))
    return _sight(user, reach, has_own=False)


def read_followed(user: User) -> Sight:
    """The same without what the person sees as its teacher alone."""
    return _sight(user, _followed(user), has_own=False)


def read_watched(user: User) -> Sight:
    """The school or the grades whose closing the person watches (`Action.SEE_READINESS`). Two statements."""
    return _sight(user, permissions.reach_of(user, Action.SEE_READINESS), has_own=False)


def _sight(user: User, reach: Reach, *, has_own: bool, action: Action = Action.SEE_PROGRESS) -> Sight:
    own: frozenset[int] = frozenset()
    if has_own and not reach.whole_school:
        powers = powers_of(user)
        own = frozenset(class_id for class_id, _line in powers.taught | powers.lent_lines)
    asked = _asked_of(reach, own, clock.today(), clock.now_in_sql())
    classes = list(asked.classes.all())
    lines = lines_of_each(classes)
    sheets = tuple(
        sheet
        for school_class in classes
        for sheet in held_sheets(school_class, lines[school_class.pk])
        if reach.has(school_class)
        or permissions.may(user, action, school_class=school_class, line=sheet.line)
    )
    windows, standings = _windows_upon(sheets, asked.windows.all())
    return Sight(user, sheets, windows, standings, absent_at(classes, windows))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is read of a reach, not read yet."""

    classes: QuerySet[SchoolClass]
    windows: QuerySet[EntryWindow]


@lru_cache(maxsize=64)
def _asked_of(reach: Reach, own: frozenset[int], _today: datetime.date, _now: Func | Value) -> _Asked:
    """Put together once a day for those who follow the same: the query builder takes as long as PostgreSQL."""
    year = Subquery(SchoolYear.objects.begun().values("pk")[:1])
    classes = SchoolClass.objects.filter(
        reach.condition() | Q(pk__in=own) if own else reach.condition(), year=year
    )
    return _Asked(
        with_stages(with_holders(with_lines(with_pupil_counts(classes)))),
        with_cuts(EntryWindow.objects.filter(year=year)),
    )


def with_holders(classes: QuerySet[SchoolClass]) -> QuerySet[SchoolClass]:
    """Classes that bring along who answers for their sheets today, for `held_sheets`: no statement more."""
    today = clock.today()
    who = {"pk": "teacher_id", "name": "teacher__full_name", "sort_key": "teacher__sort_key"}
    teaching = TeachingAssignment.objects.held_on(today).filter(school_class=OuterRef("pk")).order_by()
    homeroom = HomeroomAssignment.objects.held_on(today).filter(school_class=OuterRef("pk")).order_by()
    return classes.annotate(
        teaching=JsonRows(teaching.values(told=JSONObject(line="line_id", **who))),
        homeroom=JsonRows(homeroom.values(told=JSONObject(**who))),
    )


def held_sheets(school_class: Any, lines: Lines) -> list[HeldSheet]:
    """Of a class `with_holders`. No statement."""
    teachers = {each.pop("line"): Holder(**each) for each in school_class.teaching}
    leader = Holder(**school_class.homeroom[0]) if school_class.homeroom else None
    sheets = [HeldSheet(school_class, line, teachers.get(line.pk)) for line in lines]
    return [*sheets, HeldSheet(school_class, None, leader)]


def _windows_upon(
    sheets: Sequence[HeldSheet], found: Iterable[Any]
) -> tuple[list[Any], dict[tuple[Period, int, str], Standing]]:
    """The windows that are for any of the sheets, and how each of these stands at each period that one is for."""
    scoped = [(window, scope_of(window)) for window in found]
    of_class: dict[int, list[HeldSheet]] = defaultdict(list)
    for sheet in sheets:
        of_class[sheet.school_class.pk].append(sheet)
    upon: set[int] = set()
    standings: dict[tuple[Period, int, str], Standing] = {}
    for own in of_class.values():
        here = [window for window, scope in scoped if scope.opens(place_of(own[0].school_class))]
        for value in {window.period for window in here}:
            period = Period(value)
            is_shut = against_entry(own[0].school_class.stage, period) is not None
            for alike, spans in _told_apart(own, [window for window in here if window.period == value]):
                upon |= {span.pk for span in spans}
                standings |= dict.fromkeys(
                    [(period, *sheet.key) for sheet in alike], _standing(spans, shut=is_shut)
                )
    return [window for window, _scope in scoped if window.pk in upon], standings


def _told_apart(own: Sequence[HeldSheet], windows: list[Any]) -> Iterable[tuple[list[HeldSheet], list[Span]]]:
    """The sheets of a class with their spans, those together that no order tells apart: most are for whole classes."""
    cuts = [cut for window in windows for cut in window.cuts_brought]
    codes = {window.line_code for window in windows} | {cut["line_code"] for cut in cuts}
    people = {window.teacher_id for window in windows} | {cut["teacher_id"] for cut in cuts}
    alike: dict[tuple[str, frozenset[int]], list[HeldSheet]] = defaultdict(list)
    for sheet in own:
        alike[sheet.code if sheet.code in codes else "", sheet.teachers & people].append(sheet)
    for (_code, teachers), sheets in alike.items():
        place = place_of(sheets[0].school_class, sheets[0].code, teachers)
        yield sheets, spans_at(windows, place)


def _standing(spans: Iterable[Span], *, shut: bool) -> Standing:
    """`shut`: by how far the results of the class are, whatever window is open."""
    spans = list(spans)
    if any(span.is_open for span in spans):
        return Standing.LOCKED if shut else Standing.OPEN
    return Standing.LOCKED if any(span.is_past for span in spans) else Standing.SHUT


def whole(window: Any) -> Span:
    """The window as it is for those whom no further order has shut out."""
    return Span(window, window.closes_at, window.locked_by.number if window.locked_by_id else "")


def sheets_at(sight: Sight, periods: Iterable[Period]) -> dict[Period, tuple[ProgressSheet, ...]]:
    """The sheets in sight at each of the periods. One statement; of the supplementary assessment six more."""
    wanted = list(periods)
    classes = sight.classes
    absent = sight.absent
    counts = (
        count_entered(classes[0].year, [each.pk for each in classes], wanted, absent=absent)
        if classes
        else None
    )
    reads_all = permissions.reach_of(sight.user, Action.SEE_SHEET).whole_school
    readable = {
        sheet.key
        for sheet in sight.sheets
        if reads_all or permissions.may_see_sheet(sight.user, sheet.school_class, sheet.line)
    }
    found: dict[Period, tuple[ProgressSheet, ...]] = {}
    for period in wanted:
        refs = [SheetRef(sheet.school_class, sheet.line, period) for sheet in sight.sheets]
        if period is Period.SUPPLEMENTARY:
            tallies = [gaps.tally for gaps in read_gaps(refs)]
        else:
            tallies = [tally_of(ref, counts, absent) for ref in refs] if counts else []
        found[period] = tuple(
            ProgressSheet(ref, sheet.holder, sight.standing(sheet, period), tally, sheet.key in readable)
            for ref, sheet, tally in zip(refs, sight.sheets, tallies, strict=True)
        )
    return found
