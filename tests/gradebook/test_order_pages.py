"""Orders on the screen: announced to everybody, prepared and signed by the principal (PLAN IV.1; domain.md 2.6)."""

import datetime
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime, make_aware

from accounts import clock
from accounts.models import AccessLogEntry, User
from gradebook.models import EntryOrder
from gradebook.order_execution import waiting_orders
from gradebook.order_forms import next_number
from gradebook.order_texts import default_text, notice_words
from gradebook.regulation import Period, rules_for
from gradebook.windows import lock_state
from reports.official_papers import order_pdf
from reports.read_back import squeezed, text_of
from tests.gradebook.school import CONFIRMED, close_window, open_window

pytestmark = pytest.mark.django_db

LIST = "gradebook:orders"


@pytest.fixture
def principal(client, school):
    client.force_login(school.bich)
    return client


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def typed(**values):
    """What the principal's browser sends: from 07:00 tomorrow to 17:00 a week later, in the school's time."""
    day = clock.today() + datetime.timedelta(days=1)
    given = {
        "kind": "open",
        "number": "07/TB-THKĐ",
        "dated": clock.today().isoformat(),
        "period": "CHKI",
        "scope": "school",
        "opens_at": f"{day}T07:00",
        "closes_at": f"{day + datetime.timedelta(days=7)}T17:00",
        "text": "",
    }
    return {**given, **values}


def sign(client, data):
    """Looks at the preview, then signs what it shows."""
    seen = client.post(reverse("gradebook:order_new"), {**data, "look": "1"})
    return client.post(reverse("gradebook:order_new"), {**shown_values(seen), "sign": "1", **CONFIRMED})


def shown_values(response):
    """What the form on the page would send again."""
    form = response.context["form"]
    return {
        **{name: form[name].value() or "" for name in form.fields},
        "previewed": response.context["fingerprint"],
    }


# -- Everybody reads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["lan", "thu", "dung", "bich", "hoa", "tuan", "son"])
def test_everybody_reads_the_orders(school, client, person):
    order = open_window(school).order
    client.force_login(school.people[person])
    assert order.number in text(client.get(reverse(LIST)))
    assert client.get(reverse("gradebook:order", args=[order.pk])).status_code == 200


def test_an_open_period_is_a_notice_on_every_page(school, client):
    order = open_window(school, Period.END_TERM_1).order
    client.force_login(school.thu)
    page = client.get(reverse(LIST)).content.decode()
    assert "Đang mở nhập Cuối học kì I đến" in page
    assert reverse("gradebook:order", args=[order.pk]) in page


def test_the_list_says_what_state_each_order_has_now_newest_first(school, principal):
    open_window(school)
    close_window(school)
    open_window(school, Period.END_TERM_1)
    sign(principal, typed(period="GHKII"))
    shown = text(principal.get(reverse(LIST)))
    states = re.findall(r"Đang mở|Sắp mở|Đã khoá(?= từ)", shown)
    assert states == ["Sắp mở", "Đang mở", "Đã khoá", "Đã khoá"]
    assert "theo văn bản số 02/QĐ-THKĐ" in shown


def test_the_page_of_an_order_has_the_wording_of_the_notice(school, principal):
    sign(principal, typed(number="09/TB-THKĐ", scope="grade:4"))
    order = EntryOrder.objects.get()
    shown = text(principal.get(reverse("gradebook:order", args=[order.pk])))
    for base in rules_for(school.year.year).bases_on(order.dated):
        assert f"Căn cứ {base};" in shown
    for part in (
        "Số: 09/TB-THKĐ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        f"Về việc mở hệ thống nhập điểm, đánh giá Cuối học kì I năm học {school.year.label}",
        "Phạm vi: Khối 4.",
        f"mở từ 07:00 ngày {localtime(order.opens_at):%d/%m/%Y} đến 17:00 ngày {localtime(order.closes_at):%d/%m/%Y}",
        "Người nhập: giáo viên chủ nhiệm, giáo viên bộ môn được phân công",
        "Sai sót được sửa bằng phiếu đề nghị",
        "Hoàng Ngọc Bích",
    ):
        assert part in shown


def test_the_paper_of_a_lock_says_how_mistakes_are_mended_once_and_has_a_place_for_the_seal(school):
    open_window(school)
    order = close_window(school)
    EntryOrder.objects.filter(pk=order.pk).update(text=default_text("lock", Period.MID_TERM_1, school.year))
    order = EntryOrder.objects.select_related("year", "signed_by").get(pk=order.pk)
    paper = text_of(order_pdf(order)[1])
    assert paper.count(squeezed("phiếu đề nghị")) == 1
    assert squeezed("5. Hệ thống mở, khoá đúng giờ") in paper
    assert squeezed("(Kí tên, đóng dấu)") in paper


