"""«Việc của tôi»: what waits for a person, most urgent first, and all sheets the person answers for."""

import datetime
import re

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import make_aware

from accounts import clock
from accounts.dates import Days
from accounts.models import User
from approvals import consent, corrections
from approvals.models import CorrectionRequest
from approvals.tasks import read_tasks
from gradebook.assignments import hand_over_assignment
from gradebook.deadlines import time_left
from gradebook.lock_notices import mark_order_read
from gradebook.models import TeachingAssignment
from gradebook.regulation import Period
from gradebook.sheets import Field
from students.models import Enrolment, HomeroomAssignment, SchoolClass, SchoolYear
from tests.approvals.papers import approved, awaiting, draft, filed, with_entries
from tests.gradebook.school import add_pupils, carry_out_all, close_window, enter, grant_to, open_window

pytestmark = pytest.mark.django_db


def start_page(client, person):
    client.force_login(person)
    return client.get(reverse("approvals:tasks"))


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def sheet_url(school, code, period, school_class=None):
    return reverse("gradebook:sheet", args=[(school_class or school.class_4a).pk, code, period])


def test_when_nothing_waits_the_page_says_so_and_still_leads_to_every_own_sheet(school, client):
    SchoolYear.objects.update(lessons_start_on=None, second_term_starts_on=None, lessons_end_on=None)
    Enrolment.objects.all().delete()
    answer = start_page(client, school.lan)
    assert "Hiện không có việc nào chờ" in text(answer)
    for code in ("TOAN", "TV", "NLPC"):
        for period in Period:
            assert sheet_url(school, code, period) in answer.content.decode()
    assert sheet_url(school, "NN1", "GHKI") not in answer.content.decode()


def test_an_open_sheet_waits_with_its_progress_and_its_lock(school, client):
    window = open_window(school, hours=50)
    ref = school.sheet()
    for pupil in school.pupils[:3]:
        enter(ref, pupil, Field.MARK, "8", by=school.lan)
    page = read_tasks(school.lan)
    task = next(task for task in page.entries if task.title == "Toán · Lớp 4A")
    assert (task.tally.label, task.closes_label, task.time_left) == (
        "3/15 ô",
        window.closes_label,
        "còn 2 ngày 1 giờ",
    )
    assert task.url == sheet_url(school, "TOAN", "GHKI")
    assert "3/15 ô" in text(start_page(client, school.lan))


def test_a_complete_sheet_no_longer_waits(school):
    open_window(school)
    ref = school.sheet("NN1")
    for pupil in school.pupils:
        enter(ref, pupil, Field.ATTAINMENT, "T", by=school.thu)
        enter(ref, pupil, Field.COMMENT, "Đọc tốt.", by=school.thu)
    assert [task.title for task in read_tasks(school.thu).entries] == ["Ngoại ngữ 1 · Lớp 4B"]


def test_the_sheet_that_locks_first_stands_first_then_by_class_and_in_the_order_of_the_books(school):
    open_window(school, Period.MID_TERM_1, hours=48)
    open_window(school, Period.END_TERM_1, hours=5)
    class_1b = SchoolClass.objects.create(year=school.year, name="1B", grade_level=1)
    add_pupils(class_1b, 1)
    HomeroomAssignment.objects.create(
        school_class=class_1b, teacher=school.lan, starts_on=school.year.starts_on
    )
    entries = read_tasks(school.lan).entries
    in_order = [
        "Phẩm chất và năng lực · Lớp 1B",
        "Tiếng Việt · Lớp 4A",
        "Toán · Lớp 4A",
        "Phẩm chất và năng lực · Lớp 4A",
    ]
    assert [task.title for task in entries] == in_order * 2
    assert [task.period for task in entries] == [Period.END_TERM_1] * 4 + [Period.MID_TERM_1] * 4
    assert {task.kind for task in entries[:4]} == {"warning"}
    assert [sheet.title for sheet in read_tasks(school.lan).own_sheets] == in_order


