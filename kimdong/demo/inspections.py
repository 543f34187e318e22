"""Checks of the books after GHKI and what they found, a merit on record, and the monthly check of the data."""

import datetime
from typing import Any

from accounts import clock
from accounts.models import User
from approvals.findings import CellSeen, answer, conclude, note
from approvals.inspection_workflow import InspectionAct, Verdict
from approvals.inspections import Wanted, end_inspection, open_inspection
from approvals.models import Inspection, ReconciliationReply, StaffDecision
from approvals.reconciliation_numbers import read_numbers
from approvals.reconciliation_workflow import ReplyAct
from approvals.reconciliations import answer as answer_figures
from approvals.reconciliations import open_round
from approvals.staff_decisions import Decision, record_decision
from approvals.unconfirmed_months import unconfirmed_months
from gradebook.regulation import Period
from gradebook.sheets import Field, SheetRef, find_sheet, stored_results, value_and_version
from kimdong.demo.school import DemoSchool
from students.attendance_months import month_of
from students.models import SchoolClass, SchoolYear

DAY = datetime.timedelta(days=1)
DIFFERENCE = "Sổ có 1 em đã chuyển trường từ tuần trước, chưa ghi biến động."


def load(school: DemoSchool) -> None:
    """Nothing in the first weeks of a year, when there is nothing to look at."""
    year = SchoolYear.objects.get(pk=school.year)
    if school.now.date() < year.starts_on + 30 * DAY:
        return
    _load_closed(school, year)
    _load_open(school, year)
    _load_merit(school)
    _load_figures(school, year)


def _load_closed(school: DemoSchool, year: SchoolYear) -> None:
    """The principal's surprise check of a class, concluded."""
    head = _person("hieutruong")
    with clock.travelling(school.now - 6 * DAY):
        inspection = open_inspection(
            _wanted(
                Inspection.Kind.SURPRISE, "Xem nhận xét có riêng từng em không.", year, ["2A"], codes=["TV"]
            ),
            year=year,
            by=head,
        )
        sheet = find_sheet(_class(year, "2A").pk, "TV", Period.MID_TERM_1)
        found = _note(inspection, sheet, Field.COMMENT, "Nhận xét còn chung chung.", head, pupils=1)
    with clock.travelling(school.now - 5 * DAY):
        finding, *_rest = answer(
            found[0], text="Em đã đọc lại bài của cháu, lần sau ghi rõ hơn.", by=found[0].responsible
        )
        conclude(finding, verdict=Verdict.FIXED, text="Rút kinh nghiệm khi nhận xét cuối kì.", by=head)
        words = "Sổ cập nhật đủ, đúng hạn; nhận xét cần cụ thể hơn."
        end_inspection(inspection, InspectionAct.CLOSE, text=words, by=head)


def _load_open(school: DemoSchool, year: SchoolYear) -> None:
    """The vice-principal's planned check, with pupils drawn by lot: one finding answered, others waiting."""
    deputy = _person("phohieutruong")
    purpose = "Đối chiếu điểm, mức đạt được, nhận xét trên hệ thống với bài kiểm tra và sổ cá nhân."
    with clock.travelling(school.now - 2 * DAY):
        inspection = open_inspection(
            _wanted(
                Inspection.Kind.PLANNED,
                purpose,
                year,
                ["4D", "4E"],
                codes=["TOAN", "TV", "NLPC"],
                drawn_per_class=5,
            ),
            year=year,
            by=deputy,
        )
        sheet = find_sheet(_class(year, "4E").pk, "TOAN", Period.MID_TERM_1)
        found = _note(
            inspection, sheet, Field.ATTAINMENT, "Mức đạt được chưa khớp bài kiểm tra.", deputy, pupils=2
        )
    with clock.travelling(school.now - DAY):
        answer(
            found[0], text="Em xếp mức theo cả quá trình, có sổ theo dõi kèm theo.", by=found[0].responsible
        )


def _load_merit(school: DemoSchool) -> None:
    with clock.travelling(school.now - DAY):
        record_decision(
            Decision(
                kind=StaffDecision.Kind.COMMENDATION,
                person=_person("gvcn.4e"),
                content="Hoàn thành nhập kết quả giữa học kì I sớm nhất khối, không sai sót.",
                measure="Biểu dương trong buổi họp hội đồng",
                number="31/QĐ-THKĐ",
                dated=clock.today(),
            ),
            by=_person("hieutruong"),
        )


def _load_figures(school: DemoSchool, year: SchoolYear) -> None:
    """The month's check, two days old: a few have answered."""
    with clock.travelling(school.now - 2 * DAY):
        month = max(month_of((school.now - 10 * DAY).date()), month_of(year.starts_on))
        check = open_round(
            year,
            month,
            due_on=clock.today() + 5 * DAY,
            note="Đối chiếu với sổ theo dõi của lớp rồi trả lời.",
            by=_person("vanthu"),
        )
    rows = check.replies.filter(
        kind=ReconciliationReply.Kind.CLASS, school_class__name__in=["1A", "2A", "4D"]
    )
    for reply in rows.select_related("round__year", "school_class__year", "teacher"):
        if reply.teacher is None:
            continue
        is_wrong = reply.school_class is not None and reply.school_class.name == "4D"
        with clock.travelling(school.now - DAY):
            if not is_wrong and unconfirmed_months(reply):
                continue  # early in a month, until the last one is confirmed
            answer_figures(
                reply,
                ReplyAct.REPORT if is_wrong else ReplyAct.CONFIRM,
                seen=read_numbers(reply).digest,
                text=DIFFERENCE if is_wrong else "",
                by=reply.teacher,
            )


def _wanted(kind: str, purpose: str, year: SchoolYear, classes: list[str], **more: Any) -> Wanted:
    found = list(SchoolClass.objects.filter(year=year, name__in=classes))
    return Wanted(kind, Period.MID_TERM_1, purpose, found, **more)


def _class(year: SchoolYear, name: str) -> SchoolClass:
    return SchoolClass.objects.get(year=year, name=name)


def _note(inspection: Inspection, sheet: SheetRef, field: Field, text: str, by: User, *, pupils: int) -> list:
    """Against a field of the first pupils that are looked at; they are asked to answer within four days."""
    inside = inspection.classes.get(school_class=sheet.school_class)
    drawn = list(
        inspection.pupils.filter(school_class=sheet.school_class).values_list("student_id", flat=True)
    )
    chosen = (drawn or inside.roster)[:pupils]
    stored = stored_results(sheet, chosen)
    cells = [
        CellSeen(pk, sheet.code, field, value_and_version(stored.get((pk, sheet.code)), field)[1])
        for pk in chosen
    ]
    return note(inspection, sheet, cells, text=text, due_on=clock.today() + 4 * DAY, by=by)


def _person(name: str) -> User:
    return User.objects.get_by_natural_key(name)
