"""The pages of a pupil's record and of a class's records: who sees what, what is logged, what is kept (R14, R65)."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLogEntry
from students.administrative_units import AddressForm, is_divided, units
from students.models import Student, YearProfile
from tests.gradebook.school import School, add_pupils, grant_to, make_school
from tests.pupils import rewrite
from tests.students.seats import seat
from tests.students.test_attendance import at

pytestmark = pytest.mark.django_db
SECRETS = {
    "ethnic_code": "02",
    "religion_code": "02",
    "policy_code": "08",
    "disability_code": "03",
    "mother_name": "Phạm Thị Mẹ",
    "mother_phone": "0987654321",
    "home_address": "Số 9 ngõ Kín",
}
SHOWN = ("Tày", "Công giáo", "hộ nghèo", "Khuyết tật nhìn", "Phạm Thị Mẹ", "0987654321", "ngõ Kín")


def the_school() -> School:
    found = make_school()
    pupil = found.pupils[0]
    for name, value in SECRETS.items():
        setattr(pupil, name, value)
    pupil.save()
    YearProfile.objects.create(student=pupil, year=found.year, height_cm=131, weight_kg="28.5")
    return found


@pytest.fixture
def as_(client, school):
    def log_in(name):
        client.force_login(school.people[name])
        return client

    return log_in


def text(response) -> str:
    """What a reader sees: the page without tags, white space folded."""
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def page(school: School, number: int = 0) -> str:
    return reverse("students:pupil", args=[school.pupils[number].pk])


def form(school: School, section: str) -> str:
    return reverse("students:pupil_edit", args=[school.pupils[0].pk, section])


def version(client, address: str) -> str:
    return re.search(r'name="version" value="([^"]*)"', client.get(address).content.decode())[1]


def bound(client, address: str):
    shown = client.get(address).context["form"]
    return [(name, shown[name]) for name in shown.fields]


def stored(school: School) -> Student:
    return Student.objects.get(pk=school.pupils[0].pk)


@pytest.mark.parametrize("person", ["lan", "tuan", "bich", "hoa"])
def test_who_keeps_the_record_sees_all_of_it_and_the_look_is_logged(school, as_, person):
    seen = text(as_(person).get(page(school)))
    assert all(words in seen for words in SHOWN)
    assert "131" in seen
    assert "28,5" in seen
    entry = AccessLogEntry.objects.latest("pk")
    assert (entry.kind, entry.user.username) == ("profiles_viewed", school.people[person].username)
    assert school.pupils[0].full_name in entry.target


@pytest.mark.parametrize("person", ["thu", "dung", "son"])
def test_who_only_sees_the_class_sees_no_sensitive_field_and_no_history(school, as_, person):
    answer = as_(person).get(page(school))
    assert school.pupils[0].full_name in text(answer)
    assert not any(words in answer.content.decode() for words in (*SHOWN, "Lịch sử thay đổi"))


@pytest.mark.parametrize("person", ["minh", "ngoc"])
def test_a_pupil_out_of_reach_is_refused(school, as_, person):
    assert as_(person).get(page(school)).status_code == 403
    assert as_(person).get(form(school, "family")).status_code == 403


def test_a_grant_opens_the_short_record_only(school, as_):
    grant_to(school, school.ngoc, school.class_4a)
    answer = as_("ngoc").get(page(school))
    assert answer.status_code == 200
    assert "Phạm Thị Mẹ" not in answer.content.decode()


def test_a_pupil_who_moved_to_another_class_goes_with_it(school, as_):
    held = school.pupils[0].enrolments.get()
    today = datetime.date.today()  # noqa: DTZ011 - the school of the tests lives today
    held.ends_on = today - datetime.timedelta(days=1)
    held.save()
    seat([school.pupils[0]], school.class_4b, starts_on=today, position=9)
    assert as_("lan").get(page(school)).status_code == 403
    assert as_("minh").get(page(school)).status_code == 200


def test_a_pupil_without_a_class_in_the_present_year_is_not_shown_as_learning(school, as_):
    assert "không có trong danh sách lớp nào" not in text(as_("tuan").get(page(school)))
    with at(school.year.ends_on + datetime.timedelta(days=40)):
        seen = text(as_("tuan").get(page(school)))
    assert "Năm học này chưa xếp lớp" in seen
    assert "lớp gần nhất 4A" in seen
    assert "Đang học" not in seen


def test_the_clerk_alone_notes_an_exemption_from_assessment_with_the_principals_decision(school, as_):
    day = datetime.date(2022, 3, 4)
    paper = {
        "disability_level": "severe",
        "disability_certificate_no": "12",
        "disability_certificate_on": day,
    }
    rewrite(Student.objects.filter(pk=school.pupils[0].pk), **paper)
    address, wanted = form(school, "exemption"), {"is_exempt_from_assessment": "on"}
    assert as_("lan").post(address, wanted).status_code == 403
    assert "ghi cả số và ngày quyết định" in text(as_("tuan").post(address, wanted))
    wanted |= {"exemption_decision_no": "12/QĐ-THKĐ", "exemption_decision_on": "05/09/2025"}
    assert as_("tuan").post(address, wanted).status_code == 302
    assert stored(school).exemption_decision_on == datetime.date(2025, 9, 5)
    assert "12/QĐ-THKĐ" in text(as_("lan").get(page(school)))


def test_the_page_says_what_is_missing_and_leads_to_its_form(school, as_):
    answer = as_("lan").get(page(school))
    assert "Còn thiếu" in text(answer)
    assert "số giấy xác nhận khuyết tật" in text(answer)
    assert form(school, "support") in answer.content.decode()
    assert form(school, "ids") not in answer.content.decode()


def test_the_history_shows_from_and_to_who_and_when(school, as_):
    client, address = as_("lan"), form(school, "address")
    sent = {"version": version(client, address), "home_address": "Số 10 ngõ Mới"}
    assert client.post(address, sent).status_code == 302
    seen = text(client.get(page(school)))
    assert "Nơi ở hiện nay: Số 9 ngõ Kín → Số 10 ngõ Mới" in seen
    assert f"{school.lan.full_name} · GVCN 4A" in seen


def test_bad_input_comes_back_with_its_reason_and_nothing_lost(school, as_):
    client, address = as_("lan"), form(school, "family")
    sent = {"version": version(client, address), "mother_name": "Lê Thị Mới", "mother_phone": "gọi sau 5 giờ"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert 'value="Lê Thị Mới"' in answer.content.decode()
    assert "không phải một số điện thoại" in text(answer)
    assert stored(school).mother_name == "Phạm Thị Mẹ"


@pytest.mark.parametrize(
    ("section", "typed", "words"),
    [
        ("year", {"height_cm": "118,5"}, "Ghi số xăng-ti-mét tròn, không có phần lẻ, ví dụ 118."),
        ("family", {"father_birth_year": "12/03/1977"}, "Ghi năm bằng bốn chữ số, ví dụ 1988."),
    ],
)
def test_a_number_that_is_not_whole_is_told_how_to_be_written(school, as_, section, typed, words):
    client, address = as_("lan"), form(school, section)
    answer = client.post(address, {"version": version(client, address), **typed})
    assert answer.status_code == 422
    assert words in text(answer)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("05/09/2016", (2016, 9, 5)),
        ("9/2016", (2016, 9, None)),
        ("2016", (2016, None, None)),
    ],
)
def test_a_birth_date_is_taken_as_far_as_it_is_known(school, as_, typed, parts):
    client, address = as_("lan"), form(school, "person")
    sent = {"version": version(client, address), "full_name": "Lê An", "birth": typed, "ethnic_code": "02"}
    assert client.post(address, sent).status_code == 302
    pupil = stored(school)
    assert (pupil.birth_year, pupil.birth_month, pupil.birth_day) == parts


def test_a_typed_ward_is_kept_with_code_name_and_form(school, as_):
    client, address = as_("lan"), form(school, "address")
    sent = {"version": version(client, address), "permanent_unit": "p. lê chân, tp hải phòng"}
    client.post(address, sent)
    pupil = stored(school)
    assert (pupil.permanent_form, pupil.permanent_ward_code) == ("two_level", "11383")
    assert pupil.permanent_address == "Phường Lê Chân, Thành phố Hải Phòng"


def test_a_ward_that_is_not_clear_is_asked_back_with_choices_and_the_choice_is_taken(school, as_):
    client, address = as_("lan"), form(school, "address")
    sent = {"version": version(client, address), "permanent_unit": "le chan", "permanent_detail": "Số 1"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert 'value="Phường Lê Chân, Thành phố Hải Phòng"' in answer.content.decode()
    chosen = sent | {"permanent_unit_choice": "Phường Lê Chân, Thành phố Hải Phòng"}
    assert client.post(address, chosen).status_code == 302
    assert stored(school).permanent_address == "Số 1, Phường Lê Chân, Thành phố Hải Phòng"


def test_an_old_ward_leads_to_what_it_is_today(school, as_):
    old = {
        "permanent_form": "three_level",
        "permanent_ward_code": "00004",
        "permanent_ward": "Phường Trúc Bạch",
        "permanent_district": "Quận Ba Đình",
        "permanent_province": "Thành phố Hà Nội",
    }
    Student.objects.filter(pk=school.pupils[0].pk).update(**old)
    client, address = as_("lan"), form(school, "address")
    offered = client.get(address)
    assert "«Phường Trúc Bạch» là tên cũ; chọn nơi hiện nay" in text(offered)
    assert 'value="Phường Ba Đình, Thành phố Hà Nội"' in offered.content.decode()
    sent = {"version": version(client, address), "permanent_unit": "Phường Trúc Bạch, Quận Ba Đình, Hà Nội"}
    assert client.post(address, sent).status_code == 422
    untouched = sent | {
        "permanent_unit": "Phường Trúc Bạch, Quận Ba Đình, Thành phố Hà Nội",
        "phone": "0912345678",
    }
    assert client.post(address, untouched).status_code == 302
    assert stored(school).permanent_form == "three_level"


def test_an_old_ward_that_was_divided_may_be_kept_until_one_knows_which_it_is(school, as_):
    old = next(each for each in units(AddressForm.THREE_LEVEL) if each.code and is_divided(each))
    client, address = as_("lan"), form(school, "address")
    sent = {"version": version(client, address), "permanent_unit": old.label}
    asked = client.post(address, sent)
    assert asked.status_code == 422
    assert f"ghi theo tên cũ «{old.label}»" in text(asked)
    assert client.post(address, sent | {"permanent_unit_choice": old.label}).status_code == 302
    assert (stored(school).permanent_form, stored(school).permanent_ward_code) == ("three_level", old.code)


def test_a_parents_name_in_capitals_or_small_letters_is_written_as_names_are(school, as_):
    client, address = as_("lan"), form(school, "family")
    sent = {"version": version(client, address), "father_name": "PHẠM  QUỐC DUY", "mother_name": "lê thị ba"}
    answer = client.post(address, sent, follow=True)
    assert (stored(school).father_name, stored(school).mother_name) == ("Phạm Quốc Duy", "Lê Thị Ba")
    assert "«PHẠM QUỐC DUY» được ghi là «Phạm Quốc Duy»." in text(answer)


def test_the_nationality_comes_from_the_list_and_an_old_one_may_stay(school, as_):
    client, address = as_("lan"), form(school, "person")
    sent = {"version": version(client, address), "full_name": "Lê Văn An", "nationality": "xyz123"}
    sent["birth"] = school.pupils[0].birth_label
    assert client.post(address, sent).status_code == 422
    assert client.post(address, sent | {"nationality": "Lào"}).status_code == 302
    Student.objects.filter(pk=school.pupils[0].pk).update(nationality="Xứ Lạ")
    assert '<option value="Xứ Lạ" selected>' in client.get(address).text


@pytest.mark.parametrize(
    ("section", "typed", "doubt"),
    [
        ("year", {"measured_on": "2020-01-01", "height_cm": "120"}, ("measured_on", "không thuộc năm học")),
        ("support", {"policy_code": "05"}, ("policy_code", "Mồ côi cả cha, mẹ")),
        ("person", {"full_name": "Phạm", "nationality": "Việt Nam"}, ("full_name", "một chữ")),
        ("family", {"father_name": "Lê Văn Ba", "father_birth_year": "1900"}, ("father_birth_year", "tuổi")),
    ],
)
def test_what_is_unlikely_is_asked_once_and_kept_by_a_second_save(school, as_, section, typed, doubt):
    born = {"birth_year": 2016, "father_name": "Lê Văn Ba", "father_phone": "0912345678"}
    Student.objects.filter(pk=school.pupils[0].pk).update(**born)
    client, address = as_("lan"), form(school, section)
    kept = {"father_phone": "0912345678"} if section == "family" else {}
    birth = {"birth": "2016"} if section == "person" else {}
    sent = {"version": version(client, address), **kept, **birth, **typed}
    asked = client.post(address, sent)
    assert asked.status_code == 422
    field, told = doubt
    assert told in asked.context["form"].errors[field][0]
    again = client.post(address, sent | {"doubted": asked.context["form"]["doubted"].value()})
    assert again.status_code == 302


def test_an_orphan_whose_parents_have_a_telephone_is_not_complete(school, as_):
    said = {"policy_code": "05", "mother_name": "Lê Thị Ba", "mother_phone": "0912345678"}
    rewrite(Student.objects.filter(pk=school.pupils[0].pk), **said)
    assert "đang ghi mồ côi cả cha, mẹ" in text(
        as_("lan").get(reverse("students:pupil", args=[school.pupils[0].pk]))
    )


def test_wards_are_suggested_while_one_types(school, as_):
    answer = as_("lan").get(reverse("students:units"), {"permanent_unit": "le ch"})
    assert "Phường Lê Chân, Thành phố Hải Phòng" in answer.content.decode()
    assert len(answer.content) < 4000


def test_a_clash_names_the_newer_value_keeps_what_was_typed_and_takes_the_second_save(school, as_):
    client, address = as_("lan"), form(school, "address")
    seen = version(client, address)
    as_("tuan").post(address, {"version": seen, "home_address": "Nhà mới của văn thư", "email": "me@nha.vn"})
    answer = as_("lan").post(address, {"version": seen, "home_address": "Nhà theo cô Lan"})
    assert answer.status_code == 422
    assert "nay là «Nhà mới của văn thư»" in text(answer)
    again = answer.context["form"]
    kept = {name: again[name].value() or "" for name in again.fields}
    assert (kept["home_address"], kept["email"]) == ("Nhà theo cô Lan", "me@nha.vn")
    assert client.post(address, kept).status_code == 302
    assert (stored(school).home_address, stored(school).email) == ("Nhà theo cô Lan", "me@nha.vn")


def test_a_clash_adds_no_error_to_the_fields_that_are_chosen_from_a_list(school, as_):
    client, address = as_("lan"), form(school, "person")
    whole = {name: field.value() or "" for name, field in bound(client, address)}
    client.post(address, {**whole, "birth_place": "Hải Phòng A"})
    answer = client.post(address, {**whole, "birth_place": "Hải Phòng B"})
    assert list(answer.context["form"].errors) == ["birth_place"]
    assert answer.context["form"]["ethnic_code"].value() == "02"


def test_the_clerk_replaces_a_temporary_code_and_says_why(school, as_):
    client = as_("tuan")
    client.post(reverse("students:temporary_code", args=[school.pupils[0].pk]))
    assert "Mã tạm" in text(client.get(page(school)))
    address = form(school, "ids")
    client.post(
        address,
        {"version": version(client, address), "moet_id": "3100000009", "reason": "Sở cấp mã định danh"},
    )
    seen = text(client.get(page(school)))
    assert "Mã tạm" not in seen.split("Lịch sử")[0]
    assert "Sở cấp mã định danh" in seen


@pytest.mark.parametrize("changes", [0, 20])
def test_the_page_of_a_pupil_asks_as_much_with_a_long_history_as_with_a_short_one(school, as_, changes):
    pupil = school.pupils[0]
    for number in range(changes):
        pupil.home_address = f"Số {number}"
        pupil.save()
    client = as_("lan")
    client.get(page(school))
    with CaptureQueriesContext(connection) as queries:
        client.get(page(school))
    assert len(queries) == 10


# -- The records of a class --------------------------------------------------------------------------------


def of_class(name: str, school: School) -> str:
    return reverse(f"students:{name}", args=[school.class_4a.pk])


def test_the_class_page_counts_what_is_missing_and_names_it_by_pupil(school, as_):
    seen = text(as_("lan").get(of_class("class_records", school)))
    assert "5 hồ sơ còn thiếu" in seen
    assert "4 chiều cao" in seen
    assert "5 mã định danh Bộ GD&amp;ĐT" in seen
    assert AccessLogEntry.objects.latest("pk").kind == "profiles_viewed"


def test_the_overview_lists_the_classes_whose_records_one_sees(school, as_):
    def classes(person):
        return re.findall(
            r'/records/">([^<]+)<', as_(person).get(reverse("students:records")).content.decode()
        )

    assert classes("lan") == ["4A"]
    assert classes("hoa") == ["1A", "4A", "4B"]


RECORD_BUDGETS = {"class_records": 7, "class_measures": 7, "records": 7}


@pytest.mark.parametrize("count", [0, 30])
def test_the_pages_of_records_ask_as_much_of_a_large_class_as_of_a_small_one(school, as_, count):
    add_pupils(school.class_4a, count)
    client = as_("lan")
    budgets = {}
    for name in ("class_records", "class_measures"):
        client.get(of_class(name, school))
        with CaptureQueriesContext(connection) as queries:
            client.get(of_class(name, school))
        budgets[name] = len(queries)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("students:records"))
    assert {**budgets, "records": len(queries)} == RECORD_BUDGETS


def test_a_class_is_measured_on_one_page(school, as_):
    client, address = as_("lan"), of_class("class_measures", school)
    sent = {"measured_on": "2026-09-10"}
    for pupil in school.pupils[1:]:
        sent |= {f"height-{pupil.pk}": "125", f"weight-{pupil.pk}": "25,5", f"seen-{pupil.pk}": "|"}
    first = school.pupils[0].pk
    sent |= {f"height-{first}": "131", f"weight-{first}": "28,5", f"seen-{first}": "131|28,5"}
    answer = client.post(address, sent, follow=True)
    assert "Đã lưu số đo của 4 học sinh" in text(answer)
    assert YearProfile.objects.filter(measured_on="2026-09-10").count() == 4


def test_a_wrong_measure_is_named_and_nothing_typed_is_lost(school, as_):
    one, two = school.pupils[1].pk, school.pupils[2].pk
    sent = {
        "measured_on": "2026-09-10",
        f"height-{one}": "12",
        f"weight-{one}": "25",
        f"seen-{one}": "|",
        f"height-{two}": "126",
        f"weight-{two}": "nhẹ",
        f"seen-{two}": "|",
    }
    answer = as_("lan").post(of_class("class_measures", school), sent)
    assert answer.status_code == 422
    assert "từ 60 đến 220" in text(answer)
    assert 'value="nhẹ"' in answer.content.decode()
    assert YearProfile.objects.count() == 1


def test_a_measure_written_meanwhile_is_shown_and_the_second_save_writes_over_it(school, as_):
    client, address = as_("lan"), of_class("class_measures", school)
    pk = school.pupils[0].pk
    sent = {"measured_on": "2026-09-10", f"height-{pk}": "133", f"weight-{pk}": "29", f"seen-{pk}": "|"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "Vừa được người khác ghi: 131 cm, 28,5 kg" in text(answer)
    client.post(address, sent | {f"seen-{pk}": "131|28,5"})
    assert YearProfile.objects.get(student=pk).height_cm == 133
