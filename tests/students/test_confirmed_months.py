"""A month that was confirmed and then changed by a movement: who sees it, and how it is confirmed anew (R13, R72)."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.history import Source
from students import movements
from students.attendance import Call, MonthRefused, call_roll, confirm_again, confirm_month, month_sums
from students.attendance_month_page import read_month
from students.attendance_months import month_states
from students.attendance_overview import attendance_tasks, read_follow_up
from students.models import AttendanceMonth, Movement
from students.roster_planning import plan_roster
from tests.gradebook.school import CONFIRMED, School
from tests.students.rosters import listed, pupil
from tests.students.test_attendance import at, first_wednesday

pytestmark = pytest.mark.django_db
LEAVING = {"leave_reason": "03"}


def october(school: School) -> datetime.date:
    return datetime.date(school.year.year, 10, 1)


def november(school: School, day: int) -> datetime.date:
    return datetime.date(school.year.year, 11, day)


@pytest.fixture
def confirmed(school) -> School:
    """4A's October, with its first pupil absent one morning in the middle of it, confirmed late by cô Lan; 4B's too."""
    with at(november(school, 1)):
        wednesday = first_wednesday(school, 10)
        absent = {school.pupils[0].pk: "P", school.pupils[1].pk: "K"}
        call_roll(
            school.class_4a,
            [Call(wednesday, "morning", absent, 0, uuid.uuid4())],
            by=school.lan,
            source=Source.PAGE,
        )
    with at(november(school, 5)):
        for school_class, teacher in ((school.class_4a, school.lan), (school.class_4b, school.minh)):
            confirm_month(
                school_class,
                october(school),
                seen=month_sums(school_class, october(school)).seen,
                by=teacher,
            )
    return school


def record(school: School, on: datetime.date, since: datetime.date) -> Movement:
    """The clerk writes on a day that the first pupil has changed to 4B since another."""
    with at(on):
        return movements.change_class(school.pupils[0], school.class_4b, day=since, by=school.tuan)


def state(school: School, school_class=None):
    school_class = school_class or school.class_4a
    return month_states([school_class], [october(school)], november(school, 20))[
        school_class.pk, october(school)
    ]


def page(school: School, name: str, person: str) -> str:
    client = Client()
    client.force_login(school.people[person])
    with at(november(school, 20)):
        where = [] if name == "late_attendance" else [school.class_4a.pk, october(school)]
        return " ".join(client.get(reverse(f"students:{name}", args=where)).text.split())


def test_a_month_stands_as_confirmed_while_movements_only_hold_after_it(confirmed):
    record(confirmed, november(confirmed, 12), november(confirmed, 10))
    assert not state(confirmed).has_changed
    assert state(confirmed).word == "Xác nhận muộn"


@pytest.mark.parametrize("since", [5, 30])
def test_a_movement_recorded_later_with_an_earlier_date_flags_the_month_of_both_classes(confirmed, since):
    record(confirmed, november(confirmed, 12), october(confirmed).replace(day=since))
    assert state(confirmed).has_changed
    assert state(confirmed, confirmed.class_4b).has_changed
    assert state(confirmed).word == "Đã xác nhận, sau đó sĩ số thay đổi"
    assert not state(confirmed, confirmed.class_1a).has_changed


def test_a_movement_of_before_that_is_cancelled_later_flags_it_too(school, request):
    movement = record(school, november(school, 2), october(school).replace(day=6))
    confirmed = request.getfixturevalue("confirmed")
    assert not state(confirmed).has_changed
    with at(november(school, 12)):
        movements.cancel(movement, reason="Ghi nhầm", by=school.tuan)
    assert state(confirmed).has_changed
    assert "huỷ «Chuyển lớp» từ ngày 06/10" in page(confirmed, "attendance_month", "lan")


def test_what_was_recorded_and_cancelled_after_the_confirmation_changes_nothing(confirmed):
    movement = record(confirmed, november(confirmed, 12), october(confirmed).replace(day=6))
    with at(november(confirmed, 13)):
        movements.cancel(movement, reason="Ghi nhầm", by=confirmed.tuan)
    assert not state(confirmed).has_changed


def test_a_confirmed_month_says_how_it_is_corrected_and_leads_its_teacher_to_the_request(confirmed):
    request = reverse(
        "approvals:propose_sessions",
        args=[confirmed.class_4a.pk, october(confirmed), confirmed.pupils[0].pk],
    )
    own, others = (page(confirmed, "attendance_month", person) for person in ("lan", "hoa"))
    assert "xác nhận lúc" in own
    assert "Sai ở một buổi: bấm ngày đó, rồi «Lập phiếu đề nghị sửa buổi này»." in own
    assert request in own
    assert "Giáo viên chủ nhiệm lập phiếu, Phó Hiệu trưởng phê chuẩn, văn thư ghi vào sổ." in others
    assert request not in others
    client = Client()
    client.force_login(confirmed.lan)
    with at(november(confirmed, 20)):
        assert "Lập phiếu đề nghị sửa" in client.get(request).text


def test_of_a_month_that_is_open_nobody_is_sent_to_a_request(school):
    client = Client()
    client.force_login(school.lan)
    with at(october(school).replace(day=20)):
        shown = client.get(
            reverse("students:attendance_month", args=[school.class_4a.pk, october(school)])
        ).text
    assert "phiếu đề nghị sửa" not in shown


def test_the_teacher_sees_on_the_month_what_changed_and_what_the_sums_were(confirmed):
    record(confirmed, november(confirmed, 12), october(confirmed))
    month = page(confirmed, "attendance_month", "lan")
    assert f"{confirmed.pupils[0].full_name}: Chuyển lớp, rời lớp từ ngày 01/10" in month
    assert "Bùi Anh Tuấn ghi lúc" in month
    assert "Lúc xác nhận: có phép 0,5, không phép 0,5 ngày. Bây giờ: có phép 0, không phép 0,5 ngày." in month
    assert "Xem lại, xác nhận lại" in month


def test_it_waits_among_the_tasks_of_each_class_s_teacher_and_of_the_vice_principal(confirmed):
    record(confirmed, november(confirmed, 12), october(confirmed))
    with at(november(confirmed, 20)):
        of_lan, of_minh, of_hoa = (
            [task.title for task in attendance_tasks(person)]
            for person in (confirmed.lan, confirmed.minh, confirmed.hoa)
        )
    year = confirmed.year.year
    assert f"Xem lại, xác nhận lại điểm danh tháng 10/{year} lớp 4A" in of_lan
    assert f"Xem lại, xác nhận lại điểm danh tháng 10/{year} lớp 4B" in of_minh
    assert "2 sổ điểm danh đã xác nhận, sau đó sĩ số thay đổi" in of_hoa
    told = page(confirmed, "late_attendance", "hoa")
    assert f"Lớp 4A, tháng 10/{year}" in told
    assert f"{confirmed.pupils[0].full_name}: Chuyển lớp, vào lớp từ ngày 01/10" in told


def test_the_teacher_confirms_anew_and_the_first_confirmation_stays_in_the_history(confirmed):
    record(confirmed, november(confirmed, 12), october(confirmed))
    client = Client()
    client.force_login(confirmed.lan)
    where = reverse("students:attendance_confirm", args=[confirmed.class_4a.pk, october(confirmed)])
    with at(november(confirmed, 20)):
        form = client.get(where)
        change = form.context["changes"][0].pk
        sums = form.context["sums"]
        fields = {
            "with_leave": sums.with_leave,
            "without_leave": sums.without_leave,
            "not_called": len(sums.not_called),
            "change": change,
        }
        assert client.post(where, fields).status_code == 422
        assert client.post(where, fields | CONFIRMED).status_code == 302
    month = AttendanceMonth.objects.get(school_class=confirmed.class_4a)
    assert (month.with_leave, month.confirmed_again_by) == (0, confirmed.lan)
    kept = AttendanceMonth.history.filter(id=month.pk).order_by("history_id")
    assert [(str(row.with_leave), row.confirmed_again_at is None) for row in kept] == [
        ("0.5", True),
        ("0.0", False),
    ]
    assert not state(confirmed).has_changed
    assert state(confirmed).word == "Xác nhận muộn"
    assert "Xác nhận lần đầu: Nguyễn Thị Lan" in page(confirmed, "attendance_month", "hoa")


def test_a_month_sums_its_own_rolls_alone_and_says_what_the_other_class_has_of_its_pupils(confirmed):
    record(confirmed, november(confirmed, 12), first_wednesday(confirmed, 10) + datetime.timedelta(days=1))
    with at(november(confirmed, 12)):
        new = read_month(confirmed.minh, confirmed.class_4b, october(confirmed))
        old = read_month(confirmed.lan, confirmed.class_4a, october(confirmed))
    assert (new.with_leave_label, old.with_leave_label) == ("0", "0,5")
    assert (new.stranded, old.stranded) == ((), ())


def test_the_new_teacher_is_told_which_absences_no_longer_count(confirmed):
    record(confirmed, november(confirmed, 12), october(confirmed))
    day = f"{first_wednesday(confirmed, 10):%d/%m}"
    for name in ("attendance_month", "attendance_confirm"):
        with at(november(confirmed, 13)):
            client = Client()
            client.force_login(confirmed.minh)
            where = reverse(f"students:{name}", args=[confirmed.class_4b.pk, october(confirmed)])
            told = " ".join(client.get(where).text.split())
        assert f"{confirmed.pupils[0].full_name}, sổ lớp 4A: sáng {day} (P)." in told


def test_a_change_that_the_teacher_has_not_seen_is_shown_first(confirmed):
    record(confirmed, november(confirmed, 12), october(confirmed))
    seen = month_sums(confirmed.class_4a, october(confirmed)).seen
    with pytest.raises(MonthRefused, match="vừa thay đổi"):
        confirm_again(confirmed.class_4a, october(confirmed), seen=seen, changes=[], by=confirmed.lan)


def test_a_month_that_nothing_has_changed_is_not_confirmed_twice_nor_by_another_teacher(confirmed):
    seen = month_sums(confirmed.class_4a, october(confirmed)).seen
    with pytest.raises(MonthRefused, match="không phải xác nhận lại"):
        confirm_again(confirmed.class_4a, october(confirmed), seen=seen, changes=[], by=confirmed.lan)
    with pytest.raises(PermissionDenied):
        confirm_again(confirmed.class_4a, october(confirmed), seen=seen, changes=[], by=confirmed.minh)


def test_the_list_of_changed_months_costs_the_same_for_two_and_for_three(confirmed):
    def statements(number: int) -> int:
        with at(november(confirmed, 20)), CaptureQueriesContext(connection) as asked:
            assert len(read_follow_up().changed) == number
        return len(asked)

    record(confirmed, november(confirmed, 12), october(confirmed))
    few = statements(2)
    september = october(confirmed).replace(month=9)
    with at(november(confirmed, 6)):
        for each, by in ((confirmed.class_4a, confirmed.lan), (confirmed.class_4b, confirmed.minh)):
            confirm_month(each, september, seen=month_sums(each, september).seen, by=by)
    with at(november(confirmed, 13)):
        movements.leave(confirmed.pupils[1], day=september.replace(day=8), by=confirmed.tuan, **LEAVING)
    assert statements(3) == few


def test_the_clerk_is_told_before_cancelling_which_months_it_will_change(confirmed):
    movement = record(confirmed, november(confirmed, 12), october(confirmed))
    client = Client()
    client.force_login(confirmed.tuan)
    told = client.get(reverse("students:movement", args=[movement.pk])).text
    assert f"Sổ điểm danh lớp 4A tháng 10/{confirmed.year.year} đã xác nhận" in told


def test_a_list_that_seats_pupils_from_the_first_day_says_which_months_it_changes(confirmed):
    plan = plan_roster(listed(pupil(1, cls="4A")), confirmed.year)
    (told,) = [each for each in plan.problems if "đã xác nhận" in each.message]
    assert (told.level, "Sổ điểm danh lớp 4A tháng 10/" in told.message) == ("warning", True)
