"""The principal's decisions on the year of a class: the approval, on a pupil alone, and anew (rules R39–R47, R55)."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Exists, OuterRef, QuerySet

from accounts import clock, permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from gradebook.earlier_decisions import to_decide_anew
from gradebook.grading import says_something
from gradebook.models import PupilYearEnd, RollOver, YearOutcome
from gradebook.regulation import Award, YearResult
from gradebook.rooted_seats import rooted
from gradebook.year_end import ClassPage, Row
from gradebook.year_end_rules import Act, Actor, Exceptional, Promotion, target_of
from gradebook.year_end_steps import (
    WHO_APPROVES,
    YearEndRefused,
    against_the_state,
    moving,
    take_back_word,
)
from students.models import Movement, SchoolClass, Student
from students.years import hold_class


class OutcomesIncomplete(Exception):
    """A class with gaps cannot be approved; `gaps` names pupil and items (rule R47)."""

    def __init__(self, gaps: Mapping[str, Collection[str]]) -> None:
        super().__init__(f"Còn {len(gaps)} học sinh chưa đủ dữ liệu cuối năm.")
        self.gaps = gaps


class DecisionRefused(Exception):
    """No decision is recorded; the message says why."""


def approve_outcomes(
    school_class: SchoolClass, *, by: User, on: datetime.date, source: Source = Source.PAGE
) -> list[YearOutcome]:
    """The last step (rule R47): approves the results of a class that its homeroom teacher completed and the
    vice-principal reviewed, as they were confirmed, with title, promotion and what was decided on exceptions.

    Who waits for the supplementary assessment or the training in summer is left for a later approval of the class, as
    is whoever is not assessed (`decide_promotion`). Raises PermissionDenied, YearIsClosed; OutcomesIncomplete;
    YearEndRefused before the review, with an exception undecided, when a result has changed since, and of a pupil who
    would repeat the grade while sitting in a higher one in a seat that can be taken back.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, WHO_APPROVES)
    with moving(school_class, Act.APPROVE, Actor.PRINCIPAL, by=by, source=source) as page:
        gaps = {
            row.student.full_name: [item.name for item in row.final.missing]
            for row in page.to_decide
            if row.final.missing
        }
        if gaps:
            raise OutcomesIncomplete(gaps)
        undecided = [f"{row.student.full_name}: quyết định về đề nghị ngoại lệ trước." for row in page.asked]
        if undecided or page.problems:
            raise YearEndRefused(*undecided, *page.problems)
        rows = [_outcome(row, by=by, on=on) for row in page.to_decide]
        if against := _against_staying([row.student for row in rows if not row.is_promoted], school_class):
            raise YearEndRefused(*against)
        record_bulk(YearOutcome.objects.bulk_create(rows), changed=False, why="Phê duyệt kết quả năm học")
        page.record.approved_by, page.record.approved_at = by, clock.now()
    return rows


def _outcome(row: Row, *, by: User, on: datetime.date) -> YearOutcome:
    """Promotion is a decision (R42): whoever did not complete goes up with the plan of help, or stays for a reason."""
    said = row.said
    is_granted = said.exception == Exceptional.GRANTED
    is_incomplete = row.proposed is YearResult.CHT
    return YearOutcome(
        student=row.student,
        school_class=row.school_class,
        result=row.proposed or "",
        award=row.award.award or "",
        award_reason=row.award_reason if row.award.award == Award.HSTB else "",
        is_promoted=not (is_incomplete and said.promotion == Promotion.STAYS),
        promotion_note=said.promotion_note if is_incomplete else "",
        original_result=row.original_now,
        exception_reason=said.exception_reason if is_granted else "",
        approved_by=by,
        approved_on=on,
    )


