"""Whoever keeps the administrator account holds no class and no line, and writes no mark (PLAN IV.3)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts import clock, permissions
from accounts.dates import Days
from accounts.history import Source
from accounts.models import Post, User
from accounts.posts import appoint, end_post
from accounts.powers import Action
from accounts.terms import TermRefused
from approvals import corrections
from gradebook.assignments import assign, end_assignment, hand_over_all, hand_over_assignment
from gradebook.entry import save_results
from gradebook.models import SubjectResult, TeachingAssignment, TraitResult
from gradebook.staffing import StaffRefused
from students.models import HomeroomAssignment
from tests.gradebook.mark_files import download, filled
from tests.gradebook.school import CONFIRMED, change_of, close_window, open_window
from tests.gradebook.test_assignment_upload import preview, reasons
from tests.gradebook.test_staffing import carry_out, row

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
APART = "không giữ lớp, môn nào trong cùng những ngày"


def again(user):
    """The person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def homeroom(school, teacher="lan"):
    return HomeroomAssignment.objects.get(teacher=school.people[teacher], starts_on=school.year.starts_on)


def make_clerk(school, person, *, first=None, last=None):
    days = Days(first or clock.today(), last)
    within = school.year.days
    return appoint(
        person, Post.Kind.CLERK, days=days, reason="Quyết định số 9", within=within, by=again(school.bich)
    )


# -- The acts ------------------------------------------------------------------------------------------------


def test_the_clerk_is_given_no_class_no_line_and_no_substitution(school):
    days, hoa = Days(clock.today(), clock.today() + DAY), again(school.hoa)
    with pytest.raises(TermRefused, match=f"Bùi Anh Tuấn giữ chức vụ văn thư từ 01/08.*{APART}") as refusal:
        assign(school.tuan, school.class_4a, school.lines[4, "KH"], days=days, reason="Thiếu người", by=hoa)
    assert refusal.value.problems[0].field == "teacher"
    with pytest.raises(TermRefused, match=APART) as refusal:
        hand_over_assignment(homeroom(school), to=school.tuan, days=days, reason="Nghỉ ốm", by=hoa)
    assert refusal.value.problems[0].field == "to"
    with pytest.raises(TermRefused, match=APART):
        hand_over_all(school.thu, to=school.tuan, days=days, reason="Nghỉ ốm", by=hoa)


def test_a_teacher_is_made_clerk_only_on_days_without_class_and_line(school):
    with pytest.raises(TermRefused, match="Đặng Bảo Ngọc đang giữ «Chủ nhiệm lớp 1A» từ 01/08"):
        make_clerk(school, school.ngoc)
    with pytest.raises(TermRefused, match="Lê Thị Thu đang giữ «Ngoại ngữ 1 lớp 4A»"):
        make_clerk(school, school.thu)
    for held in (homeroom(school, "ngoc"), TeachingAssignment.objects.get(teacher=school.ngoc)):
        end_assignment(held, last_day=clock.today(), reason="Chuyển việc", by=again(school.hoa))
    with pytest.raises(TermRefused, match=APART):
        make_clerk(school, school.ngoc)
    make_clerk(school, school.ngoc, first=clock.today() + DAY)


def test_a_clerk_to_be_or_a_substitute_clerk_is_given_no_class_for_those_days(school):
    tomorrow = clock.today() + DAY
    make_clerk(school, school.dung, first=tomorrow, last=tomorrow)
    row, hoa = homeroom(school), again(school.hoa)
    with pytest.raises(TermRefused, match=APART):
        hand_over_assignment(row, to=school.dung, days=Days(tomorrow, tomorrow), reason="Ốm", by=hoa)
    only_today = Days(clock.today(), clock.today())
    hand_over_assignment(row, to=school.dung, days=only_today, reason="Ốm", by=hoa)


