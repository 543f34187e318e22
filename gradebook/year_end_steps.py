"""What is done with a class's year-end results before the principal approves them (PLAN IV.2, IV.5; R39 to R47).

Each act asks WHO, holds the class, asks the table of `year_end_rules`, and leaves its trace in the same transaction.
The last step is `outcomes.approve_outcomes`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from accounts import clock, permissions
from accounts.history import NO_LOCKS, Locks, Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from gradebook.grading import says_something
from gradebook.models import ClassYearEnd, PupilYearEnd
from gradebook.regulation import Period, YearResult
from gradebook.windows import whole_period_locks
from gradebook.year_end import ClassPage, Row, exempt_names, read_class
from gradebook.year_end_gaps import read_year_gaps
from gradebook.year_end_rules import Act, Actor, Exceptional, State, against_promotion, target_of
from students.models import SchoolClass, Student
from students.years import hold_class

WHO_PROPOSES = "Kết quả năm học của lớp do giáo viên chủ nhiệm xét và xác nhận."
WHO_REVIEWS = "Kết quả năm học của lớp do Phó Hiệu trưởng rà soát."
WHO_APPROVES = "Chỉ Hiệu trưởng phê duyệt kết quả đánh giá của lớp."


class YearEndRefused(Exception):
    """Nothing was written; `problems` has every reason found, at least one, each for the user."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Saying:
    """What the homeroom teacher says of one pupil. Without `wanted` the computed result is confirmed (R39)."""

    wanted: str = ""
    reason: str = ""
    promotion: str = ""
    promotion_note: str = ""
    lines: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    is_recognised: bool = False


# -- The homeroom teacher ----------------------------------------------------------------------------------


def say_of_pupil(
    school_class: SchoolClass,
    student: Student,
    saying: Saying,
    *,
    seen: int,
    by: User,
    source: Source = Source.PAGE,
) -> None:
    """Confirms the computed result of a pupil or asks for another, with what follows from it.

    `seen` is the version its writer saw (0: nothing was said yet). A new wish is a new question to the principal.
    Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    say_of_pupils(school_class, {student: (saying, seen)}, by=by, source=source)


def say_of_pupils(
    school_class: SchoolClass,
    sayings: Mapping[Student, tuple[Saying, int]],
    *,
    by: User,
    source: Source = Source.PAGE,
) -> None:
    """The same of several pupils, each with the version that was seen; of all or of none."""
    permissions.require(by, Action.PROPOSE_OUTCOMES, WHO_PROPOSES, school_class=school_class)
    with _writing(school_class, by=by, source=source) as page:
        rows = []
        for student, (saying, seen) in sayings.items():
            row = _writable_row(page, student)
            if row.said.version != seen:
                raise YearEndRefused(
                    f"Phần của em {student.full_name} vừa được ghi ở nơi khác. Xem lại rồi ghi lại nếu còn cần."
                )
            _check(row, saying)
            _say(row, saying)
            rows.append(row.said)
        _store(rows, why="Xét kết quả năm học")


def confirm_class(school_class: SchoolClass, *, by: User, source: Source = Source.PAGE) -> int:
    """Confirms the computed result of every pupil who has one and of whom nothing else is asked; how many.

    Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    permissions.require(by, Action.PROPOSE_OUTCOMES, WHO_PROPOSES, school_class=school_class)
    with _writing(school_class, by=by, source=source) as page:
        if not page.to_confirm:
            raise YearEndRefused("Không còn em nào chờ xác nhận: mọi em đã có kết quả đều đã được xác nhận.")
        for row in page.to_confirm:
            row.said.confirmed_result = row.final.result or ""
        _store([row.said for row in page.to_confirm], why="Xác nhận cả lớp")
    return len(page.to_confirm)


def complete_class(school_class: SchoolClass, *, by: User, source: Source = Source.PAGE) -> None:
    """The homeroom teacher has looked at every pupil; refused with whoever is missing (R47).

    After an approval it is about those who waited for the summer, as far as they are decided on now, and about those
    on whom the decision was re-opened.
    Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    permissions.require(by, Action.PROPOSE_OUTCOMES, WHO_PROPOSES, school_class=school_class)
    with moving(school_class, Act.COMPLETE, Actor.HOMEROOM, by=by, source=source) as page:
        if page.problems:
            raise YearEndRefused(*page.problems)
        if page.state is State.APPROVED and not page.to_decide:
            raise YearEndRefused(
                "Không có em nào để gửi: các em còn lại vẫn chờ đánh giá bổ sung, rèn luyện trong hè."
            )
        page.record.completed_by, page.record.completed_at = by, clock.now()
        page.record.returned_by, page.record.return_reason = None, ""


# -- The vice-principal and the principal ------------------------------------------------------------------


def review_class(school_class: SchoolClass, *, by: User, source: Source = Source.PAGE) -> None:
    """The vice-principal has gone over the class; refused while a required cell of the year is empty, with its name
    (R47).

    Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    permissions.require(by, Action.REVIEW_OUTCOMES, WHO_REVIEWS)
    with moving(school_class, Act.REVIEW, Actor.VICE_PRINCIPAL, by=by, source=source) as page:
        if gaps := read_year_gaps(school_class).gaps:
            raise YearEndRefused(*(gap.words for gap in gaps))
        if page.problems:
            raise YearEndRefused(*page.problems)
        page.record.reviewed_by, page.record.reviewed_at = by, clock.now()


