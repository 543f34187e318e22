"""A new school is set up once, by whoever can read the code on its server (PLAN IV.1, IV.3)."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Post, User
from approvals.menu import shown_to
from approvals.models import ProcessingPurpose
from gradebook.first_run import set_up_code
from students.models import SchoolYear
from tests.accounts.slips import use_slip

pytestmark = pytest.mark.django_db
PAGE = "/gradebook/first-run/"
SCHOOL = {
    "parent_body": "Uỷ ban nhân dân phường Hoà Bình",
    "school_name": "Trường Tiểu học Kim Đồng",
    "ward": "phường Hoà Bình",
    "province": "tỉnh Phú Thọ",
    "place": "Hoà Bình",
    "principal_name": "Trần Thị Bích",
    "principal_code": "cb0001",
    "principal_username": "hieutruong",
    "clerk_name": "Lê Văn Tuấn",
    "clerk_code": "CB0002",
    "clerk_username": "vanthu",
}


def sent(**changed: str):
    return Client().post(PAGE, {**SCHOOL, "set_up_code": set_up_code(), **changed})


def codes_of(answer) -> list[str]:
    return [slip.code for slip in answer.context["slips"]]


def test_a_system_without_accounts_leads_to_the_page_that_sets_up_the_school():
    answer = Client().get(reverse("accounts:login"), follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Lập trường" in answer.text


def test_the_command_on_the_server_tells_the_address_and_the_code(capsys):
    call_command("first_run")
    told = capsys.readouterr().out
    assert PAGE in told
    assert f"Mã cài đặt: {set_up_code()}\n" in told


def test_before_the_tables_are_there_the_command_says_what_to_run_first():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user RENAME TO not_yet")
    with pytest.raises(CommandError, match=r"manage\.py migrate, manage\.py grant_application_role trước"):
        call_command("first_run")


@pytest.mark.parametrize("code", ["", "BCFG-HJKM-NPQR-STVX"])
def test_without_the_code_nothing_is_made_and_what_was_typed_stays(code):
    answer = sent(set_up_code=code)
    assert answer.status_code == 422
    assert "manage.py first_run" in answer.text
    assert 'value="Trần Thị Bích"' in answer.text
    assert not User.objects.exists()
    assert not SchoolYear.objects.exists()


def test_the_code_may_be_typed_small_and_without_its_strokes():
    assert sent(set_up_code=set_up_code().lower().replace("-", " ")).status_code == 200


def test_it_makes_the_year_with_the_schools_name_and_two_people_each_with_a_post_and_a_slip():
    answer = sent()
    year = SchoolYear.objects.get()
    assert (year.school_name, year.state) == (SCHOOL["school_name"], SchoolYear.State.PREPARING)
    assert year.calendar_entries.exists()
    held = Post.objects.order_by("pk").values_list("holder__full_name", "holder__staff_code", "kind")
    assert list(held) == [("Trần Thị Bích", "CB0001", "principal"), ("Lê Văn Tuấn", "CB0002", "clerk")]
    assert [slip.person.username for slip in answer.context["slips"]] == ["hieutruong", "vanthu"]
    for words in (SCHOOL["school_name"], *codes_of(answer)):
        assert words in answer.text


def test_what_founding_wrote_is_whole_in_the_audit_chain(capsys):
    sent()
    assert ProcessingPurpose.objects.exists()
    call_command("verify_audit")
    assert "CẢNH BÁO" not in capsys.readouterr().out


def test_both_set_their_passwords_by_the_slips_and_the_clerk_finds_the_way_on():
    principal, clerk = codes_of(sent())
    for username, code in (("hieutruong", principal), ("vanthu", clerk)):
        answer = use_slip(username, code)
        # The office has a second factor.
        assert answer.headers["Location"] == reverse("accounts:second_factor_set_up")
    client = Client()
    client.force_login(User.objects.get(username="vanthu"))
    assert client.get(reverse("gradebook:account_new")).status_code == 200
    assert client.get(reverse("students:years")).status_code == 200


@pytest.mark.parametrize("username", ["hieutruong", "vanthu"])
def test_no_line_of_the_menu_is_dead_before_the_first_year_is_open(username):
    sent()
    client = Client()
    person = User.objects.get(username=username)
    client.force_login(person)
    for entry, url in shown_to(person):
        page = client.get(url, follow=True)
        assert page.status_code == 200 or "Chưa có năm học nào được mở" in page.text, entry.label
    statistics = client.get("/reports/statistics/", follow=True).text
    assert ("Năm học, việc còn thiếu" in statistics) == (username == "vanthu")
    unknown = client.get("/khong-co/")
    assert (unknown.status_code, "Không tìm thấy trang này" in unknown.text) == (404, True)


@pytest.mark.parametrize(
    ("username", "to_do"), [("hieutruong", "rồi mở năm học"), ("vanthu", "để Hiệu trưởng mở")]
)
def test_the_year_that_has_begun_waits_on_the_start_page_until_it_is_open(username, to_do):
    sent()
    client = Client()
    client.force_login(User.objects.get(username=username))
    year = SchoolYear.objects.get()
    page = client.get("/").text
    assert f"Năm học {year.label} chưa mở" in page
    assert to_do in page
    assert "Hiện không có việc nào" not in page
    SchoolYear.objects.filter(pk=year.pk).update(state=SchoolYear.State.OPEN)
    assert f"Năm học {year.label} chưa mở" not in client.get("/").text


def test_lost_slips_are_made_again_with_the_code_while_nobody_has_used_one():
    lost = codes_of(sent())
    assert "chưa ai kích hoạt" in Client().get(PAGE).text
    assert Client().post(PAGE, {"set_up_code": "BCFG"}).status_code == 422
    again = codes_of(Client().post(PAGE, {"set_up_code": set_up_code()}))
    assert use_slip("hieutruong", lost[0]).status_code == 422
    assert use_slip("hieutruong", again[0]).status_code == 302
    assert User.objects.count() == 2


def test_it_shuts_for_good_when_the_first_account_is_activated():
    use_slip("vanthu", codes_of(sent())[1])
    for answer in (Client().get(PAGE), sent()):
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("accounts:login"))
    assert Client().get(reverse("accounts:login")).status_code == 200
    with pytest.raises(CommandError, match="trang lập trường đã đóng"):
        call_command("first_run")


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("clerk_code", "CB0001", "Mỗi người một mã"),
        ("clerk_username", "HieuTruong", "Mỗi người một tên"),
        ("principal_username", "hiệu trưởng", "Chỉ dùng chữ không dấu"),
        ("school_name", "", "Chưa ghi"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(field, value, fault):
    answer = sent(**{field: value})
    assert answer.status_code == 422
    assert fault in " ".join(answer.context["form"].errors[field])
    assert not User.objects.exists()


def test_guesses_of_the_code_come_to_an_end():
    for _guess in range(20):
        assert sent(set_up_code="BCFG-HJKM-NPQR-STVX").status_code == 422
    assert sent().status_code == 429
    assert not User.objects.exists()


def test_a_new_school_is_called_by_its_own_name_from_the_first_page_on(settings):
    name = "Trường Tiểu học Lê Văn Tám"
    sent(school_name=name)
    assert name in Client().get(reverse("accounts:login")).text
    assert settings.OTP_TOTP_ISSUER(None) == name
    browser = Client()
    browser.force_login(User.objects.get(username="vanthu"))
    page = browser.get("/", follow=True).text
    assert f'<a class="topbar-school" href="/"><span>{name}</span>' in page
    assert "Kim Đồng" not in page


def test_a_system_without_a_school_bears_no_schools_name(settings):
    User.objects.create_user(username="ai", full_name="Ai Đó", staff_code="CB9")
    page = Client().get(reverse("accounts:login")).text
    assert "<h1>Hồ sơ học sinh</h1>" in page
    assert "Kim Đồng" not in page
    assert settings.OTP_TOTP_ISSUER(None) == "Hồ sơ học sinh"
