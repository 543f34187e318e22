"""What a page of statistics is asked for: matter, year, period, where, of what, how it is cut. Read from an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from gradebook.class_lines import with_lines
from gradebook.progress_sheets import Standing
from gradebook.regulation import LINES, TRAITS, Period
from gradebook.windows import period_in_year
from reports.period_rosters import RosterDays, roster_days_of
from reports.statistics_matters import OPEN_GROUPS, RESULT, Matter, Whom
from reports.value_counts import Question, items_of
from students.models import SchoolClass, SchoolYear

WHO_SEES = "Thống kê kết quả, chuyên cần mở cho Ban giám hiệu, văn thư, người kiểm tra, tổ (khối) trưởng (khối mình)."
BY_ITEM, BY_CLASS = "noi-dung", "lop"
_NAMES = {**{each.code: each.short_name for each in LINES}, **{each.code: each.name for each in TRAITS}}
_BOOK_ORDER = {code: place for place, code in enumerate(_NAMES)}


@dataclass(frozen=True, slots=True)
class Where:
    """The classes that are counted: all that the reader sees, under a name and that of their sum; those of a grade; or
    one."""

    grade: int | None = None
    school_class: Any = None
    name: str = "toàn trường"
    sum_name: str = "Toàn trường"

    def has(self, school_class: Any) -> bool:
        if self.school_class is not None:
            return school_class.pk == self.school_class.pk
        return self.grade in (None, school_class.grade_level)

    @property
    def query(self) -> dict[str, str]:
        if self.school_class is not None:
            return {"class": str(self.school_class.pk)}
        return {"grade": str(self.grade)} if self.grade else {}

    @property
    def words(self) -> str:
        if self.school_class is not None:
            return f"lớp {self.school_class.name}"
        return f"khối {self.grade}" if self.grade else self.name


SCHOOL = Where()
OWN_GRADES = Where(name="các khối mình phụ trách", sum_name="Cộng")


@dataclass(frozen=True, slots=True)
class Asked:
    """A page's question. `classes` are all of the year that the reader sees, with their year and lines; `where` which
    of them are counted; `item` of what, where the rows are classes; `group` the one group shown, None for all that
    the reader may see (`groups`)."""

    matter: Matter
    year: SchoolYear
    years: Sequence[SchoolYear]
    period: Period
    classes: Sequence[Any]
    moments: RosterDays
    where: Where
    by: str
    item: str
    groups: tuple[Whom, ...]
    group: Whom | None

    @property
    def counted(self) -> list[Any]:
        return [each for each in self.classes if self.where.has(each)]

    @property
    def shown_groups(self) -> tuple[Whom, ...]:
        return (self.group,) if self.group else self.groups

    @property
    def grades(self) -> list[int]:
        return sorted({each.grade_level for each in self.classes})

    @property
    def moment_words(self) -> str:
        if self.matter is Matter.ATTENDANCE:
            return f"năm học {self.year.label}"
        return period_in_year(self.period, self.year)

    @property
    def item_name(self) -> str:
        """«Toán», «Yêu nước», where the rows are classes; "" where they name it themselves."""
        return item_name(self.item) if self.by == BY_CLASS else ""

    @property
    def title(self) -> str:
        return f"{self.matter.label} {self.item_name}".strip()

    @property
    def subject(self) -> str:
        """«mức đạt được Toán, khối 4», in a sentence."""
        return f"{self.title[:1].lower()}{self.title[1:]}, {self.where.words}"

    @property
    def item_head(self) -> str:
        """What is chosen where the rows are classes."""
        return "Phẩm chất, năng lực" if self.matter is Matter.TRAITS else "Môn học, hoạt động"

    @property
    def row_head(self) -> str:
        if self.by == BY_CLASS:
            return "Lớp, khối"
        return {Matter.TRAITS: "Phẩm chất, năng lực", Matter.ATTENDANCE: "Thời gian"}.get(
            self.matter, "Môn học, hoạt động"
        )

    def question(self, periods: Sequence[Period] = (), items: Sequence[str] | None = None) -> Question:
        return Question(self.matter, self.counted, periods or (self.period,), self.moments, items)

    def query(self, **other: str) -> str:
        """The page's own address behind «?», with something else in it; "" leaves a part out."""
        own = {
            "year": str(self.year.pk),
            "period": self.period.value,
            **self.where.query,
            "by": self.by,
            "item": self.item if self.by == BY_CLASS else "",
            "group": self.group.value if self.group else "",
        }
        return urlencode({name: value for name, value in {**own, **other}.items() if value})