def send_back(school_class: SchoolClass, *, reason: str, by: User) -> None:
    """Back to the homeroom teacher, for a reason: by the vice-principal, after the review by the principal.

    Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    record = ClassYearEnd.objects.filter(school_class=school_class).first()
    is_reviewed = record is not None and record.state == State.REVIEWED
    actor = Actor.PRINCIPAL if is_reviewed else Actor.VICE_PRINCIPAL
    if is_reviewed:
        permissions.require(by, Action.APPROVE_OUTCOMES, WHO_APPROVES)
    else:
        permissions.require(by, Action.REVIEW_OUTCOMES, WHO_REVIEWS)
    if not says_something(reason):
        raise YearEndRefused(
            "Ghi lí do trả lại, ít nhất 3 chữ cái hoặc chữ số, để giáo viên chủ nhiệm biết phải xem gì."
        )
    with moving(school_class, Act.SEND_BACK, actor, by=by, source=Source.PAGE) as page:
        page.record.returned_by, page.record.return_reason = by, reason.strip()


def decide_exception(
    school_class: SchoolClass,
    student: Student,
    *,
    is_granted: bool,
    note: str,
    by: User,
    source: Source = Source.PAGE,
) -> None:
    """The principal decides whether a pupil gets another result than the computed one (R39).

    Asked for by the homeroom teacher, decided when the class has been reviewed. Refused, it goes with the computed
    result, and what is proposed must suit that. Raises PermissionDenied, YearIsClosed; YearEndRefused.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, WHO_APPROVES)
    with _writing(school_class, by=by, source=source, states=frozenset({State.REVIEWED})) as page:
        row = page.row_of(student.pk)
        if row is None or row not in page.asked:
            raise YearEndRefused(f"Em {student.full_name} không có đề nghị ngoại lệ đang chờ quyết định.")
        if not says_something(note):
            raise YearEndRefused(
                "Ghi ý kiến, ít nhất 3 chữ cái hoặc chữ số: vì sao đồng ý, hoặc vì sao không."
            )
        row.said.exception = Exceptional.GRANTED if is_granted else Exceptional.REFUSED
        row.said.exception_by, row.said.exception_note = by, note.strip()
        _store([row.said], why="Quyết định về đề nghị ngoại lệ")


# -- In common ---------------------------------------------------------------------------------------------

_ROLES = {
    Actor.HOMEROOM: "Giáo viên chủ nhiệm",
    Actor.VICE_PRINCIPAL: "Phó Hiệu trưởng",
    Actor.PRINCIPAL: "Hiệu trưởng",
}
_NOT_NOW = {
    State.OPEN: "giáo viên chủ nhiệm còn đang xét",
    State.COMPLETED: "đang chờ Phó Hiệu trưởng rà soát",
    State.REVIEWED: "đang chờ Hiệu trưởng phê duyệt",
    State.APPROVED: "đã được Hiệu trưởng phê duyệt",
}


@contextmanager
def _holding(
    school_class: SchoolClass, *, by: User, role: str, source: Source, holding: Locks = NO_LOCKS
) -> Iterator[ClassPage]:
    """The class as it stands, to oneself until the end of the transaction."""
    school_class.year.require_not_closed()
    with acting(by, role=role, source=source, holding=holding):
        hold_class(school_class)
        yield read_class(school_class)


@contextmanager
def _writing(
    school_class: SchoolClass, *, by: User, source: Source, states: frozenset[State] | None = None
) -> Iterator[ClassPage]:
    """For what changes no state: refused where the class is on its way to somebody else."""
    role = _ROLES[Actor.PRINCIPAL] if states else _ROLES[Actor.HOMEROOM]
    with _holding(school_class, by=by, role=role, source=source) as page:
        may = page.state in states if states else page.is_writable
        if not may:
            raise YearEndRefused(against_the_state(page))
        yield page


