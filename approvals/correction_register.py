"""Sổ theo dõi sửa điểm: every request that was filed, narrowed as asked, in a constant number of statements (R69).

For its page, the workbook and the paper alike. Drafts are not in it: what was not filed is no document yet.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.tables import Heading, Value
from approvals.models import CorrectionItem, CorrectionRequest, Evidence
from approvals.registers import Register, register_of, shown_value
from approvals.request_pages import STATE_ICONS, STATE_KINDS, visible_requests
from approvals.workflow import State
from gradebook.models import ENTRY_CHOICES
from students.models import SchoolClass, SchoolYear

ROLL = "diem-danh"
PERIODS = [*ENTRY_CHOICES, (ROLL, "Điểm danh")]
LONGEST_FILE_NAME = 32
NAME = "Sổ theo dõi sửa điểm, đánh giá, nhận xét"


def short_name(name: str) -> str:
    """A file's name in a column: its beginning, and what kind of file it is."""
    if len(name) <= LONGEST_FILE_NAME:
        return name
    stem, dot, kind = name.rpartition(".")
    end = f"…{dot}{kind}" if dot and len(kind) <= len("jpeg") else "…"
    return f"{(stem if len(end) > 1 else name)[: LONGEST_FILE_NAME - len(end)].rstrip()}{end}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a request, in words."""

    student: str
    subject: str
    content: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One request in the register. The request comes with class, year, line, people, items and evidence."""

    request: CorrectionRequest

    @cached_property
    def register(self) -> Register:
        return register_of(self.request)

    @property
    def state(self) -> State:
        return State(self.request.state)

    @property
    def kind(self) -> str:
        return STATE_KINDS[self.state]

    @property
    def icon(self) -> str:
        return STATE_ICONS[self.state]

    @property
    def principal_answer(self) -> str:
        """What the principal has said, where the request needed it; "" else."""
        if self.request.consent_by is None:
            return ""
        return "Không đồng ý" if self.state == State.REFUSED else "Đồng ý"

    @cached_property
    def files(self) -> tuple[str, ...]:
        """What the pieces of evidence are called, shortened."""
        return tuple(short_name(each.name) for each in self.request.evidence.all())

    @property
    def evidence_words(self) -> str:
        """«2 minh chứng: bài trang 1.jpg, bài trang 2.jpg»."""
        told = f"{len(self.files)} minh chứng"
        return f"{told}: {', '.join(self.files)}" if self.files else told

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(self._cell(item) for item in self.request.items.all())

    def _cell(self, item: CorrectionItem) -> Cell:
        subject, content = self.register.words_of(item)
        old, new = shown_value(item.field, item.old_value), shown_value(item.field, item.new_value)
        return Cell(item.student.full_name, subject, content, old, new)


@dataclass(frozen=True)
class Narrowing:
    """What the register was asked for; what makes no sense counts as not asked.

    `month` is the first day of the one in which a request was filed.
    """

    year: SchoolYear | None
    period: str = ""
    month: datetime.date | None = None
    school_class: SchoolClass | None = None
    state: str = ""
    teacher: User | None = None

    @property
    def words(self) -> str:
        """As the paper and the workbook say it: «tháng 11/2026, lớp 4A»."""
        parts = [
            dict(PERIODS)[self.period] if self.period else "",
            f"tháng {self.month:%m/%Y}" if self.month else "",
            f"lớp {self.school_class.name}" if self.school_class else "",
            State(self.state).label if self.state else "",
            self.teacher.full_name if self.teacher else "",
        ]
        return ", ".join(part for part in parts if part) or "mọi phiếu đã gửi"

    @property
    def query(self) -> str:
        """For links that ask for the same."""
        asked = QueryDict(mutable=True)
        told = {
            "year": self.year.pk if self.year else "",
            "period": self.period,
            "month": f"{self.month:%Y-%m}" if self.month else "",
            "class": self.school_class.pk if self.school_class else "",
            "state": self.state,
            "teacher": self.teacher.pk if self.teacher else "",
        }
        asked.update({name: str(value) for name, value in told.items() if value})
        return asked.urlencode()

    def condition(self) -> Q:
        wanted = Q(year=self.year)
        if self.period:
            wanted &= Q(roll_day__isnull=False) if self.period == ROLL else Q(period=self.period)
        if self.month:
            after = (self.month + datetime.timedelta(days=32)).replace(day=1)
            wanted &= Q(filed_at__gte=_midnight(self.month), filed_at__lt=_midnight(after))
        if self.school_class:
            wanted &= Q(school_class=self.school_class)
        if self.state:
            wanted &= Q(state=self.state)
        return wanted & Q(proposer=self.teacher) if self.teacher else wanted


@dataclass(frozen=True)
class Choices:
    """What the filters offer: years, and the classes, teachers and months of the register of the chosen one."""

    years: Sequence[SchoolYear]
    classes: Sequence[SchoolClass]
    teachers: Sequence[User]
    months: Sequence[datetime.date]


def read_choices(user: User, year: SchoolYear | None, years: Sequence[SchoolYear]) -> Choices:
    """Of what this person may see. Three statements."""
    own = _filed(user).filter(year=year).order_by()
    classes = SchoolClass.objects.filter(pk__in=own.values("school_class"))
    teachers = User.objects.filter(pk__in=own.values("proposer"))
    return Choices(
        years,
        list(classes.order_by("grade_level", "name")),
        list(teachers.order_by("full_name")),
        _months(own),
    )


def _months(own: QuerySet[CorrectionRequest]) -> list[datetime.date]:
    moments = own.datetimes("filed_at", "month", order="DESC")
    return [timezone.localdate(moment) for moment in moments]


def narrowing_of(asked: Mapping[str, str], year: SchoolYear | None, choices: Choices) -> Narrowing:
    """What `asked` says of what there is to choose from."""
    month = asked.get("month", "")
    state = asked.get("state", "")
    period = asked.get("period", "")
    return Narrowing(
        year=year,
        period=period if period in dict(PERIODS) else "",
        month=next((each for each in choices.months if f"{each:%Y-%m}" == month), None),
        school_class=next((each for each in choices.classes if str(each.pk) == asked.get("class", "")), None),
        state=state if state in set(State) - {State.DRAFT} else "",
        teacher=next((each for each in choices.teachers if str(each.pk) == asked.get("teacher", "")), None),
    )


def entries_of(user: User, narrowing: Narrowing) -> QuerySet[CorrectionRequest]:
    """The requests of the register in the order of their numbers, each with all that an `Entry` needs."""
    items = CorrectionItem.objects.select_related("student")
    evidence = Evidence.objects.standing().only("request", "name").order_by("pk")
    return (
        _filed(user)
        .filter(narrowing.condition())
        .select_related("school_class__year", "line", "proposer", "decided_by", "consent_by", "applied_by")
        .prefetch_related(Prefetch("items", queryset=items), Prefetch("evidence", queryset=evidence))
        .order_by("number")
    )


def _filed(user: User) -> QuerySet[CorrectionRequest]:
    return visible_requests(user).filed()


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


# -- As a workbook -----------------------------------------------------------------------------------------

HEADINGS = (
    *(Heading("Số phiếu", 20), Heading("Gửi lúc", 18), Heading("Người đề nghị", 26), Heading("Lớp", 8)),
    *(Heading("Thời điểm", 22), Heading("Học sinh", 28), Heading("Môn, NL, PC", 26)),
    *(Heading("Nội dung", 18), Heading("Đã ghi", 24), Heading("Đề nghị sửa thành", 24), Heading("Lí do", 40)),
    *(
        Heading("Số minh chứng", 10),
        Heading("Minh chứng", 40),
        Heading("Trạng thái", 24),
        Heading("Người quyết định", 26),
    ),
    *(Heading("Quyết định lúc", 18), Heading("Ý kiến", 36), Heading("Người thực hiện", 26)),
    *(Heading("Thực hiện lúc", 18), Heading("Loại sai sót", 26)),
    *(Heading("Hiệu trưởng trả lời", 18), Heading("Hiệu trưởng", 26), Heading("Hiệu trưởng trả lời lúc", 18)),
    *(Heading("Ý kiến Hiệu trưởng", 36), Heading("Vì sao để trống ô phải có", 36)),
)


def table_rows(entries: Iterable[Entry]) -> Iterable[Sequence[Value]]:
    """A row for each cell, so that Excel can filter and count them."""
    for entry in entries:
        request = entry.request
        before = (request.label, request.filed_at, request.proposer.full_name, request.school_class.name)
        after = (
            *(request.reason, len(entry.files), ", ".join(entry.files), entry.state.label),
            *(_name(request.decided_by), request.decided_at),
            *(request.decision_note, _name(request.applied_by), request.applied_at),
            request.reason_label,
            *(entry.principal_answer, _name(request.consent_by), request.consent_at, request.consent_note),
            request.gap_reason,
        )
        for cell in entry.cells:
            told = (cell.student, cell.subject, cell.content, cell.old, cell.new)
            yield (*before, entry.register.moment, *told, *after)


def _name(person: User | None) -> str:
    return person.full_name if person else ""