def reopen_outcome(
    school_class: SchoolClass, student: Student, *, reason: str, by: User, source: Source = Source.PAGE
) -> None:
    """Takes the approval of one pupil's result back, so that it goes through all the steps again (rule R55).

    For a result that a correction has contradicted, or another reason. The old decision stays in its history; the
    homeroom teacher confirms anew. Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, WHO_APPROVES)
    with moving(school_class, Act.REOPEN, Actor.PRINCIPAL, by=by, source=source) as page:
        row = page.row_of(student.pk)
        if row is None or row.decided is None or not row.decided.result:
            raise YearEndRefused(f"Em {student.full_name} không có kết quả nào đã phê duyệt để mở lại.")
        if not says_something(reason):
            raise YearEndRefused(
                "Ghi lí do mở lại (ít nhất 3 chữ cái hoặc chữ số): giáo viên chủ nhiệm, Phó Hiệu trưởng đọc được."
            )
        if against := _take_back(row, row.decided, why=" ".join(reason.split())):
            raise YearEndRefused(against)


def reopen_corrected(page: ClassPage, row: Row, *, why: str) -> str | None:
    """The same within the act that carries out a correction to which the principal has consented (rules R52, R55).

    The act holds the class and its periods. Returns why the decision stays as it is, None when it is re-opened.
    """
    if target_of(page.state, Act.REOPEN, Actor.PRINCIPAL) is None:
        return against_the_state(page)
    return _take_back(row, row.decided, why=why) if row.decided else None


def _take_back(row: Row, decided: YearOutcome, *, why: str) -> str | None:
    """Deletes the decision, whose history stays, and the homeroom teacher's word; or says why that cannot be.

    Whoever sits in a class of a later year by it stays there where the new result leads there too, and where results
    were entered there since: what the new decision asks of that seat is a movement of a later day.
    """
    # No list of the next year's classes is written meanwhile.
    RollOver.objects.select_for_update().filter(year=row.school_class.year_id + 1).first()
    seats = seats_in_the_way([(row.student, row.school_class, row.final.result)])
    if row.student.pk in seats:
        return f"{_sits_in(row.student, seats[row.student.pk])} rồi Hiệu trưởng mở lại."
    decided._change_reason = why  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's documented name
    decided.delete()
    take_back_word(row, why=f"Mở lại quyết định: {why}")
    return None


def seats_in_the_way(
    anew: Sequence[tuple[Student, SchoolClass, YearResult | None]],
) -> Mapping[int, Movement]:
    """By pupil id the admission to a class of a later year to which the result computed now does not lead: until the
    clerk has taken it back the decision on the pupil cannot be re-opened. A rooted seat is not in the way.

    `anew`: pupil, class and that result, in classes of one year. Each comes with class and year. One statement, if any;
    two more where there are such seats.
    """
    seats = unfit_seats(anew)
    kept = rooted(seats.values())
    return {pupil: seat for pupil, seat in seats.items() if pupil not in kept}


def unfit_seats(
    anew: Sequence[tuple[Student, SchoolClass, YearResult | None]],
) -> Mapping[int, Movement]:
    """The same with the rooted ones. One statement, if any."""
    seats = _later_seats([student for student, _class, _result in anew], anew[0][1]) if anew else {}
    return {
        student.pk: seats[student.pk]
        for student, school_class, result in anew
        if student.pk in seats and not _leads_there(result, school_class, seats[student.pk])
    }


def _leads_there(result: YearResult | None, school_class: SchoolClass, seat: Movement) -> bool:
    return result not in {None, YearResult.CHT} and _is_higher(seat, school_class)


def _against_staying(students: Sequence[Student], school_class: SchoolClass) -> list[str]:
    """Of these who shall repeat the grade those who sit in a higher one by now, in a seat that can be taken back.
    One statement, if any; two more where there are such seats."""
    seats = _later_seats(students, school_class) if students else {}
    higher = {pupil: seat for pupil, seat in seats.items() if _is_higher(seat, school_class)}
    kept = rooted(higher.values())
    return [
        f"{_sits_in(student, higher[student.pk])} rồi Hiệu trưởng phê duyệt."
        for student in students
        if student.pk in higher and student.pk not in kept
    ]


def _is_higher(seat: Movement, school_class: SchoolClass) -> bool:
    return seat.to_class is not None and seat.to_class.grade_level > school_class.grade_level


def seat_words(seat: Movement) -> str:
    """«lớp 2A năm học 2027 - 2028»; it comes with class and year."""
    return f"lớp {seat.to_class.name} năm học {seat.to_class.year.label}" if seat.to_class else ""


def _sits_in(student: Student, seat: Movement) -> str:
    return (
        f"Em {student.full_name} đã vào {seat_words(seat)} theo quyết định đã phê duyệt. Văn thư hoàn tác lần ghi danh "
        "sách lớp, hoặc huỷ biến động vào lớp của riêng em,"
    )


def _later_seats(students: Iterable[Student], school_class: SchoolClass) -> dict[int, Movement]:
    """By pupil id the admission to the first class of a later year in which each has a seat; the others are left out.
    One statement."""
    later = Movement.objects.in_force().filter(
        student__in=[each.pk for each in students], year__gt=school_class.year_id, to_class__isnull=False
    )
    # The last one written stands: that of the earliest year.
    return {each.student_id: each for each in later.select_related("to_class__year").order_by("-year")}


def decide_promotion(
    student: Student, school_class: SchoolClass, *, is_promoted: bool, note: str, by: User, on: datetime.date
) -> YearOutcome:
    """Records the principal's decision on a pupil whom `approve_outcomes` left out: an outcome without a result.

    Of a pupil who is not assessed (KHGDCN, rule R33), or who came when the class's results were approved already; the
    `note` says what it rests on. Raises PermissionDenied; DecisionRefused.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, "Chỉ Hiệu trưởng quyết định việc lên lớp của học sinh.")
    with acting(by, role="Hiệu trưởng", source=Source.PAGE):
        hold_class(school_class)
        against = against_deciding(student, school_class)
        if against or not note.strip():
            raise DecisionRefused(against or "Ghi căn cứ của quyết định.")
        return YearOutcome.objects.create(
            student=student,
            school_class=school_class,
            is_promoted=is_promoted,
            promotion_note=note.strip(),
            approved_by=by,
            approved_on=on,
        )


