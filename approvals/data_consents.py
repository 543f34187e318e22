"""Consents to the processing of pupils' data: written from paper slips, a class at a time or one by one (rule R66).

Nothing is changed or deleted: what is said anew is a new row, and the newest of pupil, purpose and giver counts.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from approvals.data_purposes import purposes_to_agree_to
from approvals.data_refusals import DataOutdated, DataRefused, RowsRefused, words_of
from approvals.data_rules import (
    SENT_TWICE_WITHIN,
    SLIP_YEARS,
    born_not_before,
    child_agrees_from,
    is_child_asked,
    years_before,
)
from approvals.models import Consent, ProcessingPurpose
from students.models import Enrolment, SchoolClass, Student

Giver, Said = Consent.Giver, Consent.Said
WHO_SEES: Final = "Phiếu đồng ý của lớp mở cho giáo viên chủ nhiệm của lớp, văn thư và Ban giám hiệu."
WHO_RECORDS: Final = "Phiếu đồng ý do giáo viên chủ nhiệm của lớp hoặc văn thư ghi."


# -- What stands -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands of one pupil and one purpose; `child` is None while the child is not asked."""

    purpose: ProcessingPurpose
    representative: Consent | None
    child: Consent | None
    asks_child: bool

    @property
    def is_missing(self) -> bool:
        """Whether somebody who is asked has not said anything yet."""
        return self.representative is None or (self.asks_child and self.child is None)

    @property
    def is_allowed(self) -> bool:
        """Whether the school may: everybody who is asked agrees."""
        said = [self.representative, *([self.child] if self.asks_child else [])]
        return all(each is not None and each.said == Said.GIVEN for each in said)

    @property
    def word(self) -> str:
        if self.is_allowed:
            return "Được phép"
        said = {each.said for each in (self.representative, self.child) if each}
        if Said.WITHDRAWN in said:
            return "Đã rút lại"
        if Said.REFUSED in said:
            return "Không đồng ý"
        return "Thiếu ý kiến học sinh" if self.representative else "Chưa có phiếu"

    @property
    def kind(self) -> str:
        if self.is_allowed:
            return "ok"
        return "warning" if self.is_missing and self.word not in ("Đã rút lại", "Không đồng ý") else "refused"


@dataclass(frozen=True, slots=True)
class PupilConsents:
    """A pupil of a class with a cell for each purpose; `last` is the newest row's number, 0 for none."""

    student: Student
    cells: tuple[Cell, ...]
    asks_child: bool
    last: int

    @property
    def missing(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.is_missing)


@dataclass(frozen=True, slots=True)
class ClassConsents:
    """How far the slips of a class are."""

    school_class: SchoolClass
    pupils: tuple[PupilConsents, ...]

    @property
    def lacking(self) -> tuple[PupilConsents, ...]:
        return tuple(pupil for pupil in self.pupils if pupil.missing)

    @property
    def whole(self) -> int:
        return len(self.pupils) - len(self.lacking)


def read_classes(classes: Sequence[SchoolClass]) -> list[ClassConsents]:
    """The classes, all of one year, in their order. Three statements, whatever their number."""
    if not classes:
        return []
    purposes = purposes_to_agree_to()
    seats = Enrolment.objects.filter(school_class__in=classes).held_on(classes[0].year.day_for_roster())
    by_class: dict[int, list[Student]] = {each.pk: [] for each in classes}
    for seat in seats.select_related("student").in_class_order():
        by_class[seat.school_class_id].append(seat.student)
    pupils = [pupil for group in by_class.values() for pupil in group]
    found = {each.student.pk: each for each in pupil_consents(pupils, purposes)}
    return [ClassConsents(each, tuple(found[pupil.pk] for pupil in by_class[each.pk])) for each in classes]


def pupil_consents(pupils: Collection[Student], purposes: Sequence[ProcessingPurpose]) -> list[PupilConsents]:
    """Each pupil with a cell a purpose. One statement."""
    newest = Consent.objects.filter(purpose__in=purposes, student__in=[pupil.pk for pupil in pupils])
    stands: dict[tuple[int, int, str], Consent] = {}
    for row in newest.order_by("student_id", "purpose_id", "giver", "-id").distinct(
        "student_id", "purpose_id", "giver"
    ):
        stands[row.student_id, row.purpose_id, row.giver] = row
    today = clock.today()
    return [_pupil(pupil, purposes, stands, today) for pupil in pupils]


