"""Results of a former school are recorded as such with their document, by three people (rule R12; issue 4, part 4)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from approvals import corrections
from approvals.mandates import CorrectionRefused
from gradebook.cell_history import read_cell_history
from gradebook.models import SubjectResult
from gradebook.sheets import Field
from students import movements
from tests.approvals.papers import cleaned_picture, draft, entered_school
from tests.gradebook.school import change_of, enter, open_window, value_of
from tests.students.test_movements import FROM, day, newcomer

pytestmark = pytest.mark.django_db

DOCUMENT = "Phiếu báo kết quả số 12/KQ-THHS ngày 02/11/2026, Trường Tiểu học Hoa Sen"
REASON = "Em chuyển đến sau khi sổ đã khoá."


def the_school():
    """4A's Toán of GHKI is locked; then a child comes from another school."""
    return entered_school()


@pytest.fixture
def child(school):
    return movements.transfer_in(
        newcomer(), school.class_4a, day=day(school, 50), by=school.tuan, **FROM
    ).student


def brought(school, child, value="8"):
    ref = school.sheet()
    return corrections.propose(ref, [change_of(ref, child, Field.MARK, value)], by=school.lan)


def page(school, request):
    client = Client()
    client.force_login(school.lan)
    return client.get(reverse("approvals:request", args=[request.pk])).content.decode()


def test_the_mark_stands_in_the_sheet_and_its_history_names_the_former_school_and_the_paper(school, child):
    request = brought(school, child)
    corrections.attach(request, cleaned_picture("phiếu báo.jpg"), by=school.lan)
    corrections.file_request(request, reason=REASON, document=DOCUMENT, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    done = corrections.carry_out(request, by=school.tuan)
    ref = school.sheet()
    assert value_of(ref, child) == "8"
    (step,) = read_cell_history(ref, child.pk, ref.line.code, Field.MARK)
    assert (step.source, step.who) == ("Kết quả ở trường cũ", school.tuan.full_name)
    assert DOCUMENT in step.why
    assert f"Kết quả ở trường cũ</strong>, theo {DOCUMENT}" in re.sub(r"\s+", " ", page(school, done))


def test_the_sheet_tells_it_from_a_mark_given_here_until_somebody_here_gives_another(school, child):
    request = brought(school, child)
    corrections.attach(request, cleaned_picture("phiếu báo.jpg"), by=school.lan)
    corrections.file_request(request, reason=REASON, document=DOCUMENT, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    client = Client()
    client.force_login(school.lan)
    sheet = reverse("gradebook:sheet", args=[school.class_4a.pk, "TOAN", "GHKI"])
    assert client.get(sheet).content.decode().count("trường cũ</span>") == 1
    assert SubjectResult.objects.get(student=child).brought == "mark"
    open_window(school)
    enter(school.sheet(), child, Field.MARK, "9", by=school.lan)
    assert "trường cũ</span>" not in client.get(sheet).content.decode()


def test_the_field_for_the_paper_is_there_only_for_a_child_who_came_this_year(school, child):
    assert 'name="document"' in page(school, brought(school, child))
    assert 'name="document"' not in page(school, draft(school))


def test_a_pupil_of_our_own_brings_no_results_from_elsewhere(school):
    with pytest.raises(CorrectionRefused, match="đã chuyển đến trong năm học này"):
        corrections.keep_reason(draft(school), reason=REASON, document=DOCUMENT, by=school.lan)


def test_a_mark_given_here_is_not_overwritten_by_one_from_elsewhere(school, child):
    request = brought(school, child)
    corrections.attach(request, cleaned_picture("phiếu báo.jpg"), by=school.lan)
    corrections.file_request(request, reason=REASON, document=DOCUMENT, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    again = brought(school, child, "9")
    with pytest.raises(CorrectionRefused, match="mọi ô còn trống"):
        corrections.keep_reason(again, reason=REASON, document=DOCUMENT, by=school.lan)
