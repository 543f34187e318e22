"""The head of a tổ announces a window to the teachers of the grade, and reminds those with gaps (PLAN IV.4)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Prefetch, Q

from accounts import clock, permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action, who_could
from gradebook.class_lines import lines_of_classes
from gradebook.models import EntryNotice, EntryNoticeRecipient, EntryWindow, SubjectLine, TeachingAssignment
from gradebook.progress import Counts, Tally, count_entered, tally_of, with_pupil_counts
from gradebook.regulation import Period
from gradebook.scopes import place_of
from gradebook.sheet_gaps import read_gaps
from gradebook.sheets import SheetRef
from gradebook.spans import spans_at, with_cuts
from students.models import HomeroomAssignment, SchoolClass, SchoolYear

WHO_REMINDS = "Tổ (khối) trưởng thông báo đợt nhập và nhắc giáo viên trong khối của mình."


class NoticeRefused(Exception):
    """The notice cannot be sent; the text says why."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An open sheet that lacks cells."""

    ref: SheetRef
    missing: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who answers for sheets of the grade that the window is for; `gaps` while it is open."""

    person: User
    sheets: int
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> int:
        return sum(gap.missing for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class TeamWindow:
    """A window that runs or is to come, for a grade; `notices` newest first, `sent_today` by kind."""

    window: Any
    grade_level: int
    members: tuple[Member, ...]
    notices: tuple[EntryNotice, ...]
    head: User

    @property
    def key(self) -> str:
        return f"{self.window.pk}.{self.grade_level}"

    @property
    def period(self) -> Period:
        return Period(self.window.period)

    @property
    def is_open(self) -> bool:
        return self.window.is_open_at(self.window.asked_at)

    @property
    def with_gaps(self) -> tuple[Member, ...]:
        return tuple(sorted((each for each in self.members if each.gaps), key=lambda each: -each.missing))

    @property
    def to_remind(self) -> tuple[Member, ...]:
        """Those with gaps but the head."""
        return tuple(each for each in self.with_gaps if each.person.pk != self.head.pk)

    @property
    def said_today(self) -> str:
        """«thông báo, nhắc»: what went out today, in words."""
        return ", ".join(kind.label.lower() for kind in EntryNotice.Kind if kind in self.sent_today)

    @property
    def sent_today(self) -> set[str]:
        return {notice.kind for notice in self.notices if notice.day == clock.today()}


def read_team_windows(user: User) -> tuple[TeamWindow, ...]:
    """For each grade that the person heads, the windows not over yet. Ten statements, whatever their number.

    Nine more where one is for the supplementary assessment; it is for those alone in whose sheets somebody owes it.
    """
    grades = permissions.reach_of(user, Action.REMIND_TEACHERS).grades
    year = SchoolYear.objects.current()
    if not grades or year is None:
        return ()
    running = EntryWindow.objects.filter(
        Q(closes_at__gt=clock.now_in_sql()),
        closes_at__gt=F("opens_at"),
        year=year,
    ).order_by("opens_at")
    told = EntryNotice.objects.select_related("sent_by").annotate(
        reached=Count("recipients"), unread_by=ArraySubquery(_names_of_unread())
    )
    windows = list(with_cuts(running).prefetch_related(Prefetch("notices", queryset=told)))
    classes = list(with_pupil_counts(SchoolClass.objects.filter(year=year, grade_level__in=grades)))
    sheets = _sheets(year, classes) if windows else _Sheets([], Counts())
    if any(window.period == Period.SUPPLEMENTARY for window in windows):
        sheets = _with_what_is_owed(sheets)
    found = (_team_window(window, grade, sheets, user) for window in windows for grade in sorted(grades))
    return tuple(each for each in found if each.members)


def _names_of_unread() -> Any:
    copies = EntryNoticeRecipient.objects.filter(notice=OuterRef("pk"), read_at=None)
    return copies.order_by("person__sort_key", "pk").values("person__full_name")


@dataclass(frozen=True, slots=True)
class _Sheets:
    """Every sheet of the classes with who answers for it, and what is entered; `owed` of the supplementary
    assessment."""

    rows: Sequence[tuple[SchoolClass, SubjectLine | None, User]]
    counts: Counts
    owed: Mapping[SheetRef, Tally] = field(default_factory=dict)

    def tally(self, ref: SheetRef) -> Tally:
        return self.owed[ref] if ref.period is Period.SUPPLEMENTARY else tally_of(ref, self.counts)

    def asks_for(self, ref: SheetRef) -> bool:
        return ref.period is not Period.SUPPLEMENTARY or self.owed[ref].required > 0


def _with_what_is_owed(sheets: _Sheets) -> _Sheets:
    refs = [SheetRef(school_class, line, Period.SUPPLEMENTARY) for school_class, line, _who in sheets.rows]
    return replace(sheets, owed={gaps.ref: gaps.tally for gaps in read_gaps(refs)})


def _sheets(year: SchoolYear, classes: Sequence[Any]) -> _Sheets:
    ids = [each.pk for each in classes]
    today = clock.today()
    lines = lines_of_classes(ids)
    teaching = (
        TeachingAssignment.objects.held_on(today).filter(school_class__in=ids).select_related("teacher")
    )
    homeroom = (
        HomeroomAssignment.objects.held_on(today).filter(school_class__in=ids).select_related("teacher")
    )
    teacher_of = {(each.school_class_id, each.line_id): each.teacher for each in teaching}
    by_class = {each.school_class_id: each.teacher for each in homeroom}
    rows: list[tuple[SchoolClass, SubjectLine | None, User]] = []
    for each in classes:
        rows += [
            (each, line, teacher_of[each.pk, line.pk])
            for line in lines[each.pk]
            if (each.pk, line.pk) in teacher_of
        ]
        if each.pk in by_class:
            rows.append((each, None, by_class[each.pk]))
    return _Sheets(rows, count_entered(year, ids))


def _team_window(window: Any, grade: int, sheets: _Sheets, head: User) -> TeamWindow:
    of_person: dict[User, list[SheetRef]] = defaultdict(list)
    gaps: dict[User, list[Gap]] = defaultdict(list)
    for ref, person in _refs(window, grade, sheets):
        spans = spans_at([window], place_of(ref.school_class, ref.code, {person.pk}))
        if not any(span.is_open or span.is_to_come for span in spans) or not sheets.asks_for(ref):
            continue
        of_person[person].append(ref)
        tally = sheets.tally(ref)
        if spans[0].is_open and not tally.is_complete:
            gaps[person].append(Gap(ref, tally.missing))
    members = tuple(
        Member(person, len(of_person[person]), tuple(gaps[person]))
        for person in sorted(of_person, key=lambda person: person.sort_key)
    )
    notices = tuple(each for each in window.notices.all() if each.grade_level == grade)
    return TeamWindow(window, grade, members, notices, head)


def _refs(window: Any, grade: int, sheets: _Sheets) -> Iterator[tuple[SheetRef, User]]:
    for school_class, line, person in sheets.rows:
        if school_class.grade_level == grade:
            yield SheetRef(school_class, line, Period(window.period)), person


def send_notice(*, window_id: int, grade_level: int, kind: str, text: str, by: User) -> EntryNotice:
    """Tells everybody the window is for, or those with gaps; once a day at most. Raises Refused, NoticeRefused."""
    reach = permissions.reach_of(by, Action.REMIND_TEACHERS)
    if grade_level not in reach.grades:
        raise permissions.Refused(WHO_REMINDS, who_could(Action.REMIND_TEACHERS))
    with acting(by, role=f"Tổ (khối) trưởng khối {grade_level}", source=Source.PAGE):
        found = next(
            (
                each
                for each in read_team_windows(by)
                if (each.window.pk, each.grade_level) == (window_id, grade_level)
            ),
            None,
        )
        if found is None:
            raise NoticeRefused("Đợt nhập này đã hết hoặc không dành cho khối của thầy cô.")
        return _send(found, kind, text, by)


def _send(found: TeamWindow, kind: str, text: str, by: User) -> EntryNotice:
    members = found.with_gaps if kind == EntryNotice.Kind.REMIND else found.members
    told = [each for each in members if each.person.pk != by.pk]
    if not told:
        raise NoticeRefused("Không còn ai trong khối thiếu ô nào, ngoài thầy cô.")
    notice, is_new = EntryNotice.objects.get_or_create(
        window_id=found.window.pk,
        grade_level=found.grade_level,
        kind=kind,
        day=clock.today(),
        defaults={"text": text, "sent_by": by, "sent_at": clock.now()},
    )
    if not is_new:
        raise NoticeRefused("Hôm nay đã gửi rồi; mỗi ngày gửi một lần để người nhận đọc kĩ. Mai gửi tiếp.")
    rows = EntryNoticeRecipient.objects.bulk_create(
        EntryNoticeRecipient(notice=notice, person=each.person, missing=each.missing) for each in told
    )
    record_bulk(rows, changed=False)
    return notice