def against_deciding(student: Student, school_class: SchoolClass) -> str | None:
    """Why a decision on this pupil alone cannot be recorded; None when it can."""
    of_class = YearOutcome.objects.filter(school_class=school_class)
    if of_class.filter(student=student).exists():
        return f"Kết quả năm học của em {student.full_name} đã được phê duyệt rồi."
    if waiting_for_summer([school_class.pk]).filter(student=student).exists():
        return (
            f"Em {student.full_name} chờ đánh giá bổ sung, rèn luyện trong hè: giáo viên chủ nhiệm xét lại ở trang Kết "
            f"quả năm học lớp {school_class.name}, rồi Hiệu trưởng phê duyệt tại đó."
        )
    if (
        not student.is_exempt_from_assessment
        and to_decide_anew([school_class.pk]).filter(student=student).exists()
    ):
        return (
            f"Quyết định về em {student.full_name} đã được mở lại: giáo viên chủ nhiệm xét lại ở trang Kết quả năm học "
            f"lớp {school_class.name}, rồi Hiệu trưởng phê duyệt tại đó."
        )
    if not student.is_exempt_from_assessment and not of_class.exclude(result="").exists():
        return (
            f"Kết quả năm học của lớp {school_class.name} chưa được phê duyệt: phê duyệt cả lớp trước. Quyết định "
            "riêng chỉ dành cho học sinh không đánh giá, hoặc vào lớp sau khi đã phê duyệt."
        )
    return None


def waiting_for_summer(class_ids: Collection[int]) -> QuerySet[PupilYearEnd]:
    """The pupils who did not complete the class and wait to be assessed again, not decided on yet (R40)."""
    waiting = PupilYearEnd.objects.filter(
        school_class__in=class_ids, promotion=Promotion.WAITS, confirmed_result=YearResult.CHT
    )
    decided = YearOutcome.objects.filter(student=OuterRef("student"), school_class=OuterRef("school_class"))
    return waiting.exclude(exception=Exceptional.GRANTED).exclude(Exists(decided))
