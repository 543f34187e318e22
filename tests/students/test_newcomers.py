"""A child not in the register yet comes in by one page, and is not entered twice (rules R9, R10, R85)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from students.models import Movement, SchoolYear, Student
from tests.gradebook.school import CONFIRMED, School

PAGE = "/students/newcomers/transferred_in/"


@pytest.fixture
def clerk(school) -> Client:
    client = Client()
    client.force_login(school.tuan)
    return client


def typed(school: School, **said: object) -> dict[str, object]:
    day = f"{clock.today():%Y-%m-%d}"
    return {
        "full_name": "Đỗ Thị  Ánh",
        "birth": "05/09/2016",
        "gender": "female",
        "day": day,
        "to_class": school.class_4b.pk,
        "other_school": "Trường Tiểu học Hoa Sen",
        "other_province": "Thành phố Hà Nội",
        "decision_number": "12/GGT",
        "decision_date": day,
        **said,
    }


def send(client: Client, said: dict[str, object]):
    """Looks at the preview, then confirms it with the password."""
    shown = client.post(PAGE, said)
    assert shown.status_code == 200, shown.text
    return client.post(
        PAGE, {**said, "previewed": shown.context["plan"].fingerprint} | CONFIRMED, follow=True
    )


def test_a_new_pupil_comes_with_a_temporary_code_a_class_and_the_movement(school, clerk):
    shown = clerk.post(PAGE, typed(school))
    assert "Vào lớp 4B" in shown.text
    assert not Student.objects.filter(full_name="Đỗ Thị Ánh").exists()
    done = send(clerk, typed(school))
    assert "Đã lập hồ sơ và ghi «Chuyển đến»" in done.text
    child = Student.objects.get(full_name="Đỗ Thị Ánh")
    assert (child.has_temporary_code, child.birth_label) == (True, "05/09/2016")
    assert child.history.get().history_user == school.tuan
    movement = Movement.objects.get(student=child)
    assert (movement.to_class, movement.other_school) == (school.class_4b, "Trường Tiểu học Hoa Sen")


def test_the_password_is_asked_before_anything_is_written(school, clerk):
    shown = clerk.post(PAGE, typed(school))
    asked = clerk.post(PAGE, typed(school, previewed=shown.context["plan"].fingerprint))
    assert "Lập hồ sơ và ghi" in asked.text
    assert not Student.objects.filter(full_name="Đỗ Thị Ánh").exists()


def test_a_pupil_who_has_the_id_already_is_offered_and_not_entered_again(school, clerk):
    known = school.pupils[0]
    Student.objects.filter(pk=known.pk).update(moet_id="2400000001")
    answer = clerk.post(PAGE, typed(school, moet_id="2400000001", is_another="on"))
    assert answer.status_code == 422
    assert reverse("students:pupil_movements", args=[known.pk]) in answer.text
    assert "Đỗ Thị  Ánh" in answer.text


def test_a_namesake_born_on_the_same_day_is_shown_first_and_may_be_another_child(school, clerk):
    send(clerk, typed(school))
    again = clerk.post(PAGE, typed(school, full_name="Đỗ Thị Anh"))
    assert again.status_code == 422
    assert "trùng tên và ngày sinh" in again.text
    send(clerk, typed(school, full_name="Đỗ Thị Anh", is_another="on"))
    assert Student.objects.filter(search_key="do thi anh").count() == 2


def test_a_namesake_of_whom_less_is_known_may_be_the_same_child(school, clerk):
    send(clerk, typed(school))
    again = clerk.post(PAGE, typed(school, birth="2016"))
    assert again.status_code == 422
    assert "trùng tên và ngày sinh" in again.text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"moet_id": "12"}, "10 chữ số"),
        ({"birth": "31/02/2016"}, "31/02/2016"),
        ({"other_school": ""}, "Ghi tên trường."),
        ({"gender": ""}, "Giới tính"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(school, clerk, said, told):
    answer = clerk.post(PAGE, typed(school, **said))
    assert answer.status_code == 422
    assert told in answer.text
    assert "12/GGT" in answer.text


def test_the_page_asks_who_is_admitted_from_another_school_which_one(school, clerk):
    said = typed(school, entry_code="1", other_school="")
    answer = clerk.post("/students/newcomers/admitted/", said)
    assert answer.status_code == 422
    assert answer.context["form"].errors["other_school"] == ["Ghi tên trường."]
    assert '<option value="Thành phố Hà Nội">' in answer.text


def test_a_name_in_capitals_is_kept_as_names_are_written(school, clerk):
    assert "Lập hồ sơ mới của em Đỗ Thị Ánh" in clerk.post(PAGE, typed(school, full_name="ĐỖ THỊ  ÁNH")).text


def test_nobody_comes_into_a_closed_year(school, clerk):
    SchoolYear.objects.update(state="closed")
    answer = clerk.post(PAGE, typed(school))
    assert answer.status_code == 422
    assert "đã đóng" in answer.text


def test_only_the_two_kinds_that_bring_a_new_child_have_the_page(school, clerk):
    assert clerk.get("/students/newcomers/admitted/").status_code == 200
    assert clerk.get("/students/newcomers/left/").status_code == 404