def test_a_window_for_one_class_waits_for_its_teachers_only(school):
    open_window(school, school_class=school.class_4b)
    assert not read_tasks(school.lan).entries
    assert [task.title for task in read_tasks(school.thu).entries] == ["Ngoại ngữ 1 · Lớp 4B"]
    own = {sheet.title: [cell.word for cell in sheet.cells] for sheet in read_tasks(school.thu).own_sheets}
    assert own["Ngoại ngữ 1 · Lớp 4A"] == ["Chưa mở"] * 4
    assert own["Ngoại ngữ 1 · Lớp 4B"] == ["Đang mở", "Chưa mở", "Chưa mở", "Chưa mở"]


def test_a_locked_period_stays_reachable_and_is_called_locked(school, client):
    with_entries(school)
    sheet = next(each for each in read_tasks(school.lan).own_sheets if each.title == "Toán · Lớp 4A")
    assert (sheet.cells[0].word, sheet.cells[0].tally.label) == ("Đã khoá", "2/15 ô")
    assert sheet_url(school, "TOAN", "GHKI") in start_page(client, school.lan).content.decode()


def test_a_lock_is_told_to_the_teachers_whose_books_it_locks_until_they_have_read_it(school, client):
    open_window(school)
    order = close_window(school, school_class=school.class_4a)
    words = f"Hiệu trưởng ban hành văn bản số {order.number}: khoá sổ Giữa học kì I lớp 4A từ"
    assert words in start_page(client, school.lan).content.decode()
    assert words in start_page(client, school.thu).content.decode()
    for person in (school.ngoc, school.bich, school.tuan):
        assert words not in start_page(client, person).content.decode()
    client.force_login(school.lan)
    for _again in range(2):
        assert client.post(reverse("gradebook:order_read", args=[order.pk])).status_code == 302
    assert words not in start_page(client, school.lan).content.decode()
    assert words in start_page(client, school.thu).content.decode()
    assert [each.person for each in order.readings.all()] == [school.lan]


def test_a_lock_of_the_whole_school_names_the_own_classes_alone(school):
    open_window(school)
    close_window(school)
    (notice,) = read_tasks(school.thu).lock_notices
    assert "khoá sổ Giữa học kì I lớp 4A, 4B từ" in notice.words
    (notice,) = read_tasks(school.lan).lock_notices
    assert "lớp 4A từ" in notice.words


def test_the_reading_of_a_lock_stays_as_it_is(school):
    open_window(school)
    order = close_window(school)
    mark_order_read(order, by=school.lan)
    for write in (order.readings.all().delete, lambda: order.readings.update(person=school.thu)):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_an_assignment_that_ended_yesterday_is_nobodys_task(school):
    last_day = school.year.starts_on + datetime.timedelta(days=20)
    TeachingAssignment.objects.filter(teacher=school.thu, school_class=school.class_4a).update(
        ends_on=last_day
    )
    for later, expected in (
        (0, ["Ngoại ngữ 1 · Lớp 4A", "Ngoại ngữ 1 · Lớp 4B"]),
        (1, ["Ngoại ngữ 1 · Lớp 4B"]),
    ):
        noon = datetime.datetime.combine(last_day + datetime.timedelta(days=later), datetime.time(12))
        with clock.travelling(make_aware(noon)):
            assert [sheet.title for sheet in read_tasks(school.thu).own_sheets] == expected


def test_a_request_waits_for_the_one_whose_move_is_next(school, client):
    with_entries(school)
    waits = {
        draft(school, "8").label: school.lan,
        filed(school, "9").label: school.hoa,
        approved(school, "10").label: school.tuan,
    }
    opened(client, school.lan, CorrectionRequest.objects.get(state="approved"))
    for label, owner in waits.items():
        for person in (school.lan, school.hoa, school.tuan, school.bich, school.minh):
            assert (f"Phiếu {label}" in text(start_page(client, person))) == (person == owner)


def opened(client, person, request):
    client.force_login(person)
    assert client.get(reverse("approvals:request", args=[request.pk])).status_code == 200


def to_do(person):
    return [task.to_do for task in read_tasks(User.objects.get(pk=person.pk)).requests]


def test_a_refused_request_reaches_its_teacher_with_the_reason_until_it_was_opened(school, client):
    with_entries(school)
    refused = corrections.decide(filed(school), approve=False, note="Ảnh mờ.", by=school.hoa)
    assert not read_tasks(school.hoa).requests
    with clock.travelling(clock.now() + datetime.timedelta(days=90)):
        assert "Lí do từ chối: Ảnh mờ." in text(start_page(client, school.lan))
    opened(client, school.hoa, refused)
    assert to_do(school.lan) == ["Đọc lí do từ chối"]
    opened(client, school.lan, refused)
    assert to_do(school.lan) == []