def test_an_order_for_the_supplementary_assessment_does_not_say_it_twice(school, principal):
    sign(principal, typed(period="BS"))
    shown = text(principal.get(reverse("gradebook:order", args=[EntryOrder.objects.get().pk])))
    assert f"Về việc mở hệ thống nhập kết quả Đánh giá bổ sung năm học {school.year.label}" in shown
    assert "đánh giá Đánh giá" not in shown


def test_a_period_opened_long_before_its_time_is_pointed_out_and_no_other(school, principal):
    def looked(days):
        day = school.year.lessons_end_on - datetime.timedelta(days=days)
        span = {"opens_at": f"{day}T07:00", "closes_at": f"{school.year.ends_on}T17:00"}
        return text(
            principal.post(reverse("gradebook:order_new"), {**typed(period="CN", **span), "look": "1"})
        )

    assert "sớm 100 ngày. Xem lại thời điểm đánh giá" in looked(100)
    assert "Xem lại thời điểm đánh giá" not in looked(20)


def test_an_order_that_is_not_there_is_not_found(principal):
    assert principal.get(reverse("gradebook:order", args=[999])).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_takes_the_same_statements_for_one_order_and_for_many(
    school, client, django_assert_num_queries, count
):
    for _each in range(count):
        open_window(school)
    client.force_login(school.thu)
    with django_assert_num_queries(5):
        client.get(reverse(LIST))


# -- The principal writes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["lan", "dung", "hoa", "tuan", "son"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_but_the_principal_opens_the_form_and_the_attempt_is_logged(school, client, person, method):
    client.force_login(school.people[person])
    answer = getattr(client, method)(reverse("gradebook:order_new"), {**typed(), "sign": "1", **CONFIRMED})
    assert answer.status_code == 403
    assert not EntryOrder.objects.exists()
    assert AccessLogEntry.objects.filter(kind="refused", user=school.people[person]).exists()
    assert reverse("gradebook:order_new") not in client.get(reverse(LIST)).content.decode()


def test_a_new_form_proposes_the_next_number_period_and_wording(school, principal):
    open_window(school, Period.MID_TERM_1)
    form = principal.get(reverse("gradebook:order_new")).context["form"]
    assert form["number"].value() == "02/TB-THKĐ"
    assert form["period"].value() == "CHKI"
    assert form["text"].value() == default_text("open", Period.END_TERM_1, school.year)


@pytest.mark.parametrize(
    ("used", "following"),
    [
        ([], "01"),
        (["01/TB-THKĐ", "02/TB-THKĐ"], "03"),
        (["2/QĐ", "17/TB-THKĐ"], "18"),
        (["TB"], "01"),
        (["99/A"], "100"),
    ],
)
def test_the_next_number_follows_the_highest(school, used, following):
    for number in used:
        now = clock.now()
        EntryOrder.objects.create(
            number=number,
            dated=clock.today(),
            year=school.year,
            period="GHKI",
            text="x",
            opens_at=now,
            closes_at=now + datetime.timedelta(days=1),
            signed_by=school.bich,
        )
    assert next_number(clock.today()) == f"{following}/TB-THKĐ"


def a_day_of_another_year(school):
    """In the same school year: its other calendar year, in the register of which numbers begin anew."""
    turn = datetime.date(school.year.year + 1, 1, 1)
    return turn if clock.today() < turn else turn - datetime.timedelta(days=1)


def test_numbers_begin_anew_with_the_calendar_year(school):
    order = open_window(school).order
    other = a_day_of_another_year(school)
    assert next_number(other) == "01/TB-THKĐ"
    again = EntryOrder.objects.get(pk=order.pk)
    again.pk, again.dated = None, other
    again.save()
    assert EntryOrder.objects.filter(year=school.year, number=order.number).count() == 2


@pytest.mark.parametrize("number", ["01/QĐ-THKĐ", "1/qđ-thkđ"])
def test_the_database_keeps_a_number_once_a_year(school, number):
    order = EntryOrder.objects.get(pk=open_window(school).order.pk)
    order.pk, order.number = None, number
    with pytest.raises(IntegrityError), transaction.atomic():
        order.save()


