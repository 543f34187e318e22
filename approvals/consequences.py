"""What follows when a request is carried out: foreseen before, and done and said then (R55).

For the year's results, and for the signatures on books (`approvals.signature_consequences`). Only values of the year's
end and of the supplementary assessment count in a result (R36).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.clock import moment_label
from approvals.approved_results import YEAR_END
from approvals.contested_cells import Rival, rivals_of
from approvals.models import CorrectionRequest
from approvals.signature_consequences import Signed, foreseen_signatures, signed_books, withdrawn
from gradebook.computed_results import computed_as, seats_of
from gradebook.decided_anew import to_adjust
from gradebook.models import YearOutcome
from gradebook.outcomes import reopen_corrected, seat_words, unfit_seats
from gradebook.regulation import Award, Period, YearResult
from gradebook.rooted_seats import rooted
from gradebook.sheets import Field
from gradebook.year_end import ClassPage, Row, read_class, read_rows
from gradebook.year_end_rules import WRITABLE
from gradebook.year_end_steps import against_the_state
from students.models import Movement

NO_RESULT = "chưa đủ dữ liệu"
Results = Mapping[int, str]
"""What the year comes to by the stored values, in words, by pupil id."""


def touches_results(request: CorrectionRequest) -> bool:
    """Whether a level, a mark or a rating of the year's end is among the cells. One statement, if any."""
    if request.period not in YEAR_END:
        return False
    return request.items.exclude(field=Field.COMMENT).exists()


# -- Before ------------------------------------------------------------------------------------------------


def foreseen(request: CorrectionRequest) -> tuple[str, ...]:
    """For those who decide: what each pupil's year would come to, and which books would have to be signed again.

    Two statements, eight more at the year's end and where a book is signed, one where a result is approved.
    """
    return (*_foreseen_results(request), *foreseen_signatures(request))


def _foreseen_results(request: CorrectionRequest) -> tuple[str, ...]:
    items = list(request.items.all()) if request.period in YEAR_END else []
    texts: dict[int, dict[tuple[str, str], str]] = {}
    for item in items:
        if item.field in {Field.ATTAINMENT, Field.MARK, Field.RATING}:
            texts.setdefault(item.student_id, {})[item.field, item.item] = item.new_value
    if not texts:
        return ()
    seats = [seat for seat in seats_of([request.school_class]) if seat.student_id in texts]
    decided = {
        each.student_id: each
        for each in YearOutcome.objects.filter(school_class=request.school_class_id, student__in=texts)
        if each.result
    }
    computed = computed_as(seats, Period(request.period), texts)
    names = {seat.student_id: seat.student.full_name for seat in seats}
    issued = to_adjust(request.school_class_id, texts)
    anew = {seat.student_id: seat.student for seat in seats if seat.student_id in decided}
    seats_anew = [(pupil, request.school_class, computed[pk][1].final.result) for pk, pupil in anew.items()]
    unfit = unfit_seats(seats_anew)
    kept = rooted(unfit.values())
    lines = [
        _foreseen_line(
            names[pupil],
            _words(before.final.result),
            _words(after.final.result),
            decided.get(pupil),
            f"{_about_the_seat(unfit.get(pupil), is_kept=pupil in kept)}{issued.get(pupil, '')}",
        )
        for pupil, (before, after) in computed.items()
    ]
    return tuple(lines)


def _foreseen_line(name: str, before: str, after: str, decided: YearOutcome | None, more: str) -> str:
    if before == after:
        kept = ", quyết định đã phê duyệt giữ nguyên" if decided else ""
        return f"{name}: kết quả năm học vẫn là «{after}»{kept}."
    if decided is None:
        return (
            f"{name}: kết quả năm học từ «{before}» thành «{after}», giáo viên chủ nhiệm xác nhận lại.{more}"
        )
    return (
        f"{name}: kết quả năm học từ «{before}» thành «{after}»: kết quả đã phê duyệt{_award(decided)} và việc lên lớp "
        f"sẽ phải xét lại.{more}"
    )