def test_days_do_not_return_to_a_regular_teacher_who_is_clerk_meanwhile(school):
    today, hoa = clock.today(), again(school.hoa)
    lent = Days(today, today + 9 * DAY)
    stand_in = hand_over_assignment(
        homeroom(school, "minh"), to=school.dung, days=lent, reason="Điều động", by=hoa
    )
    line = TeachingAssignment.objects.get(teacher=school.minh)
    hand_over_assignment(line, to=school.dung, days=lent, reason="Điều động", by=hoa)
    make_clerk(school, school.minh, first=today, last=today + 9 * DAY)
    with pytest.raises(TermRefused, match=APART):
        end_assignment(stand_in, last_day=today, reason="Xong sớm", by=hoa)


# -- Pages and lists -----------------------------------------------------------------------------------------


def test_the_pages_of_seat_hand_over_and_post_say_why(school):
    told = {"starts_on": clock.today(), "ends_on": clock.today() + DAY, "reason": "Nghỉ ốm", **CONFIRMED}
    row, science = homeroom(school), school.lines[4, "KH"]
    hoa, bich = as_(school.hoa), as_(school.bich)
    answers = (
        hoa.post(
            reverse("gradebook:line_seat", args=[school.class_4a.pk, science.pk]),
            {**told, "teacher": school.tuan.pk},
        ),
        hoa.post(
            reverse("gradebook:duty", args=["homeroom", row.pk, "hand-over"]), {**told, "to": school.tuan.pk}
        ),
        hoa.post(reverse("gradebook:stand_in", args=[school.thu.pk]), {**told, "to": school.tuan.pk}),
        bich.post(reverse("gradebook:person_appoint", args=[school.ngoc.pk]), {**told, "kind": "clerk"}),
    )
    for answer in answers:
        assert answer.status_code == 422
        assert APART in answer.content.decode()


def test_a_list_of_assignments_is_refused_in_the_row_of_the_clerk(school):
    shown = preview(as_(school.hoa), school, ["CB08", "Bùi Anh Tuấn", None, None, "Khoa học", "4A"])
    assert shown.status_code == 422
    [reason] = reasons(shown)
    assert reason.startswith("Khoa học lớp 4A: Bùi Anh Tuấn giữ chức vụ văn thư")
    assert APART in reason


def test_a_staff_list_is_refused_where_somebody_is_both(school):
    with pytest.raises(StaffRefused, match="Hàng 2: Lê Thị Mới 2 vừa là văn thư vừa giữ lớp"):
        carry_out(school, row(2, post="Văn thư", subjects=("Khoa học",), classes=("4A",)))
    assert not User.objects.filter(staff_code="MOI02").exists()


# -- The database --------------------------------------------------------------------------------------------


BOTH = {
    "a class for the clerk": (HomeroomAssignment, {"school_class__name": "4A"}, {"teacher": "tuan"}),
    "a line for the clerk": (TeachingAssignment, {"teacher__username": "thu"}, {"teacher": "tuan"}),
    "the post for a teacher": (Post, {"kind": "clerk"}, {"holder": "thu"}),
    "another post for a teacher": (Post, {"kind": "inspector"}, {"kind": "clerk", "holder": "thu"}),
}


@pytest.mark.parametrize("case", BOTH)
def test_the_database_keeps_clerk_and_class_apart_whatever_the_path(school, case):
    model, which, to = BOTH[case]
    wanted = {name: school.people.get(value, value) for name, value in to.items()}
    with pytest.raises(IntegrityError, match="the clerk would hold a class"), transaction.atomic():
        model.objects.filter(**which).update(**wanted)


def test_the_database_refuses_a_new_row_too(school):
    held = {"school_class": school.class_4a, "starts_on": clock.today()}
    for new in (
        TeachingAssignment(teacher=school.tuan, line=school.lines[4, "KH"], **held),
        Post(holder=school.thu, kind=Post.Kind.CLERK, starts_on=clock.today()),
    ):
        with pytest.raises(IntegrityError, match="the clerk would hold a class"), transaction.atomic():
            new.save()


