"""The register of movements, the form of one with its preview, the cancellation, the head counts of any day."""

import datetime
import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from accounts.models import AccessLogEntry
from reports.read_back import squeezed, text_of
from students import movements
from students.head_counts import count_heads
from students.models import Enrolment, Movement
from students.movement_rules import RULES, Kind
from tests.gradebook.school import CONFIRMED, School, add_pupils

DAY = datetime.timedelta(days=1)


@pytest.fixture
def clerk(school) -> Client:
    client = Client()
    client.force_login(school.tuan)
    return client


def form_of(school: School, kind: str) -> str:
    return reverse("students:movement_new", args=[school.pupils[0].pk, kind])


def test_the_form_shows_what_will_happen_and_the_password_does_it(school, clerk):
    page = form_of(school, "changed_class")
    typed = {
        "day": f"{clock.today():%Y-%m-%d}",
        "to_class": school.class_4b.pk,
        "note": "Theo đơn của phụ huynh",
    }
    shown = clerk.post(page, typed)
    assert "Rời lớp 4A" in shown.text
    assert "Vào lớp 4B" in shown.text
    assert "Theo đơn của phụ huynh" in shown.text
    assert not Movement.objects.filter(kind="changed_class").exists()
    previewed = {**typed, "previewed": shown.context["plan"].fingerprint}
    assert "Ghi biến động «Chuyển lớp»" in clerk.post(page, previewed).text
    assert not Movement.objects.filter(kind="changed_class").exists()
    done = clerk.post(page, previewed | CONFIRMED, follow=True)
    assert "Đã ghi biến động «Chuyển lớp»" in done.text
    assert Enrolment.objects.roster(school.class_4b).filter(student=school.pupils[0]).exists()


def test_what_is_missing_is_told_at_its_field_and_nothing_typed_is_lost(school, clerk):
    answer = clerk.post(
        form_of(school, "transferred_out"),
        {"day": f"{clock.today():%Y-%m-%d}", "other_school": "Trường Tiểu học Hoa Sen"},
    )
    assert answer.status_code == 422
    assert "Chọn nơi chuyển đi." in answer.text
    assert "Trường Tiểu học Hoa Sen" in answer.text