def test_the_preview_says_exactly_what_will_happen_and_signs_nothing(school, principal):
    answer = principal.post(reverse("gradebook:order_new"), {**typed(), "look": "1"})
    day = clock.today() + datetime.timedelta(days=1)
    end = day + datetime.timedelta(days=7)
    assert (
        f"Mở nhập Cuối học kì I cho 3 lớp, 4 giáo viên (Toàn trường), từ 07:00 {day:%d/%m/%Y} đến 17:00 {end:%d/%m/%Y}."
        in text(answer)
    )
    assert not EntryOrder.objects.exists()


@pytest.mark.parametrize(
    ("scope", "reach"),
    [("grade:4", "2 lớp, 3 giáo viên (Khối 4)"), ("grade:1", "1 lớp, 1 giáo viên (Khối 1)")],
)
def test_the_preview_counts_the_classes_and_teachers_in_scope(school, principal, scope, reach):
    assert reach in text(principal.post(reverse("gradebook:order_new"), {**typed(scope=scope), "look": "1"}))


def test_what_was_previewed_is_signed_and_opens_the_books(school, principal):
    day = clock.today() - datetime.timedelta(days=1)
    answer = sign(principal, typed(opens_at=f"{day}T07:00", scope=f"class:{school.class_4a.pk}"))
    order = EntryOrder.objects.get()
    assert answer.url == reverse("gradebook:order", args=[order.pk])
    assert (order.number, order.signed_by, order.school_class) == ("07/TB-THKĐ", school.bich, school.class_4a)
    assert order.text == default_text("open", Period.END_TERM_1, school.year)
    assert f"{localtime(order.opens_at):%H:%M}" == "07:00"
    assert lock_state(school.class_4a, Period.END_TERM_1).is_open
    assert not lock_state(school.class_4b, Period.END_TERM_1).is_open


def test_nothing_is_signed_unseen(school, principal):
    url = reverse("gradebook:order_new")
    assert principal.post(url, {**typed(), "sign": "1", **CONFIRMED}).status_code == 200
    seen = shown_values(principal.post(url, {**typed(), "look": "1"}))
    changed = principal.post(url, {**seen, "scope": "grade:4", "sign": "1", **CONFIRMED})
    assert "Nội dung đã đổi sau lần xem trước" in text(changed)
    assert "Khối 4" in text(changed)
    assert not EntryOrder.objects.exists()


def test_the_preview_of_a_lock_names_the_windows_it_ends(school, principal):
    window = open_window(school)
    data = typed(kind="lock", period="GHKI", opens_at=f"{clock.today()}T00:00", closes_at="")
    shown = text(principal.post(reverse("gradebook:order_new"), {**data, "look": "1"}))
    assert "Khoá nhập Giữa học kì I cho 3 lớp, 4 giáo viên (Toàn trường), ngay khi kí." in shown
    assert f"văn bản số 01/QĐ-THKĐ (Toàn trường), đang định đến {window.closes_label}, sẽ hết lúc đó" in shown
    sign(principal, data)
    assert not lock_state(school.class_4a, Period.MID_TERM_1).is_open


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Trong lúc mở, thông báo hiện cho toàn trường."),
        ({"grade_level": 4}, "Trong lúc mở, thông báo hiện cho giáo viên có sổ trong phạm vi."),
        ({"line_code": "TOAN"}, "Trong lúc mở, thông báo hiện cho giáo viên có sổ trong phạm vi."),
        ({"teacher": User(full_name="Lê Thị Thu", pk=1)}, "Trong lúc mở, thông báo hiện cho Lê Thị Thu."),
    ],
)
def test_a_notice_is_promised_to_those_alone_who_will_see_it(values, words):
    assert notice_words(EntryOrder(**values)) == words
    assert "thông báo" not in notice_words(EntryOrder(kind="lock", **values)).lower()


def test_the_paper_of_an_order_is_of_today_at_most(school, principal):
    later = (clock.today() + datetime.timedelta(days=1)).isoformat()
    answer = principal.post(reverse("gradebook:order_new"), {**typed(dated=later), "look": "1"})
    assert answer.status_code == 422
    assert "Ngày kí chưa tới" in text(answer)


def test_an_order_called_off_waits_for_nobody(school, principal, client):
    with clock.travelling(clock.now() + datetime.timedelta(hours=3)):
        order = open_window(school).order
    close_window(school)
    with clock.travelling(clock.now() + datetime.timedelta(hours=4)):
        assert order not in waiting_orders(User.objects.get(pk=school.hoa.pk))
    client.force_login(school.hoa)
    assert "đã bãi bỏ trước khi mở" in text(client.get(reverse("gradebook:order", args=[order.pk])))