def test_each_answer_reaches_its_teacher_once_and_is_counted_until_the_request_was_opened(school, client):
    with_entries(school)
    request = approved(school)
    assert to_do(school.lan) == ["Đã phê chuẩn, văn thư sẽ ghi vào sổ: mở phiếu để xem"]
    (task,) = read_tasks(school.lan).requests
    assert (task.due_on, task.is_overdue, request.due_on is None) == (None, False, False)
    assert start_page(client, school.lan).context["waiting"]["count"] >= 1
    opened(client, school.lan, request)
    assert to_do(school.lan) == []
    corrections.carry_out(request, by=school.tuan)
    assert to_do(school.lan) == ["Đã ghi vào sổ: mở phiếu để xem"]
    listed = client.get(reverse("approvals:requests"), {"who": "waiting"})
    assert f"Phiếu {request.label}" in text(listed)
    menu = {each["label"]: each["count"] for each in listed.context["menu"]}
    assert menu["Phiếu đề nghị sửa"] == 1
    opened(client, school.lan, request)
    assert to_do(school.lan) == []
    request.refresh_from_db()
    assert request.history.latest().history_user == school.lan


def test_the_principals_word_is_an_answer_too_and_of_a_closed_year_nothing_is_news(school, client):
    with_entries(school)
    request = awaiting(school)
    (first,) = to_do(school.lan)
    assert first.startswith("Phó Hiệu trưởng đã phê chuẩn, còn chờ Hiệu trưởng đồng ý")
    opened(client, school.lan, request)
    consent.answer(request, consents=False, note="Đã kí học bạ.", by=User.objects.get(pk=school.bich.pk))
    assert to_do(school.lan) == ["Đọc lí do từ chối"]
    SchoolYear.objects.filter(pk=school.year.pk).update(state=SchoolYear.State.CLOSED)
    assert to_do(school.lan) == []
    opened(client, school.lan, request)


def test_the_database_lets_nothing_but_the_reading_be_written_after_the_end(school):
    with_entries(school)
    request = corrections.decide(filed(school), approve=False, note="Ảnh mờ.", by=school.hoa)
    row = CorrectionRequest.objects.filter(pk=request.pk)
    assert row.update(read_at=clock.now()) == 1
    with pytest.raises(IntegrityError, match="does not go from refused"), transaction.atomic():
        row.update(read_at=clock.now(), decision_note="Khác.")


def test_the_request_that_waits_longest_stands_first_and_a_long_queue_is_cut_with_a_way_on(
    school, client, monkeypatch
):
    monkeypatch.setattr("approvals.tasks.MOST_REQUESTS", 2)
    with_entries(school)
    for value in ("8", "9", "10"):
        filed(school, value)
    page = read_tasks(school.hoa)
    assert [task.title.split(" · ")[0] for task in page.requests] == [
        "Phiếu 01/2026-2027/PĐN",
        "Phiếu 02/2026-2027/PĐN",
    ]
    assert "Xem tất cả phiếu đang chờ" in text(start_page(client, school.hoa))


@pytest.mark.parametrize("person", ["bich", "hoa", "tuan", "son", "dung"])
def test_leaders_see_how_far_the_open_period_is_by_grade(school, client, person):
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "8", by=school.lan)
    shown = text(start_page(client, school.people[person]))
    assert "Tiến độ nhập Giữa học kì I" in shown
    assert "Khối 4" in shown
    assert ("Khối 1" in shown) == (person != "dung")


def test_leaders_see_every_open_period_each_with_its_scope(school, client):
    open_window(school, Period.END_TERM_1)
    open_window(school, Period.MID_TERM_2, school_class=school.class_4b)
    shown = text(start_page(client, school.bich))
    first, second = shown.split("Tiến độ nhập ")[1:]
    assert first.startswith("Cuối học kì I CHKI · mở cho toàn trường đến")
    assert second.startswith("Giữa học kì II GHKII · mở cho lớp 4B đến")
    assert ("Khối 1" in first, "Khối 1" in second) == (True, False)
    assert "1 lớp 0/" in second


