"""The notice of a breach of personal data on paper: its number, its pages (rule R67)."""

import pytest
from django.urls import reverse

from accounts import clock
from approvals.data_incidents import Found, Notice, Told, notify, record_incident
from approvals.data_rules import INCIDENT_FORM, NOTIFIED
from reports.data_incident_papers import NO_NUMBER, incident_pdf, read_incident_paper
from tests.approvals.test_personal_data import HOUR, again, as_, incident, text
from tests.reports.papers import pages_of

pytestmark = pytest.mark.django_db
MEASURES = "Đề nghị người nhận xoá thư, đã nhận xác nhận; nhắc toàn trường kiểm tra người nhận trước khi gửi."


def written(school, *, what="Danh sách lớp được gửi nhầm tới một phụ huynh lớp khác."):
    """An incident as long as they are: the demonstration school's."""
    found = Found("Chiều hôm nay, thư điện tử của trường", clock.now() - 2 * HOUR, "Văn thư, phụ huynh báo")
    told = Told(
        what,
        "Họ tên học sinh, họ tên và số điện thoại cha mẹ của một lớp; không có dữ liệu nhạy cảm.",
        34,
        "Một người ngoài lớp biết số điện thoại; chưa thấy phát tán.",
        MEASURES,
        "Văn thư nhà trường",
    )
    return record_incident(found, told, by=again(school.tuan))


def told(school, found, how):
    return notify(found, Notice(NOTIFIED, clock.now(), how, ""), by=again(school.tuan))


def pages(found):
    return pages_of(incident_pdf(read_incident_paper(found)))


@pytest.mark.parametrize(
    ("how", "number"),
    [
        ("14/CV-THKĐ, gửi qua bưu điện", "14/CV-THKĐ"),
        ("Công văn số 14/2026/CV-THKĐ gửi qua cổng", "14/2026/CV-THKĐ"),
        ("Gửi qua cổng ngày 27/11/2026", NO_NUMBER),
    ],
)
def test_the_number_of_the_letter_is_without_the_way_it_was_sent(school, how, number):
    (page,) = pages(told(school, incident(school), how))
    assert f"Số: {number} " in page
    assert "gửi qua" not in page


def test_before_it_is_sent_the_number_is_left_open(school):
    (page,) = pages(incident(school))
    assert f"Số: {NO_NUMBER} " in page


def test_a_usual_notice_stands_on_one_page_and_tells_the_authority_nothing_meant_for_the_clerk(
    school, client
):
    found = written(school)
    (page,) = pages(told(school, found, "14/CV-THKĐ, gửi qua bưu điện"))
    assert school.bich.full_name in page
    assert "đối chiếu với mẫu" not in page
    fresh = incident(school)
    shown = text(as_(client, school.tuan).get(reverse("approvals:data_incident", args=[fresh.pk])))
    assert f"để điền vào {INCIDENT_FORM}: đối chiếu với mẫu ban hành trước khi gửi" in shown


@pytest.mark.parametrize("lines", range(4, 16, 2))
def test_a_signature_never_stands_on_a_page_without_the_last_section(school, lines):
    found = written(school, what="\n".join(["Danh sách lớp được gửi nhầm."] * lines))
    last = pages(found)[-1]
    assert "7. Thời hạn thông báo" in last
    assert school.bich.full_name in last
