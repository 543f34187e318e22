"""What a correction request is about: the cells of a sheet at a period, or the roll of a session of a class.

Both kinds go through one flow (`approvals.corrections`). This is all in which they differ: the names they bear on
pages, what stands in them now and who wrote it, and the one way in through which the approved values are written.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import urlencode

from django.urls import reverse

from accounts.clock import moment_label
from accounts.history import Source
from accounts.models import User
from approvals.mandates import (
    ApprovedRequest,
    ApprovedRoll,
    CorrectionOutdated,
    approved_changes,
    calls_of,
    place_of,
)
from approvals.models import CorrectionItem, CorrectionRequest
from gradebook.entry import EntryRefusedError, SaveReport, differences, save_results
from gradebook.foreseen_cells import Foreseen, foresee
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import Attainment, Period, Rating
from gradebook.sheets import Column, Field, SheetRef, stored_results, value_and_version
from students.attendance import Place, call_roll, standing_rolls
from students.attendance_months import month_of
from students.models import Absence, Movement, Session
from students.movement_rules import Kind
from students.roll_page import KINDS

ABSENCE = "absence"
Writer = tuple[str, str]
"""Who gave a cell the value it has now, and when; in words."""


class Register(Protocol):
    """A part of the school's books that a request wants corrected."""

    @property
    def title(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def moment(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def proof(self) -> str:
        """What a picture shows that backs such a request."""

    @property
    def truth(self) -> str:
        """What the proposer vouches that it agrees with."""

    @property
    def sheet_key(self) -> str:
        """Names the sheet for what the browser keeps of values that are not saved; "" where it keeps none."""

    def words_of(self, item: CorrectionItem) -> tuple[str, str]:
        """Subject and content, as the form's columns have them."""

    def history_of(self, item: CorrectionItem) -> str:
        """The address of what happened to the cell."""

    def propose_anew(self, items: Sequence[CorrectionItem]) -> str:
        """The address of the form that asks for these cells with what stands in them now."""

    def now(self, items: Sequence[CorrectionItem]) -> Mapping[int, str]:
        """The values that stand in the cells, by the item's id. One or two statements."""

    def foreseen(self, items: Sequence[CorrectionItem]) -> Mapping[int, Foreseen]:
        """What the sheet would say of the wanted values, by the item's id; a roll says nothing. One statement."""

    def writers(self, items: Sequence[CorrectionItem]) -> Mapping[int, Writer]:
        """Who wrote what stands in these cells, by the item's id; after `now`. One statement, if any."""

    def check_writable(self) -> None:
        """Raises CorrectionOutdated where a cell is no longer what it was at filing."""

    def write(self, *, by: User, why: str) -> None:
        """Writes exactly the approved values through the one way in. Raises CorrectionOutdated, PermissionDenied."""


def register_of(request: CorrectionRequest) -> Register:
    """Needs the request's class with its year and the line at hand."""
    return RollRegister(request, request.roll_day) if request.roll_day else SheetRegister(request)


def may_be_brought(request: CorrectionRequest) -> bool:
    """Whether its cells may be results of a former school: empty so far, of pupils who came this year (rule R12)."""
    items = list(request.items.all())
    if request.roll_day or any(item.old_value for item in items):
        return False
    came = Movement.objects.in_force().filter(kind=Kind.TRANSFERRED_IN, year=request.year_id)
    pupils = {item.student_id for item in items}
    return came.filter(student__in=pupils).values("student").distinct().count() == len(pupils)


def shown_value(field: str, value: str) -> str:
    """A level with its meaning (its C is not the C of a rating); other values as they are; "" for none."""
    if field == ABSENCE:
        return f"{value} ({KINDS[value]})" if value else KINDS[value].capitalize()
    if not value:
        return ""
    if field == Field.ATTAINMENT and value in set(Attainment):
        return f"{value} ({Attainment(value).label})"
    if field == Field.RATING and value in set(Rating):
        return f"{value} ({Rating(value).label})"
    return value


class SheetRegister:
    """The cells of a mark sheet or homeroom sheet at a period."""

    proof = "ảnh chụp bài kiểm tra"
    truth = "bài làm, kết quả của học sinh"

    def __init__(self, request: CorrectionRequest) -> None:
        self.ref = SheetRef(request.school_class, request.line, Period(request.period))
        self._request = request
        self._stored: Mapping[tuple[int, str], SubjectResult | TraitResult] = {}

    @property
    def title(self) -> str:
        return self.ref.title

    @property
    def subject(self) -> str:
        return self.ref.subject_label

    @property
    def moment(self) -> str:
        return self.ref.period.label

    @property
    def address(self) -> str:
        return reverse(
            "gradebook:sheet", args=[self.ref.school_class.pk, self.ref.code, self.ref.period.value]
        )

    @property
    def sheet_key(self) -> str:
        return self.ref.key

    @cached_property
    def _columns(self) -> Mapping[tuple[str, str], Column]:
        return {(column.item, column.field.value): column for column in self.ref.entry_columns()}

    def words_of(self, item: CorrectionItem) -> tuple[str, str]:
        """On the homeroom sheet the group is the subject."""
        column = self._columns.get((item.item, item.field))
        subject = self.ref.subject_label if self.ref.line else ""
        return subject or (column.group if column else ""), column.label if column else item.field

    def history_of(self, item: CorrectionItem) -> str:
        ref = self.ref
        place = [
            ref.school_class.pk,
            ref.code,
            ref.period.value,
            item.student_id,
            item.item,
            Field.MARK if item.field == Field.REPEAT else item.field,
        ]
        return reverse("gradebook:cell_history", args=place)

    def propose_anew(self, items: Sequence[CorrectionItem]) -> str:
        """Of several pupils it is the sheet, where cells are typed over too."""
        if len({item.student_id for item in items}) != 1:
            return self.address
        ref, first = self.ref, items[0]
        place = [ref.school_class.pk, ref.code, ref.period.value, first.student_id]
        asked = urlencode({"item": first.item, "field": first.field})
        return f"{reverse('approvals:propose_pupil', args=place)}?{asked}"

    def now(self, items: Sequence[CorrectionItem]) -> Mapping[int, str]:
        self._stored = stored_results(self.ref, [item.student_id for item in items])
        return {item.pk: value_and_version(self._row(item), item.field)[0] for item in items}

    def foreseen(self, items: Sequence[CorrectionItem]) -> Mapping[int, Foreseen]:
        wanted = {(item.student_id, item.item, item.field): item.new_value for item in items}
        found = foresee(self.ref, wanted)
        return {item.pk: found[item.student_id, item.item, item.field] for item in items}

    def writers(self, items: Sequence[CorrectionItem]) -> Mapping[int, Writer]:
        if not items:
            return {}
        model = SubjectResult if self.ref.line else TraitResult
        rows = {item.pk: self._row(item) for item in items}
        past = _versions(model, [row.pk for row in rows.values() if row])
        return {
            item.pk: _writer_of(
                past.get(row.pk, []) if (row := rows[item.pk]) else [],
                lambda version, field=item.field: value_and_version(version, field)[0],
            )
            for item in items
        }

    def _row(self, item: CorrectionItem) -> SubjectResult | TraitResult | None:
        return self._stored.get((item.student_id, item.item))

    def check_writable(self) -> None:
        changes = approved_changes(self._request)
        still, _refused = differences(self.ref, changes)
        now = {each.change: each.old for each in still}
        if any(now.get(change) != change.seen for change in changes):
            raise CorrectionOutdated(
                "Giá trị đang lưu không còn như lúc lập phiếu, phiếu này không thực hiện được nữa. "
                "Từ chối phiếu để giáo viên lập phiếu mới."
            )

    def write(self, *, by: User, why: str) -> None:
        try:
            save_results(
                self.ref,
                approved_changes(self._request),
                by=by,
                source=Source.FORMER_SCHOOL if self._request.document else Source.CORRECTION,
                under=ApprovedRequest(self._request),
                whole=True,
                why=why,
            )
        except EntryRefusedError as refusal:
            raise CorrectionOutdated(_why_not_written(refusal.report), refusal.report) from refusal


class RollRegister:
    """The rolls of one or more sessions of a class whose month has closed (rule R72)."""

    proof = "ảnh chụp đơn xin phép, giấy khám bệnh"
    truth = "việc học sinh có mặt, vắng mặt ở lớp"

    def __init__(self, request: CorrectionRequest, day: datetime.date) -> None:
        self._request = request
        self._class = request.school_class
        self._day = day

    @property
    def title(self) -> str:
        return f"Điểm danh lớp {self._class.name}, {self.moment}"

    @property
    def subject(self) -> str:
        return "Điểm danh"

    @property
    def moment(self) -> str:
        if self._request.roll_until == self._day:
            return f"các buổi ngày {self._day:%d/%m/%Y}"
        if self._request.roll_until:
            return f"các buổi từ {self._day:%d/%m/%Y} đến {self._request.roll_until:%d/%m/%Y}"
        return session_words((self._day, self._request.roll_session))

    @property
    def sheet_key(self) -> str:
        return ""

    @property
    def address(self) -> str:
        if self._request.roll_until:
            return reverse("students:attendance_month", args=[self._class.pk, month_of(self._day)])
        return reverse("students:roll", args=[self._class.pk, self._day, self._request.roll_session])

    def words_of(self, item: CorrectionItem) -> tuple[str, str]:
        return self.subject, session_words(place_of(self._request, item))

    def history_of(self, item: CorrectionItem) -> str:
        return reverse("students:roll", args=[self._class.pk, *place_of(self._request, item)])

    def propose_anew(self, items: Sequence[CorrectionItem]) -> str:
        if self._request.roll_until and items:
            place = [self._class.pk, self._day, items[0].student_id]
            return reverse("approvals:propose_sessions", args=place)
        return reverse("approvals:propose_roll", args=[self._class.pk, self._day, self._request.roll_session])

    def now(self, items: Sequence[CorrectionItem]) -> Mapping[int, str]:
        places = {item.pk: place_of(self._request, item) for item in items}
        standing = standing_rolls(self._class, places.values())
        return {item.pk: standing[places[item.pk]].absent.get(item.student_id, "") for item in items}

    def foreseen(self, _items: Sequence[CorrectionItem]) -> Mapping[int, Foreseen]:
        return {}

    def writers(self, items: Sequence[CorrectionItem]) -> Mapping[int, Writer]:
        if not items:
            return {}
        places = {item.pk: place_of(self._request, item) for item in items}
        rows = Absence.objects.filter(
            roll_call__school_class=self._class,
            roll_call__day__in={day for day, _session in places.values()},
            student__in={item.student_id for item in items},
        )
        ids = {
            (pupil, (day, session)): pk
            for pk, pupil, day, session in rows.values_list(
                "pk", "student_id", "roll_call__day", "roll_call__session"
            )
        }
        past = _versions(Absence, ids.values())
        return {
            item.pk: _writer_of(
                past.get(ids.get((item.student_id, places[item.pk]), 0), []), lambda version: version.kind
            )
            for item in items
        }

    def check_writable(self) -> None:
        calls_of(self._request)

    def write(self, *, by: User, why: str) -> None:
        report = call_roll(
            self._class,
            calls_of(self._request),
            by=by,
            source=Source.CORRECTION,
            under=ApprovedRoll(self._request),
            why=why,
        )
        if not report.is_whole:
            reasons = " ".join(refused.message for refused in report.refused)
            raise CorrectionOutdated(f"Không ghi được vào sổ điểm danh nên chưa ghi gì. {reasons}".strip())


def session_words(place: Place) -> str:
    day, session = place
    return f"buổi {Session(session).label} ngày {day:%d/%m/%Y}"


def _versions(model: Any, ids: Iterable[int]) -> Mapping[int, list[Any]]:
    """The versions of rows by their id, oldest first. One statement."""
    past: dict[int, list[Any]] = {}
    for row in model.history.filter(id__in=ids).select_related("history_user").order_by("history_id"):
        past.setdefault(row.id, []).append(row)
    return past


def _writer_of(versions: Sequence[Any], value_of: Any) -> Writer:
    """The author of the last change of one value among a row's versions, oldest first."""
    found = ("", "")
    before = ""
    for row in versions:
        value = value_of(row)
        if value != before:
            found = (str(row.history_user or "Hệ thống"), moment_label(row.history_date))
        before = value
    return found


def _why_not_written(report: SaveReport) -> str:
    if report.conflicts:
        return (
            "Giá trị đang lưu không còn như lúc lập phiếu nên chưa ghi gì. "
            "Giáo viên huỷ phiếu này và lập phiếu mới theo giá trị đang lưu."
        )
    reasons = " ".join(dict.fromkeys(refused.message for refused in report.refused))
    return f"Không ghi được vào sổ nên chưa ghi gì. {reasons}"