def _pupil(
    pupil: Student,
    purposes: Sequence[ProcessingPurpose],
    stands: Mapping[tuple[int, int, str], Consent],
    today: datetime.date,
) -> PupilConsents:
    asks_child = child_is_asked(pupil, today)
    cells = tuple(
        Cell(
            each,
            stands.get((pupil.pk, each.pk, Giver.REPRESENTATIVE)),
            stands.get((pupil.pk, each.pk, Giver.CHILD)),
            asks_child,
        )
        for each in purposes
    )
    rows = [row for cell in cells for row in (cell.representative, cell.child) if row]
    return PupilConsents(pupil, cells, asks_child, max((row.pk for row in rows), default=0))


def child_is_asked(pupil: Student, on: datetime.date) -> bool:
    return is_child_asked(child_agrees_from(pupil.birth_year, pupil.birth_month, pupil.birth_day), on)


def signers_of(pupil: Student) -> list[str]:
    """Who of the record may sign for the pupil: «Trần Thị Tư (mẹ)»."""
    known = ((pupil.mother_name, "mẹ"), (pupil.father_name, "cha"), (pupil.guardian_name, "người giám hộ"))
    return [f"{name} ({who})" for name, who in known if name]


# -- Writing -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slip:
    """One pupil's paper slip: what representative and child say of purposes, by their number.

    Of a purpose that it does not name the slip says nothing. `seen`: the newest row of the pupil that the page showed.
    """

    student_id: int
    signer: str
    seen: int
    representative: Mapping[int, bool]
    child: Mapping[int, bool]


class WordClash(DataOutdated):
    """Something was written of the pupil since the page was opened; nothing is written now."""

    def __init__(self) -> None:
        super().__init__(
            "Phiếu của em vừa được ghi thêm sau khi trang này mở. Chưa ghi gì: xem lại «Hiện nay», «Đã ghi» ở trên; "
            "vẫn đúng thì bấm «Ghi phiếu» lần nữa."
        )