def test_the_preview_says_which_windows_stay(school, principal):
    open_window(school, Period.END_TERM_1, hours=100)
    shown = text(principal.post(reverse("gradebook:order_new"), {**typed(scope="grade:4"), "look": "1"}))
    assert "văn bản số 01/QĐ-THKĐ (Toàn trường)" in shown
    assert "vẫn giữ nguyên" in shown


def test_the_wording_follows_the_kind_until_the_principal_writes_her_own(school, principal):
    url = reverse("gradebook:order_new")
    open_window(school)
    old_pattern = default_text("open", Period.END_TERM_1, school.year)
    lock = typed(kind="lock", period="GHKI", opens_at=f"{clock.today()}T00:00", text=old_pattern)
    form = principal.post(url, {**lock, "look": "1"}).context["form"]
    assert form["text"].value() == default_text("lock", Period.MID_TERM_1, school.year)
    form = principal.post(url, {**lock, "text": "Lời của tôi.\r\nHai dòng.", "look": "1"}).context["form"]
    assert form["text"].value() == "Lời của tôi.\nHai dòng."


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("number", "", "Chưa có số văn bản"),
        ("number", "01/QĐ-THKĐ", "đã dùng trong năm"),
        ("number", "1 / qđ-thkđ", "đã dùng trong năm"),
        ("dated", "32/13/2026", "Ngày kí chưa đúng"),
        ("opens_at", "", "Chưa có giờ bắt đầu"),
        ("opens_at", "mai", "Giờ bắt đầu chưa đúng"),
        ("closes_at", "", "Chưa có giờ khoá"),
        ("closes_at", "2020-01-01T07:00", "Giờ khoá nằm ngoài năm học"),
        ("scope", "class:99999", "Phạm vi không có trong năm học này"),
    ],
)
def test_an_error_names_the_field_and_the_remedy_and_keeps_what_was_typed(
    school, principal, field, value, says
):
    open_window(school)
    answer = principal.post(
        reverse("gradebook:order_new"), {**typed(text="Chữ của Hiệu trưởng."), field: value, "look": "1"}
    )
    assert answer.status_code == 422
    assert says in text(answer)
    assert answer.context["form"].errors.keys() == {field}
    assert "Chữ của Hiệu trưởng." in answer.content.decode()
    assert EntryOrder.objects.count() == 1


ABSURD = (
    ("dated", "0001-01-01"),
    ("dated", "9999-12-31"),
    ("opens_at", "0001-01-01T00:00"),
    ("opens_at", "9999-12-31T23:59"),
    ("opens_at", "9999-12-31T23:59:59-12:00"),
    ("opens_at", "0001-01-01T00:00:00+14:00"),
    ("closes_at", "0001-01-01T00:00"),
    ("closes_at", "9999-12-31T23:59"),
    ("closes_at", "9999-12-31T23:59:59-12:00"),
    ("text", "Á" * 4001),
    ("text", "a\0b"),
    ("number", "9" * 4000),
    ("number", "a\0b"),
    ("kind", "both"),
    ("period", "HKIII"),
    ("scope", ""),
)


@pytest.mark.parametrize("kind", ["open", "lock"])
@pytest.mark.parametrize(("field", "value"), ABSURD)
def test_absurd_values_get_a_sentence_at_their_field_and_no_error_page(school, principal, kind, field, value):
    open_window(school)
    data = {
        **typed(kind=kind, period="GHKI", opens_at=f"{clock.today()}T00:00"),
        field: value,
        "sign": "1",
        **CONFIRMED,
    }
    answer = principal.post(reverse("gradebook:order_new"), data)
    if kind == "lock" and field == "closes_at":
        assert answer.status_code == 200
    else:
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {field}
        assert re.search(r"(Ghi|Chọn|Xoá|ghi) ", answer.context["form"].errors[field][0])
    assert EntryOrder.objects.count() == 1


def test_a_text_of_4000_letters_is_signed_as_it_stands_a_line_break_counting_once(school, principal):
    sign(principal, typed(text="Ộ" * 1999 + "\r\n" + "Ộ" * 2000))
    assert EntryOrder.objects.get().text == "Ộ" * 1999 + "\n" + "Ộ" * 2000


