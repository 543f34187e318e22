"""Grants on the page: previewed, given, withdrawn; refused to who may not, with words (PLAN IV.2)."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry, Grant, GroupMembership, SystemPart
from tests.gradebook.school import grant_to

pytestmark = pytest.mark.django_db
NEW = "/gradebook/grants/new/"


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    return " ".join(answer.content.decode().split())


def form_of(school, **values):
    last = clock.today() + datetime.timedelta(days=5)
    return {
        "grantee": f"person:{school.ngoc.pk}",
        "target": f"class:{school.class_4a.pk}",
        "line": "",
        "starts_on": f"{clock.today():%Y-%m-%d}",
        "ends_on": f"{last:%Y-%m-%d}",
        "reason": "Dự giờ",
        **values,
    }


def test_nothing_is_granted_before_the_preview_said_what_it_opens(school):
    client = as_(school.hoa)
    seen = client.post(NEW, form_of(school, look="1"))
    assert "mọi sổ điểm, đánh giá của lớp 4A" in text_of(seen)
    assert "không được nhập hay sửa" in text_of(seen)
    assert not Grant.objects.exists()
    given = {**form_of(school), "give": "1", "previewed": seen.context["fingerprint"]}
    assert client.post(NEW, given).status_code == 302
    assert Grant.objects.get().person == school.ngoc


def test_what_was_changed_after_the_preview_is_shown_again(school):
    client = as_(school.hoa)
    seen = client.post(NEW, form_of(school, look="1"))
    other = form_of(school, target=f"class:{school.class_1a.pk}")
    answer = client.post(NEW, {**other, "give": "1", "previewed": seen.context["fingerprint"]})
    assert "Nội dung đã đổi sau lần xem trước" in text_of(answer)
    assert not Grant.objects.exists()


def test_one_line_of_a_class_is_granted_as_its_assignment(school):
    seen = as_(school.hoa).post(NEW, form_of(school, line="TOAN", look="1"))
    assert "sổ Toán lớp 4A" in text_of(seen)
    refused = as_(school.hoa).post(NEW, form_of(school, line="KH", look="1"))
    assert refused.status_code == 422
    assert "chưa phân công môn này" in text_of(refused)


def test_a_part_is_granted_to_a_team_with_its_members_named(school):
    team = school.dung.posts.get().team
    team.members.add(school.thu)
    part = SystemPart.objects.get(code="progress")
    seen = as_(school.hoa).post(
        NEW, form_of(school, grantee=f"team:{team.pk}", target=f"part:{part.pk}", look="1")
    )
    assert "Hiện có 1 người: Lê Thị Thu" in text_of(seen)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends_on": ""}, "Chưa có ngày"),
        ({"reason": ""}, "Chưa có lí do"),
        ({"grantee": "person:999999"}, "Không có người, tổ, nhóm này"),
        ({"grantee": "nonsense"}, "Không có người, tổ, nhóm này"),
        ({"target": "class:999999"}, "Không có lớp hoặc phần này"),
        ({"line": "XX"}, "Không có môn này"),
        ({"ends_on": "2062-01-01"}, "nhất đến hết năm học"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(school, wrong, said):
    answer = as_(school.hoa).post(NEW, form_of(school, **{"reason": "Theo kế hoạch", **wrong}, look="1"))
    assert answer.status_code == 422
    assert said in text_of(answer)
    if "reason" not in wrong:
        assert "Theo kế hoạch" in text_of(answer)
    assert not Grant.objects.exists()


def test_the_vice_principal_is_not_offered_herself_and_a_forged_choice_is_refused(school):
    forged = form_of(school, grantee=f"person:{school.hoa.pk}", give="1")
    answer = as_(school.hoa).post(NEW, forged)
    assert answer.status_code == 422
    assert not Grant.objects.exists()


@pytest.mark.parametrize("person", ["lan", "dung", "tuan", "son"])
def test_a_grant_posted_by_who_may_not_is_refused_and_logged(school, person):
    answer = as_(school.people[person]).post(NEW, form_of(school, give="1"))
    assert answer.status_code == 403
    assert "Phó Hiệu trưởng" in text_of(answer)
    assert not Grant.objects.exists()
    assert AccessLogEntry.objects.latest("pk").kind == "refused"


def test_withdrawing_needs_a_reason_and_leaves_the_grant_among_the_past(school):
    given = grant_to(school, school.ngoc, school.class_4a)
    client, address = as_(school.hoa), reverse("gradebook:grant_withdraw", args=[given.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Xong đợt dự giờ"}).status_code == 302
    assert client.get("/gradebook/grants/").context["lines"] == []
    past = text_of(client.get("/gradebook/grants/?show=past"))
    assert "Thu hồi: Xong đợt dự giờ" in past
    assert client.post(address, {"reason": "Lần nữa"}).status_code == 422


def test_a_group_is_made_filled_and_emptied(school):
    client = as_(school.hoa)
    made = client.post("/gradebook/groups/", {"name": "Ban kiểm tra"})
    assert made.status_code == 302
    assert client.post("/gradebook/groups/", {"name": "ban kiểm tra"}).status_code == 422
    days = {"starts_on": f"{clock.today():%Y-%m-%d}", "ends_on": f"{school.year.ends_on:%Y-%m-%d}"}
    assert client.post(made.url, {"member": school.ngoc.pk, **days}).status_code == 302
    assert client.post(made.url, {"member": school.hoa.pk, **days}).status_code == 403
    membership = GroupMembership.objects.get()
    client.post(reverse("gradebook:group_leave", args=[membership.pk]))
    assert "Nhóm chưa có ai" in text_of(client.get(made.url))
