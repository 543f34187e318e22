"""The pages of staff and assignments: found by name, changed by those who may, refused with words (PLAN III.1)."""

import datetime

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock, permissions
from accounts.dates import Days
from accounts.held_powers import powers_of
from accounts.models import Post, SystemPart, Team, User
from gradebook.assignments import hand_over_assignment, undo_assignment
from gradebook.models import TeachingAssignment
from students.models import HomeroomAssignment
from students.names import sort_key
from tests.gradebook.school import grant_to

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def again(user):
    return User.objects.get(pk=user.pk)


def text_of(answer):
    return " ".join(answer.content.decode().split())


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def more_people(school, count):
    """So many more teachers, each with a line and a post."""
    for number in range(count):
        name = f"Lê Văn Thêm {number}"
        person = User.objects.create_user(
            f"them{number}", staff_code=f"T{number:03d}", full_name=name, sort_key=sort_key(name)
        )
        Post.objects.create(holder=person, kind="inspector", starts_on=school.year.starts_on)
        HomeroomAssignment.objects.create(
            school_class=school.year.classes.create(name=f"4.{number}", grade_level=4),
            teacher=person,
            starts_on=school.year.starts_on,
        )


# -- The list ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Thị Lan", "thi lan", "THỊ LAN", "CB01"])
def test_a_person_is_found_with_or_without_tones_or_by_the_code(school, typed):
    answer = as_(school.hoa).get(reverse("gradebook:staff"), {"q": typed})
    assert [line.person for line in answer.context["lines"]] == [school.lan]


def test_the_list_is_filtered_by_duty_team_and_state(school):
    address = reverse("gradebook:staff")
    User.objects.filter(pk=school.thu.pk).update(is_active=False)
    client = as_(school.tuan)

    def names(**filters):
        return {line.person.username for line in client.get(address, filters).context["lines"]}

    assert names(duty="homeroom") == {"lan", "minh", "ngoc"}
    assert names(duty="clerk") == {"tuan"}
    assert names(state="closed") == {"thu"}
    assert "thu" not in names()
    assert names(state="all", duty="nonsense", team="99") == names(state="all")


def test_the_list_and_the_overview_take_the_same_statements_for_nine_and_sixty_people(school):
    client, pages = as_(school.bich), (reverse("gradebook:staff"), reverse("accounts:overview"))
    grant_to(school, school.ngoc, school.class_4a)
    few = [statements(client, page) for page in pages]
    more_people(school, 51)
    for person in User.objects.filter(username__startswith="them"):
        grant_to(school, person, school.class_4a)
    assert [statements(client, page) for page in pages] == few


def test_the_overview_says_what_each_account_may_do(school):
    grant_to(school, school.thu, school.class_1a)
    answer = as_(school.bich).get(reverse("accounts:overview"))
    lines = {line.person.username: line for line in answer.context["overview"].lines}
    assert lines["lan"].may_do == ["Chủ nhiệm lớp 4A", "Tiếng Việt, Toán 4A"]
    assert lines["dung"].may_do == ["Tổ (khối) trưởng Tổ 4"]
    assert lines["thu"].may_do[-1] == f"Được cấp thêm: Lớp 1A, năm học {school.year.label}"
    assert lines["lan"].has_second_factor is False
    assert lines["lan"].is_trained is False


# -- A person ----------------------------------------------------------------------------------------------


def test_a_teacher_sees_the_own_record_and_nobody_elses(school):
    client = as_(school.lan)
    own = client.get(reverse("gradebook:person", args=[school.lan.pk]))
    assert "Chủ nhiệm lớp 4A" in text_of(own)
    assert "Giao cho người khác" not in text_of(own)
    assert client.get(reverse("gradebook:person", args=[school.minh.pk])).status_code == 403


def test_nobody_is_offered_to_change_their_own_powers(school):
    own = text_of(as_(school.hoa).get(reverse("gradebook:person", args=[school.hoa.pk])))
    assert "Giao chức vụ" not in own
    assert "Phân công lớp, môn" not in own
    assert "Kết thúc" not in own


def test_the_clerk_edits_the_record_with_history_and_no_power(school):
    address = reverse("gradebook:person_edit", args=[school.lan.pk])
    data = {"full_name": "Nguyễn Thị Ngọc  Lan", "phone": "0912345678", "email": "", "gender": "female"}
    refused = as_(school.tuan).post(address, data)
    assert refused.status_code == 422
    assert "Đổi họ tên hoặc ngày sinh cần lí do" in text_of(refused)
    assert "0912345678" in text_of(refused)
    forged = {**data, "reason": "Theo căn cước", "is_active": "", "username": "x", "is_superuser": "on"}
    assert as_(school.tuan).post(address, forged).status_code == 302
    lan = again(school.lan)
    assert (lan.full_name, lan.phone, lan.username, lan.is_active) == (
        "Nguyễn Thị Ngọc Lan",
        "0912345678",
        "lan",
        True,
    )
    assert not lan.is_superuser
    assert lan.sort_key == sort_key("Nguyễn Thị Ngọc Lan")
    record = lan.history.first()
    assert (record.history_user, record.history_change_reason) == (school.tuan, "Theo căn cước")