def test_the_top_bar_of_every_page_says_how_many_requests_wait_for_this_person(school, client):
    with_entries(school)
    filed(school, "9")
    filed(school, "8", pupil=1)
    carry_out_all(school)
    for person, count in ((school.hoa, "2việc"), (school.lan, ""), (school.tuan, "")):
        client.force_login(person)
        bar = client.get(reverse("accounts:powers")).content.decode().split("</header>", 1)[0]
        link = re.search(r'<a class="topbar-item" href="([^"]*)" data-waiting>(.*?)</a>', bar, re.DOTALL)
        assert link[1] == reverse("approvals:tasks")
        assert re.sub(r"<[^>]+>|\s", "", link[2]) == f"Chờtôi{count}"


def test_teachers_are_not_shown_the_progress_of_the_school(school, client):
    open_window(school)
    assert "Tiến độ nhập" not in text(start_page(client, school.lan))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (73, "còn 3 ngày"),
        (47.9, "còn 1 ngày 23 giờ"),
        (48, "còn 2 ngày"),
        (23.5, "còn 23 giờ"),
        (1.99, "còn 1 giờ 59 phút"),
        (2, "còn 2 giờ"),
        (0.99, "còn 59 phút"),
        (-1, "còn 0 phút"),
    ],
)
def test_time_left_is_rounded_down(hours, words):
    assert time_left(datetime.timedelta(hours=hours)) == words


@pytest.mark.parametrize("more", [0, 8])
def test_a_teachers_page_takes_the_same_statements_for_a_few_sheets_and_for_many(
    school, client, django_assert_num_queries, more
):
    open_window(school)
    codes = ["LSDL", "KH", "TH", "CN", "DD", "GDTC", "AN", "MT"][:more]
    TeachingAssignment.objects.bulk_create(
        TeachingAssignment(
            school_class=school.class_4a,
            line=school.lines[4, code],
            teacher=school.lan,
            starts_on=school.year.starts_on,
        )
        for code in codes
    )
    client.force_login(school.lan)
    # The last for the slips of the class.
    with django_assert_num_queries(27):
        client.get(reverse("approvals:tasks"))


@pytest.mark.parametrize("requests", [1, 6])
def test_a_leaders_page_takes_the_same_statements_for_one_request_and_for_many(
    school, client, django_assert_num_queries, requests
):
    with_entries(school)
    open_window(school, Period.END_TERM_1)
    open_window(school, Period.MID_TERM_2, school_class=school.class_4b)
    for index in range(requests):
        filed(school, str(index % 3 + 8), pupil=index % 5)
    client.force_login(school.hoa)
    with django_assert_num_queries(23):
        client.get(reverse("approvals:tasks"))


def test_the_start_page_wants_a_log_in(client):
    assert client.get("/").status_code == 302


def test_who_stands_in_and_who_is_stood_in_for_are_told_until_when(school, client):
    term = HomeroomAssignment.objects.get(school_class=school.class_4a)
    last = clock.today() + datetime.timedelta(days=3)
    until, days = f"hết {last:%d/%m/%Y}", Days(clock.today(), last)
    hand_over_assignment(
        term, to=school.thu, days=days, reason="Cô Lan ốm", by=User.objects.get(pk=school.hoa.pk)
    )
    told = {}
    for person in (school.lan, school.thu):
        client.force_login(person)
        told[person.username] = [each.words for each in client.get("/").context["page"].notices]
    assert told == {
        "lan": [
            f"{school.thu.full_name} đang làm thay thầy cô đến {until}: Chủ nhiệm lớp 4A. Đến hôm đó thầy cô chỉ xem."
        ],
        "thu": [f"Thầy cô đang làm thay {school.lan.full_name} đến {until}: Chủ nhiệm lớp 4A."],
    }


def test_what_is_opened_to_a_person_is_told_on_the_first_page(school, client):
    given = grant_to(school, school.thu, school.class_4a)
    client.force_login(school.thu)
    notices = [each.words for each in client.get("/").context["page"].notices]
    assert notices == [f"Được cấp thêm quyền xem: {given.target_name}, {given.days.label}."]
