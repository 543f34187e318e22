"""Handing a class over: notes on its pupils, the signature, the receipt by next year's teachers (TT27 Điều 12; R17).

The homeroom teacher of a class writes and signs while holding it; of grade 5 the record goes to the lower secondary
school. Whoever holds a class of the next year reads what was told of its pupils and confirms. The receipt belongs to
the new year: the old one may be closed by then.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts import clock, permissions
from accounts.account_state import is_closed
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action, Role
from gradebook.computed_results import year_inputs
from gradebook.grading import YearInputs, plain_text
from gradebook.handover_merge import Said, Texts, merge
from gradebook.handover_writers import why_not_in_place, writers_of
from gradebook.models import Handover, HandoverNote, HandoverReceipt, YearOutcome
from gradebook.regulation import Attainment, Rating, YearResult, line_by_code, trait_by_code
from students.models import Enrolment, NextSchool, SchoolClass, Student
from students.names import clean, collation_key
from students.promotion import LAST_GRADE
from students.years import hold_class

FIELDS = ("strengths", "limits", "help")
MOST, MOST_REASON, MOST_NAME = 400, 200, 150
NO_REASON = "Ghi lí do kí thay giáo viên chủ nhiệm, ví dụ «Cô Lan chuyển công tác từ 01/8»."
WHO_WRITES = "Bàn giao do giáo viên chủ nhiệm của lớp lập và kí."
WHO_RECEIVES = "Tiếp nhận bàn giao do giáo viên chủ nhiệm của lớp năm mới xác nhận."


WRITTEN_MEANWHILE = (
    "Bản bàn giao vừa được lưu ở nơi khác, ở chính ô thầy cô sửa; chưa ghi gì. Ô vẫn giữ chữ thầy cô gõ, chữ đang lưu "
    "hiện ngay bên dưới ô đó. Xem lại, chép những gì cần giữ vào ô rồi bấm Lưu: lần lưu này ghi theo chữ trong ô."
)


class HandoverRefused(Exception):
    """Nothing was written; the message says why and what to do."""


class HandoverChanged(HandoverRefused):
    """Somebody changed the same text meanwhile: what was typed is shown again beside what is stored."""


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil of the record. `concerns`: why a note is needed, from the approved results; "" where none is."""

    number: int
    student: Student
    outcome: YearOutcome | None
    concerns: str
    said: Said

    @property
    def result(self) -> str:
        if self.outcome is None:
            return "chưa phê duyệt"
        result = YearResult(self.outcome.result).label if self.outcome.result else "không đánh giá"
        return f"{result}, ở lại lớp" if self.stays else result

    @property
    def stays(self) -> bool:
        """Not promoted: of grade 5 still ours next year."""
        return self.outcome is not None and not self.outcome.is_promoted

    @property
    def goes_on_to(self) -> str:
        """The school of their own to which a pupil goes on; "" for who goes where the class goes, or stays."""
        return "" if self.stays else self.said.school

    @property
    def is_missing(self) -> bool:
        return bool(self.concerns) and not self.said


@dataclass(frozen=True, slots=True)
class Record:
    """The record of a class as it stands."""

    school_class: SchoolClass
    handover: Handover | None
    lines: tuple[Line, ...]
    receipts: tuple[HandoverReceipt, ...]

    @property
    def is_signed(self) -> bool:
        return self.handover is not None and self.handover.signed_at is not None

    @property
    def version(self) -> int:
        return self.handover.version if self.handover else 0

    @property
    def texts(self) -> Texts:
        """What is stored."""
        school = self.handover.receiving_school if self.handover else ""
        return Texts({line.student.pk: line.said for line in self.lines}, school)

    @property
    def goes_to_another_school(self) -> bool:
        return self.school_class.grade_level == LAST_GRADE

    @property
    def leaving(self) -> tuple[Line, ...]:
        """Of grade 5, those who go to another school."""
        return tuple(line for line in self.lines if self.goes_to_another_school and not line.stays)

    @property
    def schools(self) -> tuple[str, ...]:
        """Those that receive files, in the order of the alphabet."""
        of_class = self.handover.receiving_school if self.handover else ""
        found = {line.goes_on_to or of_class for line in self.leaving}
        return tuple(sorted(found - {""}, key=collation_key))

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_missing)


# -- Reading -----------------------------------------------------------------------------------------------