def test_an_old_clash_can_be_ended(school):
    give_a_class_behind_the_guards(school)
    Post.objects.filter(kind="clerk").update(ends_on=clock.today())
    HomeroomAssignment.objects.filter(teacher=school.tuan).update(ends_on=clock.today())


# -- Marks ---------------------------------------------------------------------------------------------------


def give_a_class_behind_the_guards(school):
    """The clerk leads 4A and teaches Toán there, as no act and no database would let it be."""
    tables = ("students_homeroomassignment", "gradebook_teachingassignment")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER the_clerk_holds_no_class")
        for model in (HomeroomAssignment, TeachingAssignment):
            model.objects.filter(teacher=school.lan).update(teacher=school.tuan)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER the_clerk_holds_no_class")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def marks():
    return [list(model.objects.order_by("pk").values()) for model in (SubjectResult, TraitResult)]


def test_the_clerk_writes_no_mark_by_any_way_even_with_a_class(school):
    """A sheet sent whole or saved by itself, an Excel file, a draft of a correction; a line and NLPC alike."""
    open_window(school)
    file = filled(download(school), F2="T")
    give_a_class_behind_the_guards(school)
    tuan, before = as_(school.tuan), marks()
    for code in ("TOAN", "NLPC"):
        for address, told in ways_in(school, code, file):
            assert tuan.post(address, **told).status_code == 403, (code, address)
        change = change_of(school.sheet(code), school.pupils[0], "rating" if code == "NLPC" else "mark", "T")
        with pytest.raises(PermissionDenied):
            save_results(school.sheet(code), [change], by=again(school.tuan), source=Source.PAGE)
    close_window(school)
    for code in ("TOAN", "NLPC"):
        assert tuan.post(reverse("approvals:propose", args=sheet_of(school, code))).status_code == 403
        with pytest.raises(PermissionDenied):
            corrections.propose(school.sheet(code), [], by=again(school.tuan))
    assert marks() == before


def ways_in(school, code, file):
    sheet = reverse("gradebook:sheet", args=sheet_of(school, code))
    upload = reverse("gradebook:sheet_upload", args=sheet_of(school, code))
    pupil = school.pupils[0].pk
    change = {"student": pupil, "item": code, "field": "mark", "value": "10", "version": 0}
    return (
        (sheet, {"data": {f"c.{pupil}.{code}.mark": "10", f"v.{pupil}.{code}": "0"}}),
        (sheet, {"data": {"changes": [change]}, "content_type": "application/json"}),
        (upload, {"data": {"file": SimpleUploadedFile("so.xlsx", file)}}),
        (upload, {"data": {"wanted": "x"}}),
    )


def sheet_of(school, code):
    return [school.class_4a.pk, code, "GHKI"]


def test_nothing_offers_the_clerk_to_enter_or_to_propose(school):
    open_window(school)
    give_a_class_behind_the_guards(school)
    tuan = again(school.tuan)
    for action in (Action.ENTER_SHEET, Action.PROPOSE_CORRECTION):
        assert not permissions.may_anywhere(tuan, action)
        assert permissions.reach_of(tuan, action) == permissions.NOWHERE
    page = as_(school.tuan).get(reverse("gradebook:sheet", args=sheet_of(school, "TOAN")))
    assert page.status_code == 200
    assert not page.context["sheet"].may_enter


def test_who_was_clerk_until_yesterday_teaches_and_enters_today(school):
    end_post(
        Post.objects.get(kind="clerk"),
        last_day=clock.today() - DAY,
        reason="Thôi việc",
        by=again(school.bich),
    )
    assign(
        school.tuan,
        school.class_4a,
        school.lines[4, "KH"],
        days=Days(clock.today(), clock.today()),
        reason="Điều động",
        by=again(school.hoa),
    )
    assert permissions.is_responsible(again(school.tuan), school.class_4a, school.lines[4, "KH"])