def test_all_that_is_wrong_is_said_at_once(school, principal):
    open_window(school)
    yesterday = clock.today() - datetime.timedelta(days=1)
    wrong = typed(
        number="01/QĐ-THKĐ",
        dated="1900-01-01",
        opens_at=f"{clock.today()}T07:00",
        closes_at=f"{yesterday}T07:00",
        scope="class:99999",
    )
    answer = principal.post(reverse("gradebook:order_new"), {**wrong, "look": "1"})
    shown = text(answer)
    for sentence in (
        "đã dùng trong năm",
        "Ngày kí nằm ngoài năm học",
        "Giờ khoá phải sau giờ mở",
        "Giờ khoá đã qua",
        "Phạm vi không có trong năm học này",
    ):
        assert sentence in shown
    assert answer.context["form"].errors.keys() == {"number", "dated", "closes_at", "scope"}


def test_a_lock_with_a_used_number_hears_of_both_its_number_and_its_class(school, principal):
    open_window(school, school_class=school.class_4b)
    lock = typed(kind="lock", period="GHKI", scope=f"class:{school.class_4a.pk}", number="01/QĐ-THKĐ")
    answer = principal.post(
        reverse("gradebook:order_new"), {**lock, "opens_at": f"{clock.today()}T00:00", "look": "1"}
    )
    assert answer.context["form"].errors.keys() == {"number", "period"}
    assert "Kiểm tra lại thời điểm đánh giá, phạm vi" in text(answer)


# -- An order to lock ----------------------------------------------------------------------------------------


def lock_form(client):
    return client.get(reverse("gradebook:order_new"), {"kind": "lock"}).context["form"]


def test_a_lock_is_proposed_for_what_is_open_for_most_classes_from_now_in_its_own_wording(school, principal):
    open_window(school, Period.END_TERM_1)
    open_window(school, Period.MID_TERM_2, school_class=school.class_4b)
    form = lock_form(principal)
    shown = {name: form[name].value() for name in ("kind", "period", "scope", "text")}
    assert shown == {
        "kind": "lock",
        "period": "CHKI",
        "scope": "school",
        "text": default_text("lock", Period.END_TERM_1, school.year),
    }
    proposed = make_aware(form["opens_at"].value())
    assert abs(proposed - clock.now()) < datetime.timedelta(minutes=1)


def test_a_lock_is_proposed_for_the_class_alone_that_is_open(school, principal):
    open_window(school, Period.MID_TERM_2, school_class=school.class_4b)
    form = lock_form(principal)
    assert (form["period"].value(), form["scope"].value()) == ("GHKII", f"class:{school.class_4b.pk}")


def test_with_nothing_open_a_lock_is_proposed_for_the_last_that_was(school, principal):
    assert lock_form(principal)["period"].value() == "GHKI"
    open_window(school, Period.END_TERM_1)
    close_window(school, Period.END_TERM_1)
    assert lock_form(principal)["period"].value() == "CHKI"


def test_the_form_of_a_lock_has_no_end_and_as_proposed_it_locks_now(school, principal):
    open_window(school, Period.END_TERM_1)
    url = reverse("gradebook:order_new")
    page = principal.get(url, {"kind": "lock"})
    assert 'name="closes_at"' not in page.content.decode()
    assert 'name="closes_at"' in principal.get(url, {"kind": "open"}).content.decode()
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent["opens_at"] = f"{form['opens_at'].value():%Y-%m-%dT%H:%M}"
    seen = principal.post(url, {**sent, "look": "1"})
    assert "ngay khi kí" in text(seen)
    assert sign(principal, sent).status_code == 302
    assert not lock_state(school.class_4a, Period.END_TERM_1).is_open


def test_the_list_leads_the_principal_to_both_kinds_of_order(school, principal):
    page = principal.get(reverse(LIST)).content.decode()
    for kind in ("open", "lock"):
        assert f'href="{reverse("gradebook:order_new")}?kind={kind}"' in page


def test_an_unknown_kind_asked_for_is_an_order_to_open(school, principal):
    page = principal.get(reverse("gradebook:order_new"), {"kind": "<b>"})
    assert page.context["form"]["kind"].value() == "open"


def test_locking_what_is_not_open_is_told_before_signing(school, principal):
    answer = principal.post(reverse("gradebook:order_new"), {**typed(kind="lock"), "look": "1"})
    assert answer.status_code == 422
    assert "Không có đợt nhập nào của phạm vi này còn mở" in text(answer)


def test_two_principals_pages_with_one_number_sign_once(school, principal):
    url = reverse("gradebook:order_new")
    seen = shown_values(principal.post(url, {**typed(), "look": "1"}))
    assert principal.post(url, {**seen, "sign": "1", **CONFIRMED}).status_code == 302
    again = principal.post(url, {**seen, "sign": "1", **CONFIRMED})
    assert again.status_code == 422
    assert "đã dùng" in text(again)
    assert EntryOrder.objects.count() == 1