def read_record(school_class: SchoolClass) -> Record:
    """Six statements, whatever the number of pupils; two more once the record is begun, a third of grade 5."""
    handover = Handover.objects.filter(school_class=school_class).select_related("signed_by").first()
    notes = _stored_said(handover, school_class) if handover else {}
    outcomes = {row.student_id: row for row in YearOutcome.objects.filter(school_class=school_class)}
    inputs = year_inputs(school_class)
    seats = Enrolment.objects.roster(school_class)
    lines = tuple(
        Line(
            number,
            seat.student,
            outcomes.get(seat.student_id),
            "; ".join(_concerns(outcomes.get(seat.student_id), inputs[seat.student_id])),
            notes.get(seat.student_id, Said()),
        )
        for number, seat in enumerate(seats, start=1)
    )
    receipts = (
        handover.receipts.select_related("to_class", "received_by").order_by("to_class__name")
        if handover
        else ()
    )
    return Record(school_class, handover, lines, tuple(receipts))


def _stored_said(handover: Handover, school_class: SchoolClass) -> dict[int, Said]:
    said = {note.student_id: said_in(note) for note in handover.notes.all()}
    if school_class.grade_level == LAST_GRADE:
        for student_id, name in _next_schools(school_class).values_list("student_id", "name"):
            said[student_id] = replace(said.get(student_id, Said()), school=name)
    return said


def _next_schools(school_class: SchoolClass) -> QuerySet[NextSchool]:
    seated = Enrolment.objects.roster(school_class).order_by().values("student_id")
    return NextSchool.objects.filter(year_id=school_class.year_id, student_id__in=seated)


def said_in(note: HandoverNote) -> Said:
    return Said(note.strengths, note.limits, note.help)


def _concerns(outcome: YearOutcome | None, inputs: YearInputs) -> Iterable[str]:
    """What Điều 12 wants the next teacher to know: not completed, levels C, what needs effort."""
    if outcome is not None and not outcome.is_promoted:
        yield f"lí do ở lại lớp: {outcome.promotion_note}"
    elif outcome is not None and outcome.result == YearResult.CHT:
        yield f"lên lớp có kế hoạch giúp đỡ: {outcome.promotion_note}"
    for code, level in inputs.attainments.items():
        if level == Attainment.C:
            yield f"{line_by_code(code).short_name}: C"
    yield from _low_marks(inputs)
    for code, rating in inputs.ratings.items():
        if rating == Rating.C:
            yield f"{trait_by_code(code).name}: C"


def _low_marks(inputs: YearInputs) -> Iterable[str]:
    """Of lines whose level does not say it already."""
    for code, mark in inputs.marks.items():
        is_low = mark is not None and mark < inputs.rules.pass_mark
        if is_low and inputs.attainments.get(code) != Attainment.C:
            yield f"{line_by_code(code).short_name}: điểm KTĐK cuối năm {mark}"


@dataclass(frozen=True, slots=True)
class Coming:
    """What one old class says of those of its pupils who sit in the new class; `teacher` led it to the end."""

    handover: Handover
    notes: tuple[tuple[Student, Said], ...]
    receipt: HandoverReceipt | None
    teacher: str = ""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An old class that has not handed over, and whose that is: the vice-principal's where its teacher has left."""

    school_class: SchoolClass
    teacher: str
    is_left_to_others: bool


def coming_to(school_class: SchoolClass) -> tuple[list[Coming], list[Unsigned]]:
    """What was handed over to a class of the new year, and the old classes that have not signed. Seven statements."""
    pupils = {seat.student_id: seat.student for seat in Enrolment.objects.roster(school_class)}
    before = Enrolment.objects.filter(
        student__in=pupils, school_class__year=school_class.year_id - 1, ended_by=None
    ).select_related("school_class__year")
    from_class: dict[int, list[Student]] = defaultdict(list)
    old_classes: dict[int, SchoolClass] = {}
    for seat in before:
        from_class[seat.school_class_id].append(pupils[seat.student_id])
        old_classes[seat.school_class_id] = seat.school_class
    signed = Handover.objects.filter(school_class__in=old_classes, signed_at__isnull=False)
    handovers = list(signed.select_related("school_class", "signed_by").order_by("school_class__name"))
    said: dict[tuple[int, int], Said] = {
        (note.handover_id, note.student_id): said_in(note)
        for note in HandoverNote.objects.filter(handover__in=handovers, student__in=pupils)
    }
    receipts = {row.handover_id: row for row in school_class.handover_receipts.select_related("received_by")}
    led = writers_of([each.school_class for each in handovers])
    coming = [
        Coming(
            each,
            tuple(
                (pupil, said.get((each.pk, pupil.pk), Said()))
                for pupil in sorted(from_class[each.school_class_id], key=lambda pupil: pupil.sort_key)
            ),
            receipts.get(each.pk),
            led[each.school_class_id].full_name if each.school_class_id in led else "",
        )
        for each in handovers
    ]
    there = {each.school_class_id for each in handovers}
    return coming, _unsigned([each for pk, each in old_classes.items() if pk not in there])


