"""The pages: signing with the password, who has not signed, what broke a signature and under which request."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import clock
from accounts.dates import Days
from accounts.models import User
from approvals import corrections
from approvals.book_reading import reading_of
from approvals.chosen_answers import Chosen
from approvals.models import BookLook, BookSignature
from approvals.roll_corrections import propose_roll
from approvals.tasks import read_tasks
from gradebook.assignments import hand_over_assignment
from gradebook.models import SubjectResult, TeachingAssignment
from gradebook.regulation import Period
from students.models import AttendanceMonth, SchoolYear
from tests.approvals.papers import applied, cleaned_picture
from tests.approvals.signed_books import complete_school, look, own_books, sign
from tests.gradebook.school import CONFIRMED, open_window

pytestmark = pytest.mark.django_db
TOAN, TV, CLASS_BOOK = "Toán lớp 4A", "Tiếng Việt lớp 4A", "Sổ của lớp 4A"
PAGE, SIGN = "approvals:signatures", "approvals:sign_books"


def the_school():
    return complete_school()


def words(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def ticked(response):
    return {book.title for book, is_ticked, _problem, _pending in response.context["to_sign"] if is_ticked}


def fresh(person):
    return User.objects.get(pk=person.pk)


def tokens(person):
    return {title: book.token for title, book in own_books(person).items()}


def test_the_own_books_are_signed_together_with_one_password(school, client):
    client.force_login(school.lan)
    page = client.get(reverse(PAGE), {"period": "GHKI"})
    books = re.findall(r'name="book"\s+value="([^"]+)"', page.content.decode())
    assert len(books) == 3
    look(school.lan, TOAN, TV, CLASS_BOOK)
    unconfirmed = client.post(reverse(SIGN), {"book": books, "period": "GHKI"})
    assert unconfirmed.status_code == 422
    assert "Kí xác nhận 3 sổ THKQGD Giữa học kì I" in words(unconfirmed)
    assert not BookSignature.objects.exists()
    done = client.post(reverse(SIGN), {"book": books, "period": "GHKI", **CONFIRMED}, follow=True)
    assert "Đã kí 3 sổ THKQGD Giữa học kì I." in done.content.decode()
    assert BookSignature.objects.count() == 3


def test_what_cannot_be_signed_is_told_with_a_way_to_it_and_what_was_ticked_stays_ticked(school, client):
    told = tokens(school.lan)
    look(school.lan, TOAN, TV)
    SubjectResult.objects.filter(line__code="TV", student=school.pupils[0]).update(attainment="C")
    client.force_login(school.lan)
    answer = client.post(reverse(SIGN), {"book": [told[TOAN], told[TV]], **CONFIRMED})
    assert answer.status_code == 422
    assert "Tiếng Việt lớp 4A : Nội dung vừa thay đổi" in words(answer)
    assert reverse("approvals:signature", args=[school.class_4a.pk, "TV", "GHKI"]) in answer.content.decode()
    assert ticked(answer) == {TOAN, TV}
    assert not BookSignature.objects.exists()


def test_nothing_is_ticked_beforehand_among_several_books_and_those_read_can_be_ticked_together(
    school, client
):
    look(school.lan, TOAN)
    client.force_login(school.lan)
    page = client.get(reverse(PAGE), {"period": "GHKI"})
    assert ticked(page) == set()
    assert "checked" not in page.content.decode()
    told = words(page)
    assert re.search(r"Toán lớp 4A đã xem \d\d:\d\d \d\d/\d\d/\d{4} Xem nội dung", told)
    assert "Tiếng Việt lớp 4A chưa xem Xem nội dung" in told
    assert ticked(client.get(reverse(PAGE), {"period": "GHKI", "tick": "seen"})) == {TOAN}
    sign(school.lan, TOAN, TV)
    assert ticked(client.get(reverse(PAGE), {"period": "GHKI"})) == {CLASS_BOOK}


def test_a_book_not_read_is_refused_with_the_reason_beside_it_and_nothing_is_signed(school, client):
    told = tokens(school.lan)
    look(school.lan, TOAN)
    client.force_login(school.lan)
    answer = client.post(reverse(SIGN), {"book": [told[TOAN], told[TV]], **CONFIRMED})
    assert answer.status_code == 422
    beside = {book.title: problem for book, _ticked, problem, _pending in answer.context["to_sign"]}
    assert beside[TV].startswith("Thầy cô chưa xem nội dung sổ như hiện nay.")
    assert (beside[TOAN], beside[CLASS_BOOK]) == ("", "")
    assert (
        answer.content.decode().count("chưa xem nội dung sổ như hiện nay") == 2
    )  # in the list of errors and beside
    assert not BookSignature.objects.exists()


def test_the_books_are_read_one_after_the_other_and_then_signed_together(school, client):
    client.force_login(school.lan)
    page = client.get(reverse(PAGE), {"period": "GHKI"})
    address = page.context["list"].first_unseen.url
    read = []
    while True:
        page = client.get(address)
        read.append(page.context["page"].book.title)
        following = page.context["page"].next
        if following is None:
            break
        assert f'href="{following.url}">Xem sổ tiếp theo' in page.content.decode()
        address = following.url
    assert sorted(read) == sorted([TOAN, TV, CLASS_BOOK])
    assert "chọn cả 3 sổ để kí một lần" in words(page)
    listed = client.get(reverse(PAGE), {"period": "GHKI", "tick": "seen"})
    assert ticked(listed) == {TOAN, TV, CLASS_BOOK}
    books = [book.token for book, _ticked, _problem, _pending in listed.context["to_sign"]]
    done = client.post(reverse(SIGN), {"book": books, **CONFIRMED}, follow=True)
    assert "Đã kí 3 sổ" in done.content.decode()


def test_the_page_of_a_book_shows_every_cell_that_is_signed_and_when_it_was_read_before(school, client):
    client.force_login(school.lan)
    address = reverse("approvals:signature", args=[school.class_4a.pk, "TOAN", "GHKI"])
    first = client.get(address)
    book = first.context["page"].book
    shown = words(first)
    for cells in book.now.rows.values():
        assert " ".join(cells[f"TOAN.{name}"] for name in ("attainment", "mark", "comment")) in shown
    assert [pupil.full_name in shown for pupil in school.pupils] == [True] * 3
    assert "Lần trước" not in shown
    assert "Lần trước thầy cô xem nội dung này" in words(client.get(address))
    SubjectResult.objects.filter(line__code="TOAN", student=school.pupils[0]).update(mark=3)
    assert "Nội dung đã thay đổi sau lần thầy cô xem trước" in words(client.get(address))
    client.get(reverse("approvals:signature", args=[school.class_4a.pk, "NLPC", "GHKI"]))
    class_book = own_books(school.lan)[CLASS_BOOK]
    columns = {column.heading for column in reading_of(class_book).columns}
    assert {"Tiếng Việt", "Toán", "Công nghệ", "Chăm chỉ"} <= columns
    told = [
        value for _item, cell in reading_of(class_book).rows[0].cells for value in cell.split(" · ") if value
    ]
    assert sorted(told) == sorted(class_book.now.rows[school.pupils[0].pk].values())


def test_who_only_follows_a_book_leaves_no_look(school, client):
    client.force_login(school.hoa)
    page = client.get(reverse("approvals:signature", args=[school.class_4a.pk, "TOAN", "GHKI"]))
    assert page.context["page"].reading is None
    assert not BookLook.objects.exists()


def test_a_form_made_up_for_books_of_two_periods_or_of_nothing_is_not_found(school, client):
    client.force_login(school.lan)
    book = tokens(school.lan)[TOAN]
    for made_up in ([book, book.replace("GHKI", "CHKI")], ["x.TOAN.GHKI.a"], [book.replace("GHKI", "BS")]):
        assert client.post(reverse(SIGN), {"book": made_up, **CONFIRMED}).status_code == 404


def test_the_register_lists_who_has_not_signed_to_the_office_the_head_and_each_their_own(school, client):
    sign(school.lan, TOAN)

    def seen(person):
        client.force_login(person)
        return {book.title for book in client.get(reverse(PAGE), {"state": "all"}).context["list"].page}

    everything = seen(school.hoa)
    assert {TOAN, CLASS_BOOK, "Sổ của lớp 4B", "Toán lớp 1A"} <= everything
    assert seen(school.tuan) == everything
    assert seen(school.dung) == {title for title in everything if not title.endswith("1A")}
    assert seen(school.thu) == {"Ngoại ngữ 1 lớp 4A", "Ngoại ngữ 1 lớp 4B"}
    client.force_login(school.hoa)
    lines = client.get(reverse(PAGE), {"class": school.class_4a.pk}).context["list"].lines
    owed = {line.owing.name: [book.title for book in line.owing.books] for line in lines}
    assert owed["Lê Thị Thu"] == ["Ngoại ngữ 1 lớp 4A"]
    assert owed["Nguyễn Thị Lan"] == ["Tiếng Việt lớp 4A", CLASS_BOOK]
    assert "Đạo đức lớp 4A" in owed["chưa phân công"]


def test_the_page_of_a_broken_signature_names_cell_values_writer_and_request(school, client):
    (signature,) = sign(school.lan, TOAN)
    before = SubjectResult.objects.get(line__code="TOAN", student=school.pupils[0]).mark
    request = applied(school, "1")
    client.force_login(school.lan)
    page = client.get(reverse("approvals:signature", args=[school.class_4a.pk, "TOAN", "GHKI"]))
    told = words(page)
    assert "Nội dung đã thay đổi sau khi kí – cần kí lại" in told
    assert f"{school.pupils[0].full_name} Toán: điểm KTĐK {before} 1 Bùi Anh Tuấn (Văn thư)" in told
    assert reverse("approvals:request", args=[request.pk]) in page.content.decode()
    assert signature.digest in told


def test_what_was_changed_past_the_application_is_named_all_the_same(school, client):
    sign(school.lan, CLASS_BOOK)
    SubjectResult.objects.filter(line__code="TV", student=school.pupils[1]).update(attainment="C")
    client.force_login(school.hoa)
    told = words(client.get(reverse("approvals:signature", args=[school.class_4a.pk, "NLPC", "GHKI"])))
    assert f"{school.pupils[1].full_name} Tiếng Việt: mức đạt được" in told
    assert "Lịch sử không ghi ai sửa" in told


def test_the_books_to_sign_are_the_teachers_task_and_a_broken_one_is_again(school):
    assert [task.title for task in read_tasks(fresh(school.lan)).signatures] == ["Kí sổ THKQGD Giữa học kì I"]
    assert not read_tasks(fresh(school.hoa)).signatures
    sign(school.lan, TOAN, TV, CLASS_BOOK)
    assert not read_tasks(fresh(school.lan)).signatures
    applied(school, "1")
    assert [task.title for task in read_tasks(fresh(school.lan)).signatures] == [
        f"Kí lại sổ THKQGD Giữa học kì I: {TOAN}",
        f"Kí lại sổ THKQGD Giữa học kì I: {CLASS_BOOK}",
    ]


def test_a_substitute_signs_on_the_days_of_holding_the_line_and_it_is_said_for_whom(school):
    toan = TeachingAssignment.objects.get(school_class=school.class_4a, line__code="TOAN")
    days = Days(clock.today(), clock.today())
    hand_over_assignment(toan, to=fresh(school.minh), days=days, reason="Ốm", by=fresh(school.hoa))
    assert TOAN not in own_books(school.lan)
    (signature,) = sign(school.minh, TOAN)
    assert (signature.signer, signature.stands_in_for) == (school.minh, school.lan)


def roll_to_correct(school, day):
    """The first pupil was absent on that morning: approved by cô Hoa."""
    request = propose_roll(school.class_4a, day, "morning", Chosen({school.pupils[0].pk: "K"}), by=school.lan)
    corrections.attach(request, cleaned_picture("đơn.jpg"), by=school.lan)
    corrections.file_request(request, reason="Gọi sót.", by=school.lan)
    return corrections.decide(request, approve=True, note="", by=school.hoa)


def test_the_class_book_holds_the_days_absent_of_the_months_confirmed(school):
    assert own_books(school.lan)[CLASS_BOOK].now.absent_until == ""
    year = SchoolYear.objects.get()
    for month in (9, 11):
        AttendanceMonth.objects.create(
            school_class=school.class_4a,
            month=year.lessons_start_on.replace(month=month),
            with_leave=0,
            without_leave=0,
            not_called=0,
            confirmed_by=school.lan,
            confirmed_at=clock.now(),
        )
    assert own_books(school.lan)[CLASS_BOOK].now.absent_until == f"{year.pk}-09-30"
    (signature,) = sign(school.lan, CLASS_BOOK)
    assert signature.absent_until == year.lessons_start_on.replace(day=30)
    done = corrections.carry_out(roll_to_correct(school, datetime.date(year.pk, 9, 16)), by=school.tuan)
    assert "Chữ kí sổ của lớp 4A, Giữa học kì I, của Nguyễn Thị Lan" in done.effects


def test_the_register_takes_the_same_statements_for_few_signatures_and_for_many(school, client):
    sign(school.lan, CLASS_BOOK)
    client.force_login(school.hoa)

    def statements():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(PAGE), {"state": "all"})
        return len(asked)

    few = statements()
    sign(school.lan, TOAN, TV)
    assert statements() == few <= 20  # four of them to find the period to open at


def test_without_a_period_the_page_opens_where_a_book_waits_for_the_reader_or_for_others(school, client):
    open_window(school, Period.END_TERM_1)

    def opened(person, **asked):
        client.force_login(fresh(person))
        return client.get(reverse(PAGE), asked).context["list"].period

    assert (opened(school.lan), opened(school.hoa)) == (Period.MID_TERM_1, Period.MID_TERM_1)
    assert opened(school.lan, period="CHKI") == Period.END_TERM_1
    assert TOAN in words(client.get(reverse(PAGE)))
    sign(school.lan, TOAN, TV, CLASS_BOOK)
    assert opened(school.lan) == Period.END_TERM_1
    assert opened(school.hoa) == Period.MID_TERM_1  # the books of 4B and 1A
    assert "Không còn sổ nào phải kí" not in words(client.get(reverse(PAGE)))