def test_the_clerk_does_not_move_herself_into_a_team(school):
    team = school.dung.posts.get().team
    data = {"full_name": school.tuan.full_name, "team": team.pk}
    as_(school.tuan).post(reverse("gradebook:person_edit", args=[school.tuan.pk]), data)
    assert again(school.tuan).team is None


# -- Posts and assignments ---------------------------------------------------------------------------------


def test_a_post_is_given_on_the_page_and_a_forged_one_refused(school):
    address = reverse("gradebook:person_appoint", args=[school.son.pk])
    data = {"kind": "clerk", "starts_on": f"{clock.today():%Y-%m-%d}", "reason": "QĐ 12"}
    assert as_(school.hoa).post(address, data).status_code == 422
    assert as_(school.bich).post(address, {**data, "kind": "principal"}).status_code == 422
    assert [post.kind for post in school.son.posts.all()] == [Post.Kind.INSPECTOR]
    assert as_(school.bich).post(address, data).status_code == 302
    assert permissions.has_post(again(school.son), Post.Kind.CLERK)


def test_the_vice_principal_posting_for_herself_is_refused(school):
    data = {"starts_on": f"{clock.today():%Y-%m-%d}", "ends_on": f"{school.year.ends_on:%Y-%m-%d}"}
    line = reverse("gradebook:line_seat", args=[school.class_4a.pk, school.lines[4, "KH"].pk])
    assert as_(school.hoa).post(line, {**data, "teacher": school.hoa.pk}).status_code == 403
    homeroom = school.lan.homeroom_assignments.get()
    duty = reverse("gradebook:duty", args=["homeroom", homeroom.pk, "hand-over"])
    forged = {**data, "to": school.hoa.pk, "reason": "Thử"}
    assert as_(school.hoa).post(duty, forged).status_code == 403
    appoint = reverse("gradebook:person_appoint", args=[school.hoa.pk])
    assert as_(school.hoa).post(appoint, {**data, "kind": "grade_head"}).status_code == 403
    assert not again(school.hoa).teaching_assignments.exists()


def test_a_seat_somebody_holds_is_refused_with_who_and_what_was_typed_stays(school):
    address = reverse("gradebook:homeroom_seat", args=[school.class_4a.pk])
    data = {
        "teacher": school.minh.pk,
        "starts_on": f"{clock.today():%Y-%m-%d}",
        "ends_on": f"{school.year.ends_on:%Y-%m-%d}",
        "reason": "Thay đổi đầu kì",
    }
    answer = as_(school.hoa).post(address, data)
    assert answer.status_code == 422
    assert "Nguyễn Thị Lan đang giữ" in text_of(answer)
    assert "Thay đổi đầu kì" in text_of(answer)


def test_everything_a_teacher_holds_goes_to_one_substitute_and_shows_on_both_pages(school):
    address = reverse("gradebook:stand_in", args=[school.lan.pk])
    day = f"{clock.today():%Y-%m-%d}"
    data = {"to": school.ngoc.pk, "starts_on": day, "ends_on": day, "reason": "Nghỉ ốm"}
    answer = as_(school.hoa).post(address, data, follow=True)
    assert "làm thay Nguyễn Thị Lan ngày" in text_of(answer)
    taught = {
        line_id
        for class_id, line_id in powers_of(again(school.ngoc)).taught
        if class_id == school.class_4a.pk
    }
    assert taught == {school.lines[4, code].pk for code in ("TOAN", "TV")}
    assert school.class_4a.pk in powers_of(again(school.ngoc)).homeroom_classes
    assert powers_of(again(school.lan)).taught == frozenset()
    assert "Đặng Bảo Ngọc làm thay" in text_of(answer)
    own = as_(school.ngoc).get(reverse("gradebook:person", args=[school.ngoc.pk]))
    assert "làm thay Nguyễn Thị Lan" in text_of(own)
    with clock.travelling(clock.now() + DAY):
        assert len(powers_of(again(school.lan)).taught) == 2


def test_one_seat_that_cannot_go_keeps_all_where_they_are(school):
    before = list(TeachingAssignment.objects.values_list("pk", "teacher", "ends_on"))
    data = {
        "to": school.ngoc.pk,
        "starts_on": f"{clock.today():%Y-%m-%d}",
        "ends_on": f"{school.year.ends_on + DAY:%Y-%m-%d}",
        "reason": "Nghỉ dài",
    }
    answer = as_(school.hoa).post(reverse("gradebook:stand_in", args=[school.lan.pk]), data)
    assert answer.status_code == 422
    assert list(TeachingAssignment.objects.values_list("pk", "teacher", "ends_on")) == before


