"""Orders for a line, one teacher or a part; orders carried out; the calendar (issue 5, part 6; PLAN IV.1–IV.3)."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import clock
from accounts.models import User
from gradebook.lock_calendar import read_calendar
from gradebook.models import EntryOrder, EntryWindow, OrderExecution, WindowCut
from gradebook.order_execution import ExecutionRefused, carry_out
from gradebook.orders import OrderRefused, issue_order
from gradebook.regulation import Period
from gradebook.scopes import HOMEROOM
from gradebook.sheets import Field
from gradebook.windows import lock_state, period_in_year
from tests.gradebook.school import enter, open_window, value_of

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def order(school):
    """Issues an order on GHKI, from now for a day unless told otherwise; a lock has no end."""
    numbers = iter(range(100, 200))

    def issue(kind=EntryOrder.Kind.OPEN, *, hours=24, **values):
        now = clock.now()
        given = {
            "number": f"{next(numbers)}/TB-THKĐ",
            "dated": clock.today(),
            "kind": kind,
            "year": school.year,
            "period": Period.MID_TERM_1,
            "text": "Theo lệnh.",
            "opens_at": now,
            "closes_at": now + hours * HOUR if kind == EntryOrder.Kind.OPEN else None,
        }
        return issue_order(order=EntryOrder(**{**given, **values}), by=school.bich)

    return issue


def is_open(school_class, code):
    return lock_state(school_class, Period.MID_TERM_1, code).is_open


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# -- A line, a teacher -------------------------------------------------------------------------------------


def test_an_order_for_a_line_opens_that_line_and_the_database_takes_no_other_sheet(school, order):
    order(grade_level=4, line_code="TOAN")
    assert is_open(school.class_4a, "TOAN")
    assert not is_open(school.class_4a, "TV")
    assert not is_open(school.class_4a, HOMEROOM)
    assert not is_open(school.class_1a, "TOAN")
    assert not enter(school.sheet(), school.pupils[0], Field.MARK, "7", by=school.lan).locked
    refused = enter(school.sheet("TV"), school.pupils[0], Field.ATTAINMENT, "T", by=school.lan)
    assert refused.locked.startswith("Chưa mở.")


def test_an_order_for_the_homeroom_sheet_opens_no_line(school, order):
    order(line_code=HOMEROOM)
    assert is_open(school.class_4a, HOMEROOM)
    assert not is_open(school.class_4a, "TOAN")


def test_a_personal_extension_is_for_the_sheets_of_one_teacher_and_ends_by_itself(school, order):
    order(hours=2, teacher=school.thu)
    assert is_open(school.class_4a, "NN1")
    assert is_open(school.class_4b, "NN1")
    assert not is_open(school.class_4a, "TOAN")
    with clock.travelling(clock.now() + 3 * HOUR):
        late = enter(school.sheet("NN1"), school.pupils[0], Field.ATTAINMENT, "T", by=school.thu)
    assert late.locked.startswith("Đã khoá từ")
    assert value_of(school.sheet("NN1"), school.pupils[0], Field.ATTAINMENT) == ""


def test_an_extension_for_one_class_and_line_of_a_teacher_opens_that_sheet_alone(school, order):
    order(school_class=school.class_4a, line_code="TV", teacher=school.lan)
    assert is_open(school.class_4a, "TV")
    assert not is_open(school.class_4a, "TOAN")


@pytest.mark.parametrize(
    ("scope", "field"),
    [({"grade_level": 1, "line_code": "KH"}, "line"), ({"grade_level": 1, "teacher": "thu"}, "teacher")],
)
def test_an_order_for_what_nobody_there_enters_is_refused(school, order, scope, field):
    person = scope.get("teacher")
    with pytest.raises(OrderRefused) as refusal:
        order(**{**scope, **({"teacher": school.people[person]} if person else {})})
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_the_database_refuses_an_opening_without_an_end_and_an_unknown_line(school, order):
    first = order()
    for change, constraint in (
        ({"closes_at": None}, "ends_by_itself"),
        ({"line_code": "XYZ"}, "line_is_known"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            EntryOrder.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(IntegrityError, match="window_line_is_known"), transaction.atomic():
        EntryWindow.objects.update(line_code="XYZ")


# -- A lock of a part --------------------------------------------------------------------------------------


def test_locking_a_class_leaves_the_schools_window_to_the_others_until_an_order_opens_it_again(school, order):
    order()
    lock = order(EntryOrder.Kind.LOCK, school_class=school.class_4a)
    assert not is_open(school.class_4a, "TOAN")
    assert not lock_state(school.class_4a, Period.MID_TERM_1).is_open
    assert is_open(school.class_4b, "TOAN")
    assert f"theo văn bản số {lock.number}" in lock_state(school.class_4a, Period.MID_TERM_1, "TOAN").sentence
    assert enter(school.sheet(), school.pupils[0], Field.MARK, "7", by=school.lan).locked
    order(school_class=school.class_4a, hours=2)
    assert is_open(school.class_4a, "TOAN")
    with clock.travelling(clock.now() + 3 * HOUR):
        assert not is_open(school.class_4a, "TOAN")
        assert is_open(school.class_4b, "TOAN")


def test_locking_a_line_or_a_teacher_shuts_those_sheets_and_no_other(school, order):
    order(grade_level=4)
    order(EntryOrder.Kind.LOCK, line_code="TOAN")
    order(EntryOrder.Kind.LOCK, teacher=school.thu)
    assert not is_open(school.class_4a, "TOAN")
    assert not is_open(school.class_4b, "NN1")
    assert is_open(school.class_4a, "TV")
    assert lock_state(school.class_4a, Period.MID_TERM_1).is_open


def test_a_lock_of_a_part_for_later_holds_from_its_hour(school, order):
    order()
    order(EntryOrder.Kind.LOCK, school_class=school.class_4a, opens_at=clock.now() + HOUR)
    assert is_open(school.class_4a, "TOAN")
    with clock.travelling(clock.now() + 2 * HOUR):
        assert not is_open(school.class_4a, "TOAN")
        assert is_open(school.class_4b, "TOAN")


def test_a_part_is_locked_once(school, order):
    order()
    order(EntryOrder.Kind.LOCK, grade_level=4)
    with pytest.raises(OrderRefused, match="Không có đợt nhập nào"):
        order(EntryOrder.Kind.LOCK, school_class=school.class_4a)
    order(EntryOrder.Kind.LOCK)
    assert WindowCut.objects.count() == 1
    assert not is_open(school.class_1a, "TOAN")


def test_an_opening_that_would_end_before_a_wider_one_is_refused_for_its_paper_would_be_false(school, order):
    order(hours=48)
    with pytest.raises(OrderRefused, match="ban hành lệnh khoá") as refusal:
        order(hours=2, school_class=school.class_4a)
    assert [problem.field for problem in refusal.value.problems] == ["closes_at"]
    order(hours=72, school_class=school.class_4a)


# -- Carried out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["hoa", "tuan"])
def test_the_vice_principal_or_the_clerk_records_that_an_order_is_carried_out(school, order, client, person):
    signed = order()
    client.force_login(school.people[person])
    assert signed.number in text(client.get(reverse("approvals:tasks")))
    client.post(reverse("gradebook:order_done", args=[signed.pk]))
    done = OrderExecution.objects.get()
    assert done.done_by == school.people[person]
    assert done.found.startswith("Đang mở đến")
    shown = text(client.get(reverse("gradebook:order", args=[signed.pk])))
    assert f"Đã thực hiện {done.done_by.full_name}, lúc" in shown
    assert signed.number not in text(client.get(reverse("approvals:tasks")))


def test_an_order_is_recorded_once_after_its_hour_and_by_those_two_alone(school, order):
    later = order(opens_at=clock.now() + HOUR)
    with pytest.raises(ExecutionRefused, match="Chưa đến giờ"):
        carry_out(later, found="", by=school.hoa)
    now = order(period=Period.END_TERM_1)
    for person in ("bich", "lan", "dung"):
        with pytest.raises(PermissionDenied):
            carry_out(now, found="", by=school.people[person])
    carry_out(now, found="Đang mở", by=school.hoa)
    with pytest.raises(ExecutionRefused, match="đã ghi"):
        carry_out(now, found="Đang mở", by=User.objects.get(pk=school.tuan.pk))


def test_the_system_opens_and_locks_at_the_ordered_minute_whoever_records_it(school, order):
    order(hours=1)
    assert is_open(school.class_4a, "TOAN")
    with clock.travelling(clock.now() + 2 * HOUR):
        assert not is_open(school.class_4a, "TOAN")
    assert not OrderExecution.objects.exists()


# -- Pages -------------------------------------------------------------------------------------------------


def test_the_calendar_says_what_is_open_and_locked_by_grade_and_line(school, order, client):
    order()
    order(EntryOrder.Kind.LOCK, school_class=school.class_4a, line_code="TOAN")
    order(teacher=school.thu, period=Period.END_TERM_1)
    client.force_login(school.lan)
    shown = text(client.get(reverse("gradebook:lock_calendar"), {"grade": "4"}))
    by_line = shown.split("từng môn học, hoạt động giáo dục")[1]
    line = by_line.split("Toán")[1].split("Ngoại ngữ 1")[0]
    assert "Đang mở" in line
    assert "Riêng 4A: đã khoá" in line
    assert "giáo viên Lê Thị Thu" in shown.split("Gia hạn riêng còn hiệu lực")[1]


def test_the_calendar_names_the_lines_and_the_teacher_that_stand_otherwise(school, order, client):
    order()
    order(EntryOrder.Kind.LOCK, school_class=school.class_4a, line_code="GDTC")
    order(EntryOrder.Kind.LOCK, teacher=school.thu)
    order(grade_level=4, line_code="TOAN", period=Period.YEAR_END)
    calendar = read_calendar(school.year, None, {school.class_4b.pk})
    (row,) = [each for each in calendar.grades if each.grade_level == 4]
    cells = dict(zip(calendar.periods, row.cells, strict=True))
    names = ", ".join(words for words, _standing in cells[Period.MID_TERM_1].others)
    assert names == "Giáo dục thể chất lớp 4A, giáo viên Lê Thị Thu lớp 4A, 4B"
    assert {standing.word for _words, standing in cells[Period.MID_TERM_1].others} == {"Đã khoá"}
    year_end = [(words, standing.word) for words, standing in cells[Period.YEAR_END].others]
    assert year_end == [("Toán khối 4", "Đang mở")]
    assert calendar.chosen == 4


def test_a_class_locked_but_for_a_line_is_named_with_what_is_left_out(school, order):
    order()
    order(EntryOrder.Kind.LOCK, school_class=school.class_4a)
    order(school_class=school.class_4a, line_code="TOAN", hours=48)
    row = read_calendar(school.year, 4).grades[-1]
    assert [words for words, standing in row.cells[0].others if standing.kind == "locked"] == [
        "4A (trừ Toán)"
    ]


def test_the_calendar_takes_the_same_statements_however_many_orders(
    school, order, client, django_assert_num_queries
):
    client.force_login(school.lan)
    client.get(reverse("gradebook:lock_calendar"))
    with django_assert_num_queries(6):
        client.get(reverse("gradebook:lock_calendar"))
    for code in ("TOAN", "TV", HOMEROOM):
        order(line_code=code)
        order(EntryOrder.Kind.LOCK, line_code=code, school_class=school.class_4a)
    with django_assert_num_queries(6):
        client.get(reverse("gradebook:lock_calendar"))


def test_the_banner_has_ones_own_window_first_and_no_other(school, client):
    open_window(school, school_class=school.class_4b)
    open_window(school, Period.END_TERM_1, school_class=school.class_4a)
    client.force_login(school.lan)
    page = client.get(reverse("approvals:tasks")).content.decode()
    assert "Đang mở nhập Cuối học kì I (lớp 4A)" in page
    assert "(lớp 4B)" not in page


def test_whose_sheets_are_all_locked_by_an_order_of_their_own_reads_so_in_the_banner(school, order, client):
    def banner(person):
        client.force_login(User.objects.get(pk=person.pk))
        return client.get(reverse("approvals:tasks")).content.decode()

    order()
    order(EntryOrder.Kind.LOCK, teacher=school.thu)
    order(EntryOrder.Kind.LOCK, school_class=school.class_4a, line_code="TOAN")
    assert "Sổ Giữa học kì I của thầy cô đã khoá theo lệnh riêng" in banner(school.thu)
    assert "Đang mở nhập" not in banner(school.thu)
    assert "Đang mở nhập Giữa học kì I (trừ phần đã khoá riêng)" in banner(school.lan)
    order(teacher=school.thu, hours=30)
    assert "Đang mở nhập Giữa học kì I (gia hạn riêng cho thầy cô)" in banner(school.thu)
    assert "đã khoá theo lệnh riêng" not in banner(school.thu)


def test_an_extension_is_prepared_with_the_teacher_named_and_says_so_on_paper(school, client):
    client.force_login(school.bich)
    page = client.get(reverse("gradebook:order_new"), {"kind": "extend"})
    assert '<input type="hidden" name="kind" value="open"' in page.content.decode()
    first = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    day = clock.today() + datetime.timedelta(days=1)
    data = {
        **first,
        "opens_at": f"{day}T07:00",
        "closes_at": f"{day}T17:00",
        "dated": clock.today().isoformat(),
    }
    address = reverse("gradebook:order_new") + "?kind=extend"
    assert "Giáo viên chưa đúng" in text(client.post(address, {**data, "look": "1"}))
    seen = client.post(address, {**data, "teacher": str(school.thu.pk), "line": "NN1", "look": "1"})
    assert "Gia hạn nhập Giữa học kì I cho giáo viên Lê Thị Thu (Toàn trường, môn Ngoại ngữ 1)" in text(seen)
    assert seen.context["form"].cleaned_data["text"].startswith("Gia hạn hệ thống nhập")


def test_the_end_of_the_year_is_named_without_saying_it_twice(school):
    label = school.year.label
    assert period_in_year(Period.YEAR_END, school.year) == f"Cuối năm học {label}"
    assert period_in_year(Period.END_TERM_1, school.year) == f"Cuối học kì I năm học {label}"


def test_the_paper_of_a_lock_names_the_minute_from_which_it_holds(school, order, client):
    order()
    lock = order(EntryOrder.Kind.LOCK, opens_at=clock.now() - 5 * HOUR)
    client.force_login(school.lan)
    signed = localtime(lock.takes_effect_at)
    shown = text(client.get(reverse("gradebook:order", args=[lock.pk])))
    assert lock.takes_effect_at == lock.signed_at
    assert f"khoá từ {signed:%H:%M} ngày" in shown
