"""As what somebody acted: the duty by which the power was given for that act, whatever higher post the person has."""

import datetime
import uuid

import pytest

from accounts import clock
from accounts.models import AuditEntry, Post, Team, User
from accounts.permissions import post_label
from approvals.announcements import Told, tell
from approvals.findings import answer, note
from approvals.inspections import Wanted, open_inspection
from approvals.models import FindingEntry, Inspection, ReconciliationReply
from approvals.reconciliation_numbers import read_numbers
from approvals.reconciliation_workflow import ReplyAct
from approvals.reconciliations import answer as answer_round
from approvals.reconciliations import open_round
from gradebook.commendations import commend
from reports.print_jobs import ask_for_own_books, ask_for_slips
from students.attendance_months import month_of
from tests.approvals.months import confirm_months
from tests.approvals.signed_books import GHKI, complete_school, sign

pytestmark = pytest.mark.django_db
HEAD = "Tổ (khối) trưởng"


def the_school():
    """Cô Lan, homeroom teacher of 4A, and cô Thu, who teaches Ngoại ngữ 1, are tổ trưởng of tổ 1 and of tổ 5 too."""
    school = complete_school()
    for person, grade in (("lan", 1), ("thu", 5)):
        team = Team.objects.create(name=f"Tổ {grade}", grade_level=grade)
        Post.objects.create(
            holder=school.people[person],
            kind=Post.Kind.GRADE_HEAD,
            team=team,
            starts_on=school.year.starts_on,
        )
    return school


def again(person):
    return User.objects.get(pk=person.pk)


def last_role(table):
    return AuditEntry.objects.filter(table_name=table).order_by("-seq").first().role


def test_the_heads_are_named_by_their_post_where_they_act_as_heads(school):
    assert [post_label(again(person)) for person in (school.lan, school.thu)] == [HEAD, HEAD]
    (team,) = Team.objects.filter(name="Tổ 1")
    told = Told(team=team, title="Họp tổ", text="Chiều thứ Sáu.", shown_until=None, file=None)
    announcement = tell(told, token=uuid.uuid4(), by=again(school.lan))
    assert (announcement.role, last_role("approvals_announcement")) == (HEAD, HEAD)


def test_a_book_is_signed_as_its_teacher(school):
    (of_class,) = sign(school.lan, "Sổ của lớp 4A")
    assert (of_class.role, last_role("approvals_booksignature")) == ("GVCN 4A", "Giáo viên chủ nhiệm")
    (of_line,) = sign(school.thu, "Ngoại ngữ 1 lớp 4A")
    assert (of_line.role, last_role("approvals_booksignature")) == (
        "GVBM Ngoại ngữ 1 4A",
        "Giáo viên bộ môn",
    )


def test_a_finding_is_answered_as_the_teacher_of_the_sheet_and_noted_as_who_inspects(school):
    wanted = Wanted(
        kind=Inspection.Kind.SURPRISE, period="GHKI", purpose="Đối chiếu.", classes=[school.class_4a],
        codes=["NN1"], drawn_per_class=None,
    )  # fmt: skip
    inspection = open_inspection(wanted, year=school.year, by=again(school.hoa))
    due = clock.today() + datetime.timedelta(days=3)
    (finding,) = note(
        inspection, school.sheet("NN1"), [], text="Thiếu bài.", due_on=due, by=again(school.hoa)
    )
    answer(finding, text="Đã bổ sung.", by=again(school.thu))
    roles = FindingEntry.objects.order_by("pk").values_list("role", flat=True)
    assert list(roles) == ["Phó Hiệu trưởng", "GVBM Ngoại ngữ 1 4A"]
    assert last_role("approvals_findingentry") == "GVBM Ngoại ngữ 1 4A"


def test_the_months_figures_are_confirmed_as_the_teacher_of_the_class_and_of_the_lines(school):
    confirm_months(school, school.class_4a)
    check = open_round(school.year, month_of(clock.today()), due_on=clock.today(), by=again(school.tuan))
    of_class = check.replies.get(school_class=school.class_4a)
    of_lines = check.replies.get(kind=ReconciliationReply.Kind.LINES, teacher=school.thu)
    for reply, person, role in (
        (of_class, school.lan, "GVCN 4A"),
        (of_lines, school.thu, "Giáo viên bộ môn"),
    ):
        answer_round(reply, ReplyAct.CONFIRM, seen=read_numbers(reply).digest, by=again(person))
        assert ReconciliationReply.history.filter(id=reply.pk).latest().acting_role == role


def test_praise_slips_and_own_books_are_a_teachers_and_the_clerk_stays_the_clerk(school):
    commend(
        school.class_4a,
        school.pupils[0],
        kind="letter",
        text="Giúp bạn.",
        on=clock.today(),
        by=again(school.lan),
    )
    assert last_role("gradebook_commendation") == "GVCN 4A"
    ask_for_slips(school_class=school.class_4a, period=GHKI, by=again(school.lan))
    assert last_role("reports_printjob") == "GVCN 4A"
    ask_for_own_books([again(school.thu)], year=school.year, period=GHKI, by=again(school.thu))
    assert last_role("reports_printjob") == "Giáo viên bộ môn"
    ask_for_own_books([again(school.lan)], year=school.year, period=GHKI, by=again(school.tuan))
    assert last_role("reports_printjob") == "Văn thư"
