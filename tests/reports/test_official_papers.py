"""Orders and the decision on the management board on paper, read back from the PDF (Nghị định 30; rule R77)."""

import datetime
import io

import pikepdf
import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from accounts import clock
from accounts.dates import Days
from accounts.models import AccessLogEntry, Post, User
from accounts.posts import hand_over_post
from gradebook.models import EntryOrder
from gradebook.order_paper import paper_of
from gradebook.orders import issue_order
from gradebook.regulation import rules_for
from reports.read_back import squeezed, text_of
from students.paper_dates import long_date
from tests.approvals.kept import the_board, the_plan
from tests.gradebook.school import close_window, make_school, open_window

pytestmark = pytest.mark.django_db
A4 = (595, 842)


def the_school():
    return make_school(pupils=1)


def taken(client, person, name, pk):
    client.force_login(person)
    return client.get(reverse(name, args=[pk])).getvalue()


def assert_says(content, *parts):
    words = text_of(content)
    assert [part for part in parts if squeezed(part) not in words] == []


def test_an_order_prints_as_the_law_wants_it_on_one_page(school, client):
    order = open_window(school).order
    content = taken(client, school.thu, "reports:order_paper", order.pk)
    opens = localtime(order.opens_at)
    assert_says(
        content,
        school.year.parent_body.upper(),
        school.year.school_name.upper(),
        f"Số: {order.number}",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        f"{school.year.place}, {long_date(order.dated)}",
        "THÔNG BÁO",
        "Về việc mở hệ thống nhập điểm, đánh giá Giữa học kì I",
        *(f"Căn cứ {base};" for base in rules_for(school.year.year).bases_on(order.dated)),
        "2. Phạm vi: Toàn trường.",
        f"1. Thời gian: mở từ {opens:%H:%M} ngày {opens:%d/%m/%Y} đến",
        "4. Người nhập: giáo viên chủ nhiệm, giáo viên bộ môn",
        "5. Sau khi khoá, giáo viên không tự sửa",
        f"3. {order.text}",
        "6. Hệ thống mở, khoá đúng giờ",
        "đôn đốc giáo viên trong tổ./.",
        "Nơi nhận:",
        "HIỆU TRƯỞNG",
        school.bich.full_name,
    )
    words = text_of(content)
    assert words.index("THÔNGBÁO") < words.index(squeezed("Nơi nhận:")) < words.index("HIỆUTRƯỞNG")
    assert words.index(squeezed("6. Hệ thống mở")) < words.index(squeezed("Nơi nhận:"))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
        assert tuple(round(float(side)) for side in pdf.pages[0].MediaBox[2:]) == A4
    assert AccessLogEntry.objects.filter(kind="print_downloaded", user=school.thu).exists()


def opening(school):
    """An order that opens the books in two days."""
    late = clock.now() + datetime.timedelta(days=2)
    return EntryOrder(
        number="01/TB-THKĐ",
        dated=clock.today(),
        kind=EntryOrder.Kind.OPEN,
        year=school.year,
        period="GHKI",
        text="Mở nhập.",
        opens_at=late,
        closes_at=late + datetime.timedelta(days=1),
    )


def stand_in(school):
    """The vice-principal has the principal's post today, and gives it back tomorrow."""
    post = school.bich.posts.get(kind=Post.Kind.PRINCIPAL)
    today = clock.today()
    within = Days(today, school.year.ends_on)
    why = "Đi công tác, Giấy uỷ quyền số 05/UQ-THKĐ"
    hand_over_post(post, to=school.hoa, days=Days(today, today), reason=why, within=within, by=school.bich)
    return User.objects.get(pk=school.hoa.pk)


def test_what_the_deputy_signs_in_place_of_the_principal_says_so_on_the_page_and_on_paper(school, client):
    board, deputy = the_board(school), stand_in(school)
    order = issue_order(order=opening(school), by=deputy)
    for_the_principal = "KT. HIỆU TRƯỞNG PHÓ HIỆU TRƯỞNG"
    assert_says(
        taken(client, school.thu, "reports:order_paper", order.pk), for_the_principal, deputy.full_name
    )
    page = client.get(reverse("gradebook:order", args=[order.pk])).text
    assert "<strong>KT. HIỆU TRƯỞNG</strong></p><p><strong>PHÓ HIỆU TRƯỞNG</strong>" in page
    assert_says(
        taken(client, school.lan, "reports:board_paper", board.pk), for_the_principal, deputy.full_name
    )


def test_the_decision_names_the_members_and_stands_on_the_plan(school, client):
    plan = the_plan(school)
    version = the_board(school)
    content = taken(client, school.lan, "reports:board_paper", version.pk)
    assert_says(
        content,
        "Số: 12/QĐ-THKĐ",
        "QUYẾT ĐỊNH",
        "Về việc thành lập Ban quản lí Hệ thống CSDL",
        f"HIỆU TRƯỞNG {school.year.school_name.upper()}",
        f"Căn cứ Kế hoạch số {plan.number}",
        "Điều 1.",
        f"{school.bich.full_name}Hiệu trưởngTrưởng ban",
        f"{school.hoa.full_name}Phó Hiệu trưởngPhó Trưởng ban",
        f"{school.tuan.full_name}Văn thưThư kí",
        "Điều 2. Ban quản lí, vận hành Hệ thống CSDL của nhà trường.",
        "Điều 3.",
        "Như Điều 3;",
        school.bich.full_name,
    )


def test_a_decision_that_was_replaced_says_by_which(school, client):
    old = the_board(school)
    signed = the_board(school)
    the_board(school, number="14/QĐ-THKĐ")
    for each in (old, signed):
        content = taken(client, school.lan, "reports:board_paper", each.pk)
        assert_says(content, "ĐÃ THAY bằng quyết định số 14/QĐ-THKĐ")


def test_an_order_that_was_taken_back_says_by_which_and_that_one_names_it(school, client):
    order = issue_order(order=opening(school), by=school.bich)
    lock = close_window(school)
    content = taken(client, school.lan, "reports:order_paper", order.pk)
    assert_says(content, f"ĐÃ BÃI BỎ trước khi mở, theo văn bản số {lock.number}")
    assert paper_of(lock).points[0].endswith("Bãi bỏ văn bản số 01/TB-THKĐ.")


def test_another_document_is_not_printed_from_here(school, client):
    client.force_login(school.lan)
    assert client.get(reverse("reports:board_paper", args=[the_plan(school).pk])).status_code == 404