@pytest.mark.parametrize("day", ["2000-01-01", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_told_once(school, clerk, day):
    answer = clerk.post(form_of(school, "left"), {"day": day, "leave_reason": "03"})
    assert answer.status_code == 422
    assert [field for field, told in answer.context["form"].errors.items() for _each in told] == ["day"]
    assert "không thuộc năm học nào" in answer.text


def test_what_is_no_date_is_told_once_at_its_field(school, clerk):
    typed = {"day": "31/02", "leave_reason": "03", "decision_number": "3/TB", "decision_date": "mai"}
    errors = clerk.post(form_of(school, "left"), typed).context["form"].errors
    assert {field: len(told) for field, told in errors.items()} == {"day": 1, "decision_date": 1}


def test_a_day_before_the_pupil_s_last_movement_is_told_once(school, clerk):
    answer = clerk.post(form_of(school, "left"), {"day": f"{school.year.starts_on}", "leave_reason": "03"})
    assert {field: len(told) for field, told in answer.context["form"].errors.items()} == {"day": 1}


@pytest.mark.parametrize("kind", Kind)
def test_the_form_says_which_paper_is_meant_and_whether_it_must_be_there(school, clerk, kind):
    page = " ".join(clerk.get(form_of(school, kind)).text.split())
    number = page.split('name="decision_number"')[0].rpartition("<label")[2]
    assert RULES[kind].paper in page
    assert ("không bắt buộc" in number) is not RULES[kind].needs_paper


def test_a_transfer_out_asks_for_the_school_unless_it_goes_abroad(school, clerk):
    page = " ".join(clerk.get(form_of(school, "transferred_out")).text.split())
    assert "không bắt buộc" not in page.split('name="other_school"')[0].rpartition("<label")[2]
    assert "chỉ bỏ trống khi chuyển ra nước ngoài" in page


def test_a_changed_class_since_the_preview_is_shown_again(school, clerk):
    page = form_of(school, "left")
    typed = {"day": f"{clock.today():%Y-%m-%d}", "leave_reason": "01"}
    stale = clerk.post(page, {**typed, "previewed": "stale"} | CONFIRMED)
    assert "Dữ liệu đã thay đổi từ lúc xem trước" in stale.text
    assert not Movement.objects.filter(kind="left").exists()


def test_the_register_lists_and_filters_and_keeps_the_cancelled(school, clerk):
    pupil, other = school.pupils[:2]
    movement = movements.leave(pupil, day=clock.today(), leave_reason="03", by=school.tuan)
    movements.change_class(other, school.class_4b, day=clock.today(), by=school.tuan)
    movements.cancel(movement, reason="Ghi nhầm", by=school.tuan)
    register = reverse("students:movements")
    everything = clerk.get(register).text
    assert pupil.full_name in everything
    assert "Đã huỷ" in everything
    only = clerk.get(register, {"year": school.year.pk, "kind": "changed_class"}).text
    assert other.full_name in only
    assert pupil.full_name not in only
    assert pupil.full_name in clerk.get(register, {"kind": "admitted"}).text
    page = clerk.get(reverse("students:movement", args=[movement.pk])).text
    assert "Xa trường" in page
    assert "Bùi Anh Tuấn" in page
    assert "Ghi nhầm" in page


def test_a_cancellation_needs_the_reason_and_the_password(school, clerk):
    movement = movements.leave(school.pupils[0], day=clock.today(), leave_reason="03", by=school.tuan)
    page = reverse("students:movement_cancel", args=[movement.pk])
    assert clerk.post(page, CONFIRMED).status_code == 422
    clerk.post(page, {"reason": "Ghi nhầm"})
    assert Movement.objects.in_force().filter(pk=movement.pk).exists()
    assert "Đã huỷ biến động" in clerk.post(page, {"reason": "Ghi nhầm"} | CONFIRMED, follow=True).text
    again = clerk.post(page, {"reason": "Ghi nhầm"} | CONFIRMED)
    assert again.status_code == 422
    assert "đã huỷ rồi" in again.text


def test_head_counts_are_a_paper_and_those_since_the_years_start_can_be_kept(school, clerk):
    year = school.year
    asked = {"year": year.pk, "since": f"{year.starts_on:%Y-%m-%d}", "day": f"{clock.today():%Y-%m-%d}"}
    page = clerk.get(reverse("students:head_counts"), asked).content.decode()
    assert "/reports/figures/si-so/?year=" in page
    words = text_of(clerk.get(reverse("reports:head_counts_paper"), asked).getvalue())
    assert squeezed("BÁO CÁO SĨ SỐ") in words
    assert "4A" in words
    assert clerk.get(reverse("reports:head_counts_paper"), {**asked, "day": "1999-01-01"}).status_code == 404
    report = clerk.get("/reports/figures/si-so/", {"year": year.pk, "day": asked["day"]})
    (table,) = report.context["report"].tables
    assert table.figure("school", "pupils") == count_heads(year, clock.today()).total.now.pupils
    assert report.context["may_keep"]


def test_head_counts_of_any_day_show_how_they_came_about(school, clerk):
    movements.leave(school.pupils[0], day=clock.today(), leave_reason="03", by=school.tuan)
    counted = reverse("students:head_counts")
    today = clerk.get(counted)
    assert today.context["counted"].total.now.pupils == 9
    yesterday = clerk.get(counted, {"day": f"{clock.today() - DAY:%Y-%m-%d}"})
    assert yesterday.context["counted"].total.now.pupils == 10
    assert "Toàn trường" in yesterday.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"day": "2000-01-01"}, "Chọn một ngày trong năm học"), ({"day": "mai"}, "Sĩ số ngày")],
)
def test_a_day_that_is_none_of_the_year_is_told(school, clerk, asked, told):
    answer = clerk.get(reverse("students:head_counts"), asked)
    assert answer.status_code == 422
    assert told in answer.text