class ConsentClash(DataOutdated):
    """Somebody else has written for these pupils meanwhile; nothing is written."""

    def __init__(self, students: Collection[int]) -> None:
        super().__init__(
            "Có em vừa được ghi phiếu sau khi trang này mở. Xem lại các dòng có ghi chú; chưa ghi phiếu nào."
        )
        self.students = frozenset(students)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of the slips of a class."""

    pupils: int
    """Pupils of whom something was written."""
    as_it_stood: int
    """Pupils whose slip says what stands already."""
    sent_again: int
    """Pupils whose slip this same person has just recorded: the form was sent twice."""
    asked_since: tuple[str, ...]
    """Names of those who were not asked on the day of the slip and are by now: their own word is still missing."""


def record_slips(
    school_class: SchoolClass, slips: Iterable[Slip], *, said_on: datetime.date, paper: str, by: User
) -> Recorded:
    """Writes the slips of a class in one go: what is missing, and what differs from what stands.

    Eight statements, whatever their number; one more where something was written since the page was opened. A form that
    the same person sent twice is written once. A slip never undoes what was said after it, nor a withdrawal of its own
    day: RowsRefused, and nothing is written. Raises Refused, DataRefused, ConsentClash too.
    """
    permissions.require(by, Action.RECORD_CONSENTS, WHO_RECORDS, school_class=school_class)
    told = {slip.student_id: slip for slip in slips}
    where = _paper(paper, said_on)
    capacity = permissions.capacity(by, Action.RECORD_CONSENTS, school_class=school_class)
    with acting(by, role=capacity, source=Source.PAGE) as act:
        held = {each.pk: each for each in Student.objects.select_for_update().filter(pk__in=told)}
        purposes = purposes_to_agree_to()
        stands = pupil_consents(list(held.values()), purposes)
        news = {each.student.pk: _news(told[each.student.pk], each, said_on) for each in stands}
        late = [each.student.pk for each in stands if each.last != told[each.student.pk].seen]
        same = [key for key in late if not news[key]]
        again = (
            _sent_again([told[key] for key in same], said_on=said_on, paper=where, by=by) if same else set()
        )
        if clash := set(late) - again:
            raise ConsentClash(clash)
        wrong = {each.student.pk: _why_not(each.student, news[each.student.pk], said_on) for each in stands}
        if any(wrong.values()):
            names = ", ".join(each.student.full_name for each in stands if wrong[each.student.pk])
            raise RowsRefused(
                f"Dòng chưa ghi được: {names}. Xem ghi chú ở dòng; chưa ghi phiếu nào.",
                {pk: why for pk, why in wrong.items() if why},
            )
        Consent.objects.bulk_create(
            _row(
                new.cell.purpose,
                new.giver,
                new.said,
                f"{each.student.full_name} (học sinh)"
                if new.giver == Giver.CHILD
                else told[each.student.pk].signer,
                {"student": each.student, "said_on": said_on, "paper": where, "recorded_by": by},
            )
            for each in stands
            for new in news[each.student.pk]
        )
        written = sum(bool(each) for each in news.values())
        act.says(
            f"Ghi {written} phiếu đồng ý của lớp {school_class.name}",
            thing=f"consents_of_class:{school_class.pk}",
        )
    return Recorded(
        written,
        len(held) - written - len(again),
        len(again),
        tuple(
            each.student.full_name
            for each in stands
            if each.asks_child
            and not child_is_asked(each.student, said_on)
            and any(cell.child is None for cell in each.cells)
        ),
    )


def _sent_again(slips: Sequence[Slip], *, said_on: datetime.date, paper: str, by: User) -> set[int]:
    """The pupils of whom all that the page did not show was just written by this person from these slips."""
    seen = {slip.student_id: slip for slip in slips}
    since = clock.stamp() - SENT_TWICE_WITHIN
    since_shown: dict[int, list[Consent]] = {key: [] for key in seen}
    for row in Consent.objects.filter(student__in=seen, pk__gt=min(slip.seen for slip in slips)):
        if row.pk > seen[row.student_id].seen:
            since_shown[row.student_id].append(row)
    return {
        key
        for key, rows in since_shown.items()
        if all(
            (row.recorded_by_id, row.said_on, row.paper) == (by.pk, said_on, paper)
            and row.recorded_at > since
            and (row.giver == Giver.CHILD or row.signer == seen[key].signer)
            for row in rows
        )
    }


@dataclass(frozen=True, slots=True)
class _New:
    """A word of a slip that is not what stands."""

    cell: Cell
    giver: str
    said: str
    before: Consent | None


def _news(slip: Slip, stands: PupilConsents, said_on: datetime.date) -> list[_New]:
    """A child of whom no agreement was needed on that day is not written, whatever the form said."""
    told: list[tuple[str, Mapping[int, bool]]] = [(Giver.REPRESENTATIVE, slip.representative)]
    if child_is_asked(stands.student, said_on):
        told.append((Giver.CHILD, slip.child))
    found = []
    for cell in stands.cells:
        for giver, said in told:
            before = cell.child if giver == Giver.CHILD else cell.representative
            agrees = said.get(cell.purpose.pk)
            if agrees is None or (before is not None and agrees == (before.said == Said.GIVEN)):
                continue
            found.append(_New(cell, giver, Said.GIVEN if agrees else Said.REFUSED, before))
    return found


def _why_not(student: Student, news: Iterable[_New], said_on: datetime.date) -> str:
    """Why a slip of that day cannot be written as it is, and what to do; "" where it can."""
    if why := _before_birth(student, said_on):
        return why
    newer = {
        _told_before(new.before, new.cell.purpose): None
        for new in news
        if new.before is not None and _is_undone(new.before, new.said, said_on)
    }
    if not newer:
        return ""
    return (
        f"{student.full_name}: {_undoes_nothing(said_on, newer)} "
        "Chọn «Đồng ý các mục còn thiếu» để ghi các mục khác; người đại diện nay đã đổi ý thì ghi phiếu mới ở trang "
        "của em."
    )


def _told_before(before: Consent, purpose: ProcessingPurpose) -> str:
    """«Chụp ảnh …» (đã rút lại ngày 20/11/2026)."""
    return f"«{purpose.title}» ({before.get_said_display().lower()} ngày {before.said_on:%d/%m/%Y})"


def _undoes_nothing(said_on: datetime.date, newer: Iterable[str]) -> str:
    return f"phiếu ngày {said_on:%d/%m/%Y} không thay được điều nói sau đó: {', '.join(newer)}."


def _is_undone(before: Consent, said: str, said_on: datetime.date) -> bool:
    """A withdrawal stands against a consent of its own day: which of them came last no slip tells."""
    if before.said == Said.WITHDRAWN and said == Said.GIVEN:
        return said_on <= before.said_on
    return said_on < before.said_on


def _before_birth(student: Student, said_on: datetime.date) -> str:
    born = born_not_before(student.birth_year, student.birth_month, student.birth_day)
    if born is None or said_on >= born:
        return ""
    return (
        f"Ngày kí phiếu {said_on:%d/%m/%Y} trước ngày sinh của {student.full_name}. Xem lại ngày trên phiếu."
    )


def _row(
    purpose: ProcessingPurpose, giver: str, said: str, signer: str, common: Mapping[str, Any]
) -> Consent:
    return Consent(
        purpose=purpose, giver=giver, said=said, signer=signer, recorded_at=clock.stamp(), **common
    )


@dataclass(frozen=True, slots=True)
class Word:
    """What one giver says of one purpose, on a paper of its own."""

    purpose: ProcessingPurpose
    giver: str
    said: str
    signer: str
    said_on: datetime.date
    paper: str


def record_word(
    student: Student, word: Word, *, seen: int, school_class: SchoolClass | None, by: User
) -> Consent:
    """Writes a consent, a refusal or a withdrawal. `school_class`: where the pupil sits today.

    `seen`: the newest row of the pupil that the page showed (`last_word_of`). Raises Refused; WordClash where there is
    a newer one; DataRefused where nothing was given that could be withdrawn, where a newer word or a withdrawal of that
    day stands, or the child is not asked.
    """
    permissions.require(by, Action.RECORD_CONSENTS, WHO_RECORDS, school_class=school_class)
    where = _paper(word.paper, word.said_on)
    signer = words_of(word.signer, "người kí", "signer")
    capacity = permissions.capacity(by, Action.RECORD_CONSENTS, school_class=school_class)
    with acting(by, role=capacity, source=Source.PAGE) as act:
        student = Student.objects.select_for_update().get(pk=student.pk)
        if why := _before_birth(student, word.said_on):
            raise DataRefused(why, "said_on")
        if word.giver == Giver.CHILD and not child_is_asked(student, word.said_on):
            raise DataRefused("Ngày ấy em chưa đủ 7 tuổi: chỉ cần người đại diện đồng ý.", "giver")
        before = _newest(student, word)
        if before is not None and _is_same(before, word, signer, where, by):
            act.says(
                f"Phiếu của {student.full_name} được gửi lần nữa: đã ghi rồi",
                thing=f"consents_of_pupil:{student.pk}",
            )
            return before
        if last_word_of(student) != seen:
            raise WordClash
        if word.said == Said.WITHDRAWN and (before is None or before.said != Said.GIVEN):
            raise DataRefused("Chưa có đồng ý nào đang có hiệu lực để rút lại.", "said")
        if before is not None and _is_undone(before, word.said, word.said_on):
            told = _undoes_nothing(word.said_on, [_told_before(before, word.purpose)])
            raise DataRefused(
                f"{told[:1].upper()}{told[1:]} Xem lại ngày trên phiếu; người đại diện nay đã đổi ý thì lấy phiếu mới, "
                "kí sau ngày ấy.",
                "said_on",
            )
        if word.said != Said.WITHDRAWN and not _is_asked_for(word.purpose):
            raise DataOutdated("Mục đích này vừa thôi áp dụng. Mở lại trang rồi làm tiếp.")
        common = {"student": student, "said_on": word.said_on, "paper": where, "recorded_by": by}
        made = _row(word.purpose, word.giver, word.said, signer, common)
        made.save()
        act.says(
            f"Ghi phiếu của {student.full_name}: {made} – {word.purpose.title}",
            thing=f"consents_of_pupil:{student.pk}",
        )
    return made


def _is_same(before: Consent, word: Word, signer: str, paper: str, by: User) -> bool:
    """Whether the form was sent twice."""
    told = (word.said, signer, word.said_on, paper, by.pk)
    wrote = (before.said, before.signer, before.said_on, before.paper, before.recorded_by_id)
    return wrote == told and before.recorded_at > clock.stamp() - SENT_TWICE_WITHIN


def last_word_of(student: Student) -> int:
    """The number of the newest row of a pupil, whatever it is about; 0 for none. One statement."""
    last: int | None = Consent.objects.filter(student=student).aggregate(last=Max("id"))["last"]
    return last or 0


def _newest(student: Student, word: Word) -> Consent | None:
    same = Consent.objects.filter(student=student, purpose=word.purpose, giver=word.giver)
    return same.order_by("-id").first()


def _is_asked_for(purpose: ProcessingPurpose) -> bool:
    return ProcessingPurpose.objects.to_agree_to().filter(pk=purpose.pk).exists()


def _paper(typed: str, said_on: datetime.date) -> str:
    if said_on > clock.today():
        raise DataRefused("Ngày kí phiếu chưa tới. Ghi ngày trên phiếu.", "said_on")
    first = years_before(clock.today(), SLIP_YEARS)
    if said_on < first:
        raise DataRefused(
            f"Ngày kí phiếu trước {first:%d/%m/%Y}, quá {SLIP_YEARS} năm. Xem lại năm trên phiếu.", "said_on"
        )
    return words_of(typed, "phiếu lưu ở đâu", "paper")