def _unsigned(classes: Sequence[SchoolClass]) -> list[Unsigned]:
    writers = writers_of(classes)
    return [
        Unsigned(
            each,
            writers[each.pk].full_name if each.pk in writers else "",
            is_left_to_others=each.pk not in writers or is_closed(writers[each.pk]),
        )
        for each in sorted(classes, key=lambda each: each.name)
    ]


# -- Acts --------------------------------------------------------------------------------------------------


def keep_notes(school_class: SchoolClass, typed: Texts, *, seen: Texts, by: User) -> Handover:
    """Stores the notes on the pupils named; `seen` is what stood on the page before their writer typed.

    What somebody else has stored since and this writer did not touch stays. Raises PermissionDenied; YearIsClosed;
    HandoverRefused; HandoverChanged, with nothing written, where both changed one text.
    """
    with acting(by, role=_writing_role(by, school_class), source=Source.PAGE):
        handover = _held(school_class)
        notes = _stored_said(handover, school_class)
        merged = merge(typed, seen=seen, stored=Texts(notes, handover.receiving_school))
        if merged.clashes:
            raise HandoverChanged(WRITTEN_MEANWHILE)
        _store(handover, school_class, merged.texts.said)
        if school_class.grade_level == LAST_GRADE:
            _store_schools(school_class, merged.texts.said)
        handover.version += 1
        handover.receiving_school = plain_text(merged.texts.receiving_school)
        handover.save()
    return handover


def sign(school_class: SchoolClass, *, seen: int, by: User, in_place_reason: str = "") -> Handover:
    """The class is handed over: nothing changes afterwards. In place of a teacher who has left, with a reason.

    Raises PermissionDenied; YearIsClosed; HandoverRefused while a pupil who needs a note has none, results are not
    approved, or the receiving school of a class of grade 5 is not named.
    """
    with acting(by, role=_writing_role(by, school_class), source=Source.PAGE):
        handover = _held(school_class)
        record = read_record(school_class)
        is_own = permissions.may(by, Action.WRITE_HANDOVER, school_class=school_class)
        reason = "" if is_own else plain_text(in_place_reason)[:MOST_REASON]
        problem = _why_not_signed(record, seen) or ("" if is_own or reason else NO_REASON)
        if problem:
            raise HandoverRefused(problem)
        handover.signed_by, handover.signed_at, handover.in_place_reason = by, clock.now(), reason
        handover.save()
    return handover


def receive(school_class: SchoolClass, *, by: User) -> list[HandoverReceipt]:
    """The teacher of a class of the new year confirms what has been handed over to it so far and not been received."""
    permissions.require(by, Action.RECEIVE_HANDOVER, WHO_RECEIVES, school_class=school_class)
    with acting(by, role=permissions.acting_role(by, school_class, None), source=Source.PAGE):
        hold_class(school_class)
        coming, _unsigned = coming_to(school_class)
        made = [
            HandoverReceipt(
                handover=each.handover, to_class=school_class, received_by=by, received_at=clock.now()
            )
            for each in coming
            if each.receipt is None
        ]
        if not made:
            raise HandoverRefused("Chưa có bản bàn giao nào mới để tiếp nhận.")
        record_bulk(HandoverReceipt.objects.bulk_create(made), changed=False)
    return made


def _writing_role(by: User, school_class: SchoolClass) -> str:
    """In which capacity the person writes and signs. Raises PermissionDenied; HandoverRefused while it is another's."""
    if not permissions.may(by, Action.SIGN_HANDOVER_IN_PLACE):
        permissions.require(by, Action.WRITE_HANDOVER, WHO_WRITES, school_class=school_class)
    if permissions.may(by, Action.WRITE_HANDOVER, school_class=school_class):
        return f"GVCN {school_class.name}"
    if why := why_not_in_place(school_class):
        raise HandoverRefused(why)
    return Role.VICE_PRINCIPAL.label


def _held(school_class: SchoolClass) -> Handover:
    """The record of the class, made if there is none, held until the transaction ends."""
    school_class.year.require_not_closed()
    hold_class(school_class)
    handover, _made = Handover.objects.get_or_create(school_class=school_class)
    if handover.signed_at is not None:
        raise HandoverRefused("Bản bàn giao đã kí, không sửa được nữa.")
    return handover