@contextmanager
def moving(
    school_class: SchoolClass, act: Act, actor: Actor, *, by: User, source: Source
) -> Iterator[ClassPage]:
    """One step along the table; what the step writes on `page.record` is stored with the new state.

    No save is under way meanwhile: what goes on to the next person is what the step read (`against_entry`).
    """
    at_rest = whole_period_locks(school_class.year_id, (Period.YEAR_END, Period.SUPPLEMENTARY))
    with _holding(school_class, by=by, role=_ROLES[actor], source=source, holding=at_rest) as page:
        target = target_of(page.state, act, actor)
        if target is None:
            raise YearEndRefused(against_the_state(page))
        yield page
        page.record.state = target
        page.record.save()


def against_the_state(page: ClassPage) -> str:
    """Why the act is not for now, and who is next."""
    return f"Kết quả năm học lớp {page.school_class.name} {_NOT_NOW[page.state]}."


def _writable_row(page: ClassPage, student: Student) -> Row:
    row = page.row_of(student.pk)
    if row is None:
        raise YearEndRefused(f"Em {student.full_name} không có trong danh sách lớp {page.school_class.name}.")
    if row.decided is not None:
        raise YearEndRefused(f"Kết quả của em {student.full_name} đã được Hiệu trưởng phê duyệt.")
    if not row.is_assessed:
        raise YearEndRefused(
            f"Em {student.full_name} không đánh giá: không xếp kết quả, Hiệu trưởng quyết định riêng."
        )
    if row.final.result is None:
        raise YearEndRefused(f"Em {student.full_name}: {row.problem}")
    return row


def _check(row: Row, saying: Saying) -> None:
    problems = []
    computed = row.final.result
    if saying.wanted and saying.wanted == computed:
        problems.append("Kết quả đề nghị trùng với kết quả hệ thống tính: chọn «Xác nhận kết quả».")
    if saying.wanted and not says_something(saying.reason):
        problems.append("Đề nghị ngoại lệ phải có lí do: ghi lí do để Hiệu trưởng quyết định.")
    result = YearResult(saying.wanted) if saying.wanted else computed
    problems += _nomination_problems(row, result, saying)
    # Whatever the principal decides, what is proposed must be there for the result that then stands.
    if YearResult.CHT in (result, computed):
        against = against_promotion(YearResult.CHT, saying.promotion, saying.promotion_note)
        problems += [against] if against else []
    if problems:
        raise YearEndRefused(*problems)


def _nomination_problems(row: Row, result: YearResult | None, saying: Saying) -> Sequence[str]:
    """Only whoever completed well is named; the title wants a named item and the class (R45)."""
    has_named = bool(saying.lines or saying.traits or saying.is_recognised)
    if has_named and result is not YearResult.HTT:
        return ["Chỉ đề cử Học sinh Tiêu biểu cho em xếp Hoàn thành tốt: bỏ phần đề cử."]
    if row.computed.exempt.intersection((*saying.lines, *saying.traits)):
        return [f"Nội dung được miễn không đề cử được: {exempt_names(row)}."]
    if has_named and not (saying.lines or saying.traits):
        return ["Ghi rõ ít nhất một môn học nổi trội hoặc một phẩm chất, năng lực tiến bộ rõ rệt."]
    return []


def _say(row: Row, saying: Saying) -> None:
    said = row.said
    is_new_wish = (saying.wanted, saying.reason.strip()) != (said.wanted_result, said.exception_reason)
    if is_new_wish or row.is_stale or not said.confirmed_result:
        said.wanted_result, said.exception_reason = (
            saying.wanted,
            saying.reason.strip() if saying.wanted else "",
        )
        said.exception = Exceptional.ASKED if saying.wanted else ""
        said.exception_by, said.exception_note = None, ""
    said.confirmed_result = row.final.result or ""
    said.promotion, said.promotion_note = saying.promotion, saying.promotion_note.strip()
    said.outstanding_lines, said.progress_traits = list(saying.lines), list(saying.traits)
    said.is_recognised = saying.is_recognised


_SAID = (
    *("confirmed_result", "wanted_result", "exception_reason", "exception", "exception_by", "exception_note"),
    *("promotion", "promotion_note", "outstanding_lines", "progress_traits", "is_recognised", "version"),
)


def take_back_word(row: Row, *, why: str) -> None:
    """The confirmation and the exception count no more: the homeroom teacher looks at the pupil anew."""
    said = row.said
    said.confirmed_result, said.wanted_result, said.exception_reason = "", "", ""
    said.exception, said.exception_by, said.exception_note = "", None, ""
    _store([said], why=why)


def _store(rows: Sequence[PupilYearEnd], *, why: str) -> None:
    """Two statements for what is new, two for what has changed, whatever the number of pupils."""
    for row in rows:
        row.version += 1
    new = [row for row in rows if row.pk is None]
    changed = [row for row in rows if row.pk is not None]
    record_bulk(PupilYearEnd.objects.bulk_create(new), changed=False, why=why)
    if changed:
        PupilYearEnd.objects.bulk_update(changed, _SAID)
        record_bulk(changed, changed=True, why=why)
