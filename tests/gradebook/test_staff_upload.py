"""The clerk makes accounts from the school's staff list: shown row by row, then all or nothing (PLAN IV.3)."""

import datetime
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AdminAction, Post, User
from gradebook.login_names import propose
from gradebook.models import TeachingAssignment
from tests.accounts.slips import use_slip
from tests.gradebook.school import CONFIRMED

pytestmark = pytest.mark.django_db

HEADING = ["Mã cán bộ", "Họ và tên", "Ngày sinh", "Chức vụ", "Môn dạy", "Lớp dạy", "Điện thoại", "Email"]
HONG = [
    "CB90",
    "Nguyễn Thị Hồng",
    "02/09/1990",
    "Hiệu trưởng",
    "Toán",
    "4B",
    "0912345678",
    "hong@kimdong.edu.vn",
]
NAMESAKE = ["CB91", "Ngô Thanh Hồng", None, None, None, None, None, None]


@pytest.fixture
def clerk(school):
    client = Client()
    client.force_login(school.tuan)
    return client


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in (HEADING, *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("can-bo.xlsx", kept.getvalue())


def preview(client, *rows):
    return client.post(reverse("gradebook:account_upload"), {"file": workbook(*rows)})


def apply(client, shown, **more):
    told = {"wanted": shown.context["token"], "previewed": shown.context["plan"].fingerprint, **more}
    return client.post(reverse("gradebook:account_upload"), told)


def test_names_are_proposed_without_tones_and_none_twice():
    taken = {"hong.nt"}
    assert propose("Nguyễn Thị Hồng", taken) == "hong.nt2"
    assert propose("Đặng Đức Ý", set()) == "y.dd"
    assert propose("Hồng", set()) == "hong"


def test_the_dry_run_says_what_becomes_of_each_row_and_writes_nothing(school, clerk):
    lan = ["CB01", "Nguyễn Thị Lan", None, None, None, None, "0987654321", None]
    minh = ["CB02", "Trần Văn Minh", None, None, None, None, None, None]
    shown = preview(clerk, HONG, NAMESAKE, lan, minh)
    rows = shown.context["plan"].rows
    assert [(row.word, row.username) for row in rows] == [
        ("Tài khoản mới", "hong.nt"),
        ("Tài khoản mới", "hong.nt2"),
        ("Đổi liên hệ", "lan"),
        ("Đã có, giữ nguyên", "minh"),
    ]
    assert not User.objects.filter(staff_code="CB90").exists()


def reasons(shown):
    return [reason for row in shown.context["plan"].rows for reason in row.reasons]


def test_a_code_in_small_letters_is_the_person_known_by_it(school, clerk):
    lan = ["cb 01", "Nguyễn Thị Lan", None, None, None, None, None, None]
    assert [row.word for row in preview(clerk, lan).context["plan"].rows] == ["Đã có, giữ nguyên"]
    other = ["cb01", "Người Khác Hẳn", None, None, None, None, None, None]
    assert "mã «CB01» là của Nguyễn Thị Lan" in reasons(preview(clerk, other))[0]


def test_somebody_known_by_name_and_birth_date_gets_no_second_account(school, clerk):
    User.objects.filter(staff_code="CB01").update(birth_date=datetime.date(1986, 9, 8))
    shown = preview(clerk, ["CB95", "nguyễn thị lan", "08/09/1986", None, None, None, None, None])
    assert shown.status_code == 422
    assert "đã có tài khoản với mã «CB01»" in reasons(shown)[0]


@pytest.mark.parametrize(
    ("name", "born", "words"),
    [
        ("<script>alert(1)</script>", None, "có kí tự không có trong họ tên"),
        ("Trần Mới", "08/09/2020", "ngày sinh 08/09/2020 không thể đúng với cán bộ"),
    ],
)
def test_what_cannot_be_of_staff_is_refused_in_its_row(school, clerk, name, born, words):
    assert words in reasons(preview(clerk, ["CB95", name, born, None, None, None, None, None]))[0]


def test_a_list_with_a_heading_alone_is_told_so(school, clerk):
    assert "chưa có hàng cán bộ nào" in preview(clerk).context["plan"].general[0]


def test_carried_out_it_makes_accounts_with_slips_and_no_post_or_lesson(school, clerk):
    posts, lessons = Post.objects.count(), TeachingAssignment.objects.count()
    done = apply(clerk, preview(clerk, HONG, NAMESAKE))
    slips = done.context["slips"]
    codes = {slip.person.username: slip.code for slip in slips}
    assert set(codes) == {"hong.nt", "hong.nt2"}
    assert (Post.objects.count(), TeachingAssignment.objects.count()) == (posts, lessons)
    assert not User.objects.get(username="hong.nt").has_usable_password()
    assert use_slip("hong.nt", codes["hong.nt"]).status_code == 302
    assert "2 tài khoản mới" in AdminAction.objects.get(thing="accounts:").words


def test_the_password_is_asked_for_the_accounts_and_not_for_the_dry_run_with_its_file(school, clerk):
    session = clerk.session
    session["confirmed_at"] = {}
    session.save()
    shown = preview(clerk, HONG)
    assert shown.status_code == 200
    asked = apply(clerk, shown)
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "Gõ lại mật khẩu để xác nhận" in page
    assert 'type="file"' not in page
    assert f'name="wanted" value="{shown.context["token"]}"' in page
    assert not User.objects.filter(staff_code="CB90").exists()
    assert apply(clerk, shown, **CONFIRMED).status_code == 200
    assert User.objects.filter(staff_code="CB90").exists()


def test_the_same_file_twice_changes_nothing(school, clerk):
    first = preview(clerk, HONG)
    apply(clerk, first)
    again = preview(clerk, HONG)
    assert not again.context["plan"].changes_anything
    assert apply(clerk, first).status_code == 409, "the first preview is out of date"
    assert User.objects.filter(staff_code="CB90").count() == 1


def test_one_wrong_row_keeps_everything_from_being_written_and_says_where_and_what_to_do(school, clerk):
    other = ["CB01", "Người Khác", None, None, None, None, None, None]
    bad_mail = ["CB92", "Lê Văn Thư", None, None, None, None, None, "không phải thư"]
    shown = preview(clerk, HONG, other, bad_mail)
    page = shown.content.decode()
    assert shown.status_code == 422
    assert "mã «CB01» là của Nguyễn Thị Lan" in page
    assert "Ô H4 «Email»" in page
    assert "Ghi dạng ten@truong.edu.vn" in page
    assert shown.context["token"] == ""


def test_a_class_that_nobody_knows_is_no_hindrance_to_an_account(school, clerk):
    row = [*HONG[:5], "cả khối", *HONG[6:]]
    assert preview(clerk, row).status_code == 200


def test_a_list_that_was_not_shown_or_shown_to_another_is_not_carried_out(school, clerk):
    shown = preview(clerk, HONG)
    assert apply(clerk, shown, wanted="x").status_code == 422
    assert apply(clerk, shown, previewed="x").status_code == 409
    Post.objects.create(holder=school.dung, kind="clerk", starts_on=school.year.starts_on)
    other = Client()
    other.force_login(school.dung)
    assert apply(other, shown).status_code == 422
    assert not User.objects.filter(staff_code="CB90").exists()


def test_the_form_asks_whether_a_namesake_of_the_same_birth_date_is_another_person(school, clerk):
    User.objects.filter(staff_code="CB01").update(birth_date=datetime.date(1986, 9, 8))
    address = reverse("gradebook:account_new")
    told = {"staff_code": "cb95", "full_name": "Nguyễn Thị Lan", "birth_date": "1986-09-08"}
    asked = clerk.post(address, told)
    assert asked.status_code == 422
    assert "đã có tài khoản lan (mã CB01)" in asked.content.decode()
    assert clerk.post(address, {**told, "is_another": "on"}).status_code == 302
    assert User.objects.get(staff_code="CB95").full_name == "Nguyễn Thị Lan"


def test_one_account_by_the_form_with_a_name_proposed(school, clerk):
    address = reverse("gradebook:account_new")
    answer = clerk.post(address, {"staff_code": "CB90", "full_name": "Nguyễn Thị Hồng"})
    person = User.objects.get(username="hong.nt")
    assert answer.headers["Location"] == reverse("accounts:person", args=[person.pk])
    wrong = clerk.post(address, {"staff_code": "CB90", "full_name": "Trần Thị Mai", "username": "Mai Trần"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "đã có tài khoản: Nguyễn Thị Hồng" in page
    assert "Chỉ dùng chữ không dấu" in page
    assert "Trần Thị Mai" in page