def _store(handover: Handover, school_class: SchoolClass, said: Mapping[int, Said]) -> None:
    pupils = set(Enrolment.objects.roster(school_class).values_list("student_id", flat=True))
    if not set(said) <= pupils:
        raise HandoverRefused("Có em không còn trong danh sách lớp. Mở lại trang rồi ghi tiếp.")
    stored = {note.student_id: note for note in handover.notes.all()}
    new, changed = [], []
    for pupil, typed in said.items():
        texts, note = _clean(typed), stored.get(pupil)
        if note is None and texts:
            new.append(HandoverNote(handover=handover, student_id=pupil, **texts.texts))
        elif note is not None and said_in(note).texts != texts.texts:
            note.strengths, note.limits, note.help = texts.strengths, texts.limits, texts.help
            changed.append(note)
    record_bulk(HandoverNote.objects.bulk_create(new), changed=False)
    if changed:
        HandoverNote.objects.bulk_update(changed, FIELDS)
        record_bulk(changed, changed=True)


def _store_schools(school_class: SchoolClass, said: Mapping[int, Said]) -> None:
    """The name of a pupil who goes where the class goes after all is emptied."""
    stored = {row.student_id: row for row in _next_schools(school_class)}
    new, changed = [], []
    for pupil, typed in said.items():
        name, row = clean(typed.school)[:MOST_NAME], stored.get(pupil)
        if row is None and name:
            new.append(NextSchool(student_id=pupil, year_id=school_class.year_id, name=name))
        elif row is not None and row.name != name:
            row.name = name
            changed.append(row)
    record_bulk(NextSchool.objects.bulk_create(new), changed=False)
    if changed:
        NextSchool.objects.bulk_update(changed, ["name"])
        record_bulk(changed, changed=True)


def _clean(typed: Said) -> Said:
    texts = Said(*(plain_text(text) for text in astuple(typed)))
    if any(len(text) > MOST for text in astuple(texts)):
        raise HandoverRefused(f"Mỗi ô ghi nhiều nhất {MOST} chữ. Ghi ngắn lại rồi lưu.")
    return texts


def _why_not_signed(record: Record, seen: int) -> str:
    if record.version != seen:
        return "Bản bàn giao vừa được lưu ở nơi khác. Xem lại rồi kí."
    waiting = sum(line.outcome is None for line in record.lines)
    if waiting:
        return f"Kết quả của {waiting} em chưa được Hiệu trưởng phê duyệt, nên chưa bàn giao được."
    if record.missing:
        names = ", ".join(line.student.full_name for line in record.missing[:5])
        more = f" và {len(record.missing) - 5} em nữa" if len(record.missing) > 5 else ""
        return f"Chưa ghi gì cho {names}{more}: các em này cần người dạy năm sau biết. Ghi rồi kí."
    of_class = record.handover.receiving_school if record.handover else ""
    if any(not (of_class or line.goes_on_to) for line in record.leaving):
        return "Chưa ghi trường trung học cơ sở nhận hồ sơ. Ghi tên trường rồi lưu, sau đó kí."
    return ""


def waiting_for_receipt(classes: Sequence[SchoolClass]) -> dict[int, list[str]]:
    """Of new classes, by id: the old classes that signed and whose record is not received there. One statement."""
    waiting: dict[int, list[str]] = defaultdict(list)
    for new_class, _name, old_name in _not_received(each.pk for each in classes):
        waiting[new_class].append(old_name)
    return waiting


def receipts_awaited(class_ids: Collection[int]) -> dict[tuple[int, str], list[str]]:
    """The same of classes known by id alone, by id and name. One statement; none without a class."""
    waiting: dict[tuple[int, str], list[str]] = defaultdict(list)
    for new_class, name, old_name in _not_received(class_ids) if class_ids else ():
        waiting[new_class, name].append(old_name)
    return waiting


def _not_received(class_ids: Iterable[int]) -> Iterable[tuple[int, str, str]]:
    """Id and name of a new class, name of the old one, by the old one's name."""
    new_class = "student__enrolments__school_class"
    seats = Enrolment.objects.filter(
        ended_by=None,
        school_class__handover__signed_at__isnull=False,
        student__enrolments__ended_by=None,
        student__enrolments__school_class__in=list(class_ids),
        student__enrolments__school_class__year=F("school_class__year") + 1,
    ).annotate(to_class=F(new_class), to_name=F(f"{new_class}__name"))
    received = HandoverReceipt.objects.filter(
        handover__school_class=OuterRef("school_class"), to_class=OuterRef("to_class")
    )
    rows = seats.exclude(Exists(received)).values_list("to_class", "to_name", "school_class__name")
    return rows.order_by("school_class__name").distinct()


def states_of(classes: Sequence[SchoolClass]) -> dict[int, str]:
    """In words, how far the record of each class is, by its id. One statement."""
    rows = {
        row.school_class_id: row
        for row in Handover.objects.filter(school_class__in=[each.pk for each in classes])
    }
    return {
        each.pk: "chưa lập"
        if (row := rows.get(each.pk)) is None
        else ("đã kí" if row.signed_at else "đang ghi")
        for each in classes
    }
