"""Chuyên cần of the school on a day, in its week, its month and its term, by class and grade (domain 5.5; 2.7 C)."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from reports.figures import Column, Figure, Report, Row, Table, share
from reports.pupils_counted import classes_of
from reports.report_kind import Group, Moment, ReportKind
from students.absences import counted
from students.calendar import YearCalendar
from students.models import Absence, Enrolment, RollCall, SchoolClass, SchoolYear

COLUMNS = (
    Column("called", ("Số buổi đã điểm danh",)),
    Column("pupil_days", ("Số ngày học sinh phải có mặt",)),
    Column("leave", ("Số ngày vắng", "Có phép")),
    Column("other", ("Số ngày vắng", "Không phép")),
    Column("absent", ("Số ngày vắng", "Cộng")),
    Column("present", ("Tỉ lệ chuyên cần %",), is_share=True),
)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Days:
    """What was called over some days: rolls, days that pupils should have been there, days absent."""

    called: int = 0
    pupil_days: Decimal = ZERO
    leave: Decimal = ZERO
    other: Decimal = ZERO

    def __add__(self, more: "Days") -> "Days":
        return Days(
            self.called + more.called,
            self.pupil_days + more.pupil_days,
            self.leave + more.leave,
            self.other + more.other,
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Where no roll was called nobody knows who was there."""
        if not self.called:
            return (0, None, None, None, None, None)
        absent = self.leave + self.other
        rate = share(self.pupil_days - absent, self.pupil_days)
        return (
            self.called,
            *(plain_days(each) for each in (self.pupil_days, self.leave, self.other, absent)),
            rate,
        )


@dataclass(frozen=True, slots=True)
class Span:
    key: str
    title: str
    first: datetime.date
    last: datetime.date


def read(moment: Moment) -> Report:
    """Five statements, whatever the number of classes, pupils and days."""
    day = moment.last_day
    classes = classes_of(moment.year)
    calendar = YearCalendar.of(moment.year)
    spans = tuple(_spans(calendar, day))
    found = days_of(moment.year, spans)
    return Report(
        kind=KIND.slug,
        title="Báo cáo chuyên cần",
        moment=f"Tính đến ngày {day:%d/%m/%Y}, năm học {moment.year.label}",
        tables=tuple(_table(span, classes, found[span.key]) for span in spans),
        notes=tuple(_notes(calendar, day, found)),
    )


def _spans(calendar: YearCalendar, day: datetime.date) -> Iterator[Span]:
    monday = day - datetime.timedelta(days=day.weekday())
    first_of_month = day.replace(day=1)
    yield Span("day", f"Ngày {day:%d/%m/%Y}", day, day)
    yield Span("week", f"Tuần từ {monday:%d/%m} đến {day:%d/%m/%Y}", monday, day)
    yield Span("month", f"Tháng {day:%m/%Y}, đến ngày {day:%d/%m}", first_of_month, day)
    begun = [(number, term) for number, term in enumerate(calendar.year.terms, start=1) if term.first <= day]
    if begun:
        number, term = begun[-1]
        last = min(term.last or day, day)
        yield Span("term", f"Học kì {'I' * number}, đến ngày {last:%d/%m/%Y}", term.first, last)


def days_of(year: SchoolYear, spans: tuple[Span, ...]) -> Mapping[str, Mapping[int, Days]]:
    """By the span's key and the class: what was called. Two statements."""
    seats = (
        Enrolment.objects.filter(school_class=OuterRef("school_class"), starts_on__lte=OuterRef("day"))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("day")))
        .order_by()
        .values("school_class")
        .annotate(n=Count("*"))
        .values("n")
    )
    rolls = RollCall.objects.filter(school_class__year=year).annotate(pupils=Coalesce(Subquery(seats), 0))
    due = F("pupils") * F("share")
    sums: dict[str, Any] = {}
    for span in spans:
        within = Q(day__range=(span.first, span.last))
        sums[f"{span.key}_called"] = Count("pk", filter=within)
        sums[f"{span.key}_days"] = Coalesce(Sum(due, filter=within), ZERO)
    called: dict[int, Any] = {
        row["school_class"]: row for row in rolls.order_by().values("school_class").annotate(**sums)
    }
    absent: dict[int, Any] = {}
    kinds: dict[str, Any] = {}
    for span in spans:
        within = Q(roll_call__day__range=(span.first, span.last))
        for name, kind in (("leave", Absence.Kind.WITH_LEAVE), ("other", Absence.Kind.WITHOUT_LEAVE)):
            kinds[f"{span.key}_{name}"] = Coalesce(
                Sum("roll_call__share", filter=within & Q(kind=kind)), ZERO
            )
    rows = counted().filter(roll_call__school_class__year=year).order_by()
    for row in rows.values(of_class=F("roll_call__school_class")).annotate(**kinds):
        absent[row["of_class"]] = row
    return {
        span.key: {
            pk: Days(
                row[f"{span.key}_called"],
                row[f"{span.key}_days"],
                absent.get(pk, {}).get(f"{span.key}_leave", ZERO),
                absent.get(pk, {}).get(f"{span.key}_other", ZERO),
            )
            for pk, row in called.items()
        }
        for span in spans
    }


def _table(span: Span, classes: list[SchoolClass], found: Mapping[int, Days]) -> Table:
    rows = []
    for grade in sorted({each.grade_level for each in classes}):
        own = [each for each in classes if each.grade_level == grade]
        rows += [_row(f"class {each.pk}", each.name, found.get(each.pk, Days()), level=1) for each in own]
        rows.append(_row(f"grade {grade}", f"Khối {grade}", _sum(found, own)))
    rows.append(_row("school", "Toàn trường", _sum(found, classes)))
    return Table(span.key, span.title, COLUMNS, tuple(rows), row_head="Lớp, khối")


def _sum(found: Mapping[int, Days], classes: list[SchoolClass]) -> Days:
    return sum((found.get(each.pk, Days()) for each in classes), Days())


def _row(key: str, label: str, days: Days, *, level: int = 0) -> Row:
    return Row(key, label, days.figures, level=level, is_heading=level == 0)


def plain_days(days: Decimal) -> Figure:
    """ "12" days as a count, "12,5" as they are."""
    return int(days) if days == days.to_integral_value() else days.quantize(Decimal("0.1"))


def _notes(
    calendar: YearCalendar, day: datetime.date, found: Mapping[str, Mapping[int, Days]]
) -> Iterator[str]:
    if not calendar.is_school_day(day):
        yield f"Ngày {day:%d/%m/%Y} không có buổi học theo lịch của trường."
    elif not any(each.called for each in found["day"].values()):
        yield f"Ngày {day:%d/%m/%Y} chưa lớp nào điểm danh."
    yield (
        "Vắng một buổi của ngày học hai buổi tính 0,5 ngày. Tỉ lệ chuyên cần = (số ngày phải có mặt − số ngày vắng) ÷ "
        "số ngày phải có mặt, chỉ tính các buổi đã điểm danh."
    )


def last_known_day(year: SchoolYear) -> datetime.date:
    return year.day_for_roster()


KIND = ReportKind(
    slug="chuyen-can",
    title="Chuyên cần theo ngày, tuần, tháng, học kì",
    about="Buổi đã điểm danh, ngày vắng có phép, không phép, tỉ lệ chuyên cần của từng lớp, khối và toàn trường.",
    group=Group.SUMMARY,
    read=read,
    first_day=last_known_day,
)