def item_name(item: str) -> str:
    """Of a line or trait by its code; "" of a result, which its columns name."""
    return _NAMES.get(item, "")


def items_in(matter: Matter, classes: Sequence[Any], period: Period) -> list[str]:
    """What some of the classes are assessed in, in the order of the books."""
    found = {code for items in items_of(matter, classes, period).values() for code, _line in items}
    return sorted(found, key=lambda code: _BOOK_ORDER.get(code, 0))


def read_asked(user: User, matter: str, query: Mapping[str, str]) -> Asked:
    """Raises PermissionDenied, and Http404 for a matter, year or class that is not there. Three statements."""
    permissions.require_anywhere(user, Action.SEE_STATISTICS, WHO_SEES)
    if matter not in set(Matter):
        raise Http404("Không có thống kê này.")
    years = list(SchoolYear.objects.begun())
    if not years:
        raise Http404("Chưa có năm học nào.")
    year = next((each for each in years if str(each.pk) == query.get("year", "")), years[0])
    classes = classes_of(user, [year])
    moments = roster_days_of(classes, list(Period))
    where = _where(user, classes, query)
    kind = Matter(matter)
    period = _period(kind, moments, query.get("period", ""))
    by = query.get("by", "")
    by = by if by in (BY_ITEM, BY_CLASS) else (BY_CLASS if kind is Matter.RESULTS else BY_ITEM)
    items = items_in(kind, [each for each in classes if where.has(each)], period)
    item = RESULT if kind is Matter.RESULTS else query.get("item", "")
    groups = tuple(Whom) if permissions.may(user, Action.SEE_SENSITIVE) else OPEN_GROUPS
    group = next((each for each in groups if each.value == query.get("group", "")), None)
    return Asked(
        matter=kind,
        year=year,
        years=years,
        period=period,
        classes=classes,
        moments=moments,
        where=where,
        by=by,
        item=item if item in items else next(iter(items), ""),
        groups=groups,
        group=group,
    )


def asked_of_school(matter: Matter, year: SchoolYear, period: Period, *, by: str = BY_ITEM) -> Asked:
    """The whole school, whoever reads: for what is kept. Two statements."""
    classes = _with_year(with_lines(SchoolClass.objects.filter(year=year)), [year])
    return Asked(
        matter=matter,
        year=year,
        years=(year,),
        period=period,
        classes=classes,
        moments=roster_days_of(classes, list(Period)),
        where=SCHOOL,
        by=by,
        item=RESULT if matter is Matter.RESULTS else "",
        groups=tuple(Whom),
        group=None,
    )


def classes_of(user: User, years: Sequence[SchoolYear]) -> list[Any]:
    """Of these years those that the reader sees, by year, grade and name. One statement."""
    reach = permissions.reach_of(user, Action.SEE_STATISTICS)
    return _with_year(with_lines(SchoolClass.objects.filter(reach.condition(), year__in=years)), years)


def _with_year(found: QuerySet[SchoolClass], years: Sequence[SchoolYear]) -> list[Any]:
    by_id = {year.pk: year for year in years}
    classes = list(found.order_by("year_id", "grade_level", "name"))
    for each in classes:
        each.year = by_id[each.year_id]
    return classes


def _where(user: User, classes: Sequence[Any], query: Mapping[str, str]) -> Where:
    """Who sees one grade has it chosen."""
    wanted = query.get("class", "")
    if wanted:
        chosen = next((each for each in classes if str(each.pk) == wanted), None)
        if chosen is None:
            raise Http404("Không có lớp này trong năm học đang xem, hoặc lớp ngoài phạm vi được xem.")
        return Where(school_class=chosen)
    grades = {each.grade_level for each in classes}
    grade = next((each for each in grades if str(each) == query.get("grade", "")), None)
    if grade:
        return Where(grade)
    if permissions.reach_of(user, Action.SEE_STATISTICS).whole_school:
        return SCHOOL
    return Where(*grades) if len(grades) == 1 else OWN_GRADES


def _period(matter: Matter, moments: RosterDays, wanted: str) -> Period:
    """As asked; else the last for which any class was opened. Results are those of the year's end."""
    if matter is Matter.RESULTS:
        return Period.YEAR_END
    if wanted in set(Period):
        return Period(wanted)
    begun = {period for (_class, period), moment in moments.items() if moment.standing is not Standing.SHUT}
    locked = {period for (_class, period), moment in moments.items() if moment.standing is Standing.LOCKED}
    return max(locked or begun or {Period.MID_TERM_1}, key=lambda period: period.order)