def _about_the_seat(seat: Movement | None, *, is_kept: bool) -> str:
    if seat is None:
        return ""
    if is_kept:
        return (
            f" Em đã học và có kết quả ở {seat_words(seat)}, nên chỗ ở lớp ấy giữ nguyên trong lúc xét lại: có quyết "
            "định mới thì văn thư ghi biến động đổi lớp cho em theo quyết định đó."
        )
    return (
        f" Em đã vào {seat_words(seat)} theo quyết định đó nên chưa mở lại ngay được: thực hiện phiếu xong, văn thư gỡ "
        "chỗ ở lớp ấy trước (huỷ biến động vào lớp của riêng em, hoặc hoàn tác lần ghi danh sách lớp), rồi Hiệu trưởng "
        "mở lại."
    )


# -- When it is carried out --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood until the values were written."""

    results: Results
    signed: tuple[Signed, ...]
    rivals: tuple[Rival, ...]


def standing_before(request: CorrectionRequest) -> Before:
    """Before the values are written. Four statements, thirteen more at the year's end, six where a book is signed."""
    items = list(request.items.select_related("student"))
    return Before(_results_of(request), signed_books(request), rivals_of(request, items))


def _results_of(request: CorrectionRequest) -> Results:
    if not touches_results(request):
        return {}
    pupils = set(request.items.values_list("student_id", flat=True))
    return {
        row.student.pk: _words(row.final.result) for row in read_rows([request.school_class], only=pupils)
    }


def follow(request: CorrectionRequest, before: Before) -> list[str]:
    """After the values are written, within the same act: re-opens what the principal's consent re-opens; says all.

    Six statements more where a book was signed.
    """
    stopped = [
        f"Phiếu {each.request.label} có cùng ô nên không thực hiện được nữa: giáo viên huỷ phiếu đó."
        for each in before.rivals
    ]
    return [*_follow_results(request, before.results), *withdrawn(before.signed), *stopped]


def _follow_results(request: CorrectionRequest, before: Results) -> list[str]:
    """A decision whose result is computed otherwise now is re-opened (R55), unless something stands in the way.

    Then the principal has it among the tasks (`approvals.contradicted`). Some twenty statements at the year's end.
    """
    if request.roll_day:
        return ["Số ngày nghỉ trong sổ và học bạ tính lại theo điểm danh mới."]
    if not before:
        return [
            "Kết quả năm học, khen thưởng, lên lớp không đổi: không có ô nào trong phiếu dùng để xếp kết quả."
        ]
    page = read_class(request.school_class)
    issued = to_adjust(request.school_class_id, before)
    lines, same = [], 0
    for row in page.rows:
        if row.student.pk in before:
            line = _line(request, page, row, before[row.student.pk])
            lines += [f"{line}{issued.get(row.student.pk, '')}"] if line else []
            same += not line
    if same:
        lines.append(f"{same} em: tính lại, kết quả năm học, khen thưởng, lên lớp không đổi.")
    return lines


def _line(request: CorrectionRequest, page: ClassPage, row: Row, before: str) -> str:
    """ "" where the result is the same and nothing contradicts a decision."""
    after = _words(row.final.result)
    name = row.student.full_name
    if row.is_contradicted and row.decided:
        was = f"{name}: kết quả đã phê duyệt «{_words(row.result)}»{_award(row.decided)}, nay tính lại là «{after}»."
        against = reopen_corrected(page, row, why=_why(request))
        if against:
            return f"{was} Chưa mở lại được quyết định: {against}"
        return (
            f"{was} Quyết định về kết quả, khen thưởng, lên lớp của em được mở lại: giáo viên chủ nhiệm xác nhận lại, "
            "Phó Hiệu trưởng rà soát, Hiệu trưởng phê duyệt lại."
        )
    if before == after:
        return ""
    line = f"{name}: kết quả năm học tính lại từ «{before}» thành «{after}»"
    if not row.said.confirmed_result:
        return f"{line}."
    if page.state in WRITABLE:
        return f"{line}; giáo viên chủ nhiệm xác nhận lại."
    return f"{line}; cần trả lại lớp để xác nhận lại. {against_the_state(page)}"


def _why(request: CorrectionRequest) -> str:
    if request.consent_by is None or request.consent_at is None:
        return f"Phiếu {request.label}"
    return f"Phiếu {request.label}, Hiệu trưởng {request.consent_by} đồng ý lúc {moment_label(request.consent_at)}"


def _words(result: YearResult | None) -> str:
    return result.label if result else NO_RESULT


def _award(decided: YearOutcome) -> str:
    return f", danh hiệu {Award(decided.award).label}" if decided.award else ""