def test_assigning_a_teacher_begins_with_a_class_of_theirs(school):
    answer = as_(school.hoa).get(reverse("gradebook:class_staff"), {"teacher": school.lan.pk})
    assert answer.context["chosen"] == school.class_4a
    assert f'Phân công cho <a href="/gradebook/staff/{school.lan.pk}/">Nguyễn Thị Lan</a>' in text_of(answer)


def test_an_account_is_in_the_same_state_on_both_pages_and_each_duty_is_named(school):
    User.objects.filter(pk=school.lan.pk).update(password=make_password(None))
    client = as_(school.tuan)
    assert "Chưa kích hoạt" in text_of(client.get(f"/accounts/people/{school.lan.pk}/"))
    record = text_of(client.get(reverse("gradebook:person", args=[school.lan.pk])))
    assert "Tài khoản chưa kích hoạt" in record
    assert "Tài khoản đang dùng" not in record
    assert "Chủ nhiệm lớp 4A" in text_of(client.get(f"/accounts/people/{school.lan.pk}/"))


@pytest.mark.parametrize("typed", ["abc", "12", "0912 345"])
def test_what_is_no_telephone_number_is_told_at_its_field(school, typed):
    address = reverse("gradebook:person_edit", args=[school.lan.pk])
    answer = as_(school.tuan).post(address, {"full_name": "Nguyễn Thị Lan", "phone": typed})
    assert answer.status_code == 422
    assert "không phải một số điện thoại" in text_of(answer)
    assert typed in text_of(answer)


def test_a_class_shows_who_answers_for_each_line_and_what_nobody_does(school):
    answer = as_(school.hoa).get(reverse("gradebook:class_staff"), {"class": school.class_4a.pk})
    seats = {seat.label: seat for seat in answer.context["seats"]}
    assert [line.label for line in seats["Toán"].holders] == ["Nguyễn Thị Lan"]
    assert seats["Khoa học"].is_empty_today
    assert "Hôm nay chưa có ai" in text_of(answer)


def test_the_principals_own_page_offers_to_hand_the_post_over_but_not_to_end_it(school):
    answer = as_(school.bich).get(reverse("gradebook:person", args=[school.bich.pk]))
    post = school.bich.posts.get()
    assert reverse("gradebook:duty", args=["post", post.pk, "hand-over"]) in text_of(answer)
    assert reverse("gradebook:duty", args=["post", post.pk, "end"]) not in text_of(answer)
    end = reverse("gradebook:duty", args=["post", post.pk, "end"])
    data = {"last_day": f"{clock.today():%Y-%m-%d}", "reason": "Thử"}
    assert as_(school.bich).post(end, data).status_code == 403
    answer = as_(school.bich).get(end)
    assert answer.status_code == 403
    assert "chỉ giao cho người khác" in text_of(answer)


@pytest.mark.parametrize(
    "address", ["duties/nonsense/1/end/", "duties/post/999999/end/", "duties/post/1/fly/"]
)
def test_an_address_made_up_leads_nowhere(school, address):
    assert as_(school.bich).get(f"/gradebook/{address}").status_code == 404


def test_the_absent_teacher_is_not_offered_as_her_own_substitute(school):
    page = as_(school.hoa).get(reverse("gradebook:stand_in", args=[school.lan.pk])).content.decode()
    assert f'<option value="{school.minh.pk}"' in page
    assert f'<option value="{school.lan.pk}"' not in page


def test_a_duty_given_and_taken_back_the_same_day_stays_in_the_history_of_the_page(school):
    days = Days(clock.today(), clock.today() + DAY)
    term = HomeroomAssignment.objects.get(school_class=school.class_4a)
    new = hand_over_assignment(term, to=school.thu, days=days, reason="Cô Lan ốm", by=again(school.hoa))
    undo_assignment(new, reason="Chọn nhầm người", by=again(school.hoa))
    shown = as_(school.hoa).get(reverse("gradebook:person", args=[school.thu.pk]))
    changes = [(each.word, each.label, each.by, each.reason) for each in shown.context["changes"]]
    label = "Chủ nhiệm lớp 4A (làm thay Nguyễn Thị Lan)"
    assert changes[:2] == [
        ("Bỏ", label, school.hoa.full_name, "Chọn nhầm người"),
        ("Giao", label, school.hoa.full_name, "Cô Lan ốm"),
    ]


def test_the_clerk_gives_no_granted_power_by_moving_somebody_into_the_to_that_has_it(school):
    team = Team.objects.get(grade_level=4)
    grant_to(school, team, SystemPart.objects.get(code="access_log"))
    told = {"full_name": school.son.full_name, "team": team.pk, "reason": "Xếp lại tổ"}
    answer = as_(school.tuan).post(reverse("gradebook:person_edit", args=[school.son.pk]), told)
    assert answer.status_code == 422
    assert "là cho thêm quyền" in answer.content.decode()
    assert again(school.son).team is None