def test_an_unknown_kind_or_year_is_not_found(school, clerk):
    assert clerk.get(form_of(school, "vanished")).status_code == 404
    assert clerk.get(reverse("students:movements"), {"year": "1999"}).status_code == 404


def test_a_pupils_page_offers_the_kinds_that_fit(school, clerk):
    page = reverse("students:pupil_movements", args=[school.pupils[0].pk])
    roster = clerk.get(reverse("students:class", args=[school.class_4a.pk])).text
    assert page in roster
    assert "Chuyển lớp" in clerk.get(page).text
    movements.leave(school.pupils[0], day=clock.today(), leave_reason="03", by=school.tuan)
    after = clerk.get(page).text
    assert form_of(school, "returned") in after
    assert form_of(school, "changed_class") not in after


def test_the_head_counts_are_taken_as_a_workbook_and_logged(school, clerk):
    today = f"{clock.today():%Y-%m-%d}"
    answer = clerk.get(reverse("students:head_counts_file"), {"day": today, "since": today})
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).active.iter_rows(values_only=True))
    assert next(row for row in rows if row[0] == "Toàn trường")[1] == 10
    assert AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.BULK_EXPORTED).count() == 1


def test_the_register_is_taken_as_a_workbook_as_it_is_filtered_and_logged(school, clerk):
    movements.leave(school.pupils[0], day=clock.today(), leave_reason="03", by=school.tuan)
    movements.change_class(school.pupils[1], school.class_4b, day=clock.today(), by=school.tuan)
    answer = clerk.get(reverse("students:movements_file"), {"kind": "left"})
    rows = list(load_workbook(io.BytesIO(b"".join(answer))).active.iter_rows(values_only=True))
    told = [row for row in rows if school.pupils[0].full_name in row]
    assert "Xa trường" in told[0]
    assert not [row for row in rows if school.pupils[1].full_name in row]
    assert AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.BULK_EXPORTED).count() == 1


def test_a_long_register_comes_in_pages_with_the_same_statements(
    school, clerk, django_assert_max_num_queries
):
    add_pupils(school.class_4b, 60)
    register = reverse("students:movements")
    with django_assert_max_num_queries(20):
        first = clerk.get(register, {"kind": "admitted"})
    assert len(first.context["page"].object_list) == 50
    assert "Trang 1 / 2" in first.text
    assert len(clerk.get(register, {"kind": "admitted", "page": 2}).context["page"].object_list) == 20


def test_only_classes_that_fit_are_offered(school, clerk):
    def offered(kind: str) -> list[str]:
        field = clerk.get(form_of(school, kind)).context["form"].fields["to_class"]
        return [each.name for each in field.queryset]

    assert offered("changed_class") == ["4B"]
    assert offered("skipped_grade") == []
    assert offered("transferred_in") == ["1A", "4A", "4B"]


def test_the_page_of_a_pupil_tells_the_status_and_leads_to_the_movements(school, clerk):
    pupil = school.pupils[0]
    page, led_to = (reverse(f"students:{name}", args=[pupil.pk]) for name in ("pupil", "pupil_movements"))
    assert "Đang học" in clerk.get(page).text
    movements.leave(pupil, day=clock.today(), leave_reason="03", by=school.tuan)
    after = clerk.get(page).text
    assert "Thôi học kỳ 1" in after
    assert led_to in after
    teacher = Client()
    teacher.force_login(school.lan)
    assert led_to not in teacher.get(page).text


def test_the_menu_stands_on_movements_on_the_pages_of_a_pupil_s_and_of_head_counts(school, clerk):
    pages = [
        form_of(school, "left"),
        reverse("students:pupil_movements", args=[school.pupils[0].pk]),
        reverse("students:newcomer", args=["admitted"]),
        reverse("students:head_counts"),
    ]
    for page in pages:
        menu = clerk.get(page).context["menu"]
        assert [entry["label"] for entry in menu if entry["active"]] == ["Biến động sĩ số"]
