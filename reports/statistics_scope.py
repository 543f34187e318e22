"""What a page of statistics is asked for: matter, year, period, where, of what, how it is cut. Read from an address."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
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
from students.years import NoYearYet

WHO_SEES = "Thống kê kết quả, chuyên cần mở cho Ban giám hiệu, văn thư, người kiểm tra, tổ (khối) trưởng (khối mình)."
BY_ITEM, BY_CLASS = "noi-dung", "lop"
BEING_ENTERED = "đang nhập"
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


class WrongAddress(Exception):
    """The address asks for something that is not there; the text, for the user, names it and the remedy."""


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
    """What the address leaves out is chosen; what it names and is not there is never replaced.

    Raises PermissionDenied; Http404 for a matter that is not there, a class out of sight; WrongAddress. Three
    statements.
    """
    permissions.require_anywhere(user, Action.SEE_STATISTICS, WHO_SEES)
    if matter not in set(Matter):
        raise Http404("Không có thống kê này.")
    years = list(SchoolYear.objects.begun())
    if not years:
        raise NoYearYet
    year = _one_of(years, query.get("year", ""), lambda each: str(each.pk), _NO_YEAR) or years[0]
    classes = classes_of(user, [year])
    moments = roster_days_of(classes, list(Period))
    where = _where(user, classes, query)
    kind = Matter(matter)
    period = _period(kind, moments, query.get("period", ""))
    by = query.get("by", "")
    by = _one_of((BY_ITEM, BY_CLASS), by, str, _NO_CUT) or (BY_CLASS if kind is Matter.RESULTS else BY_ITEM)
    items = items_in(kind, [each for each in classes if where.has(each)], period)
    has_items = kind not in (Matter.RESULTS, Matter.ATTENDANCE)
    item = (_one_of(_NAMES, query.get("item", ""), str, _NO_ITEM) or "") if has_items else ""
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
        item=RESULT if kind is Matter.RESULTS else item if item in items else next(iter(items), ""),
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


def begun(asked: Asked) -> tuple[Period, ...]:
    """The page's period, and those that some class was opened for."""
    return tuple(
        period
        for period in Period
        if period is asked.period
        or any(asked.moments[each.pk, period].standing is not Standing.SHUT for each in asked.counted)
    )


def is_being_entered(asked: Asked, period: Period) -> bool:
    """Whether the books of some counted class are open at the period."""
    return any(asked.moments[each.pk, period].standing is Standing.OPEN for each in asked.counted)


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


_NO_YEAR = "Không có năm học «{}» trong hệ thống. Chọn năm học trong danh sách."
_NO_PERIOD = "Không có thời điểm «{}». Chọn một trong bốn thời điểm của năm học."
_NO_GRADE = "Không có khối «{}» trong năm học, phạm vi đang xem. Chọn khối trong danh sách."
_NO_ITEM = "Không có môn học, phẩm chất, năng lực «{}». Chọn trong danh sách."
_NO_CUT = "Không có cách xem «{}». Chọn xem theo nội dung hay theo lớp."
T = TypeVar("T")


def _one_of(choices: Iterable[T], wanted: str, key: Callable[[T], str], refusal: str) -> T | None:
    """None where nothing is wanted. Raises WrongAddress."""
    if not wanted:
        return None
    for each in choices:
        if key(each) == wanted:
            return each
    raise WrongAddress(refusal.format(wanted[:40]))


def _where(user: User, classes: Sequence[Any], query: Mapping[str, str]) -> Where:
    """Who sees one grade has it chosen."""
    wanted = query.get("class", "")
    grades = sorted({each.grade_level for each in classes})
    grade = _one_of(grades, query.get("grade", ""), str, _NO_GRADE)
    if wanted:
        chosen = next((each for each in classes if str(each.pk) == wanted), None)
        if chosen is None:
            raise Http404("Không có lớp này trong năm học đang xem, hoặc lớp ngoài phạm vi được xem.")
        if grade not in (None, chosen.grade_level):
            raise WrongAddress(
                f"Lớp {chosen.name} không thuộc khối {grade}. Chọn lớp của khối ấy, hoặc khối «Tất cả»."
            )
        return Where(school_class=chosen)
    if grade:
        return Where(grade)
    if permissions.reach_of(user, Action.SEE_STATISTICS).whole_school:
        return SCHOOL
    return Where(*grades) if len(grades) == 1 else OWN_GRADES


def _period(matter: Matter, moments: RosterDays, wanted: str) -> Period:
    """As asked; else the last for which any class was opened. Results are those of the year's end."""
    period = _one_of(tuple(Period), wanted, lambda each: each.value, _NO_PERIOD)
    if matter is Matter.RESULTS:
        return Period.YEAR_END
    if period:
        return period
    begun = {period for (_class, period), moment in moments.items() if moment.standing is not Standing.SHUT}
    locked = {period for (_class, period), moment in moments.items() if moment.standing is Standing.LOCKED}
    return max(locked or begun or {Period.MID_TERM_1}, key=lambda period: period.order)
