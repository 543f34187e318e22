"""What the sheet says of a value is said before it is approved; a gap in a locked book has a reason and a task."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from approvals import corrections
from approvals.digests import digest_of
from approvals.mandates import CorrectionIncomplete
from approvals.models import CorrectionRequest
from approvals.tasks import read_tasks
from gradebook.doubts import doubts_of
from gradebook.progress_sheets import read_sight
from gradebook.readiness import read_readiness
from gradebook.regulation import Period
from gradebook.scopes import Scope
from tests.approvals.papers import REASON, cleaned_picture, draft, entered_school
from tests.gradebook.school import close_window, enter, open_window

pytestmark = pytest.mark.django_db
GAP = "Ô phải có của sổ đã khoá: thực hiện phiếu thì ô này để trống, nên phải ghi lí do."
WHY_EMPTY = "Em chưa kiểm tra, điểm ghi nhầm từ em khác."


def the_school():
    """Toán GHKI of 4A entered for the first pupil (mark and level) and locked."""
    return entered_school()


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def shown(client, person, request):
    client.force_login(person)
    return text(client.get(reverse("approvals:request", args=[request.pk])))


def with_evidence(school, request):
    corrections.attach(request, cleaned_picture(), by=school.lan)
    return request


def carried_out(school, request, **reasons):
    corrections.file_request(request, reason=REASON, by=school.lan, **reasons)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)


def test_draft_approver_and_clerk_see_the_warnings_that_the_sheet_has_for_the_value(school, client):
    request = with_evidence(school, draft(school, "2"))
    (doubt,) = doubts_of(school.sheet(), "TOAN", {"attainment": "H", "mark": "2"})
    assert doubt.sentence in shown(client, school.lan, request)
    corrections.file_request(request, reason=REASON, by=school.lan)
    assert doubt.sentence in shown(client, school.hoa, request)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    before_it_is_written = shown(client, school.tuan, request)
    assert doubt.sentence in before_it_is_written
    assert GAP not in before_it_is_written
    corrections.carry_out(request, by=school.tuan)
    assert doubt.sentence not in shown(client, school.tuan, request)


def test_a_value_that_fits_is_warned_of_nowhere_and_needs_no_reason_for_a_gap(school, client):
    page = shown(client, school.lan, draft(school, "6"))
    assert "thường" not in page.split("Các ô đề nghị sửa")[1].split("Loại sai sót")[0]
    assert "Vì sao để trống" not in page


def test_an_emptied_mark_is_pointed_out_and_filed_only_with_a_reason_of_its_own(school, client):
    request = with_evidence(school, draft(school, ""))
    assert GAP in shown(client, school.lan, request)
    file = reverse("approvals:request_act", args=[request.pk, "file"])
    told = {"code": "wrong_figure", "reason": REASON}
    refused = client.post(file, told)
    assert refused.status_code == 422
    assert "Vì sao để trống : Phiếu xoá trống ô phải có của sổ đã khoá." in text(refused)
    with pytest.raises(CorrectionIncomplete, match="để trống"):
        corrections.file_request(request, reason=REASON, gap_reason="  ", by=school.lan)
    assert client.post(file, {**told, "gap_reason": WHY_EMPTY}).status_code == 302
    for person in (school.hoa, school.lan):
        page = shown(client, person, request)
        assert GAP in page
        assert f"Vì sao để trống ô phải có: {WHY_EMPTY}" in page


def test_the_database_keeps_the_reason_of_a_gap_once_it_is_filed(school):
    request = with_evidence(school, draft(school, ""))
    corrections.file_request(request, reason=REASON, gap_reason=WHY_EMPTY, by=school.lan)
    with pytest.raises(IntegrityError, match="its reason stays"), transaction.atomic():
        CorrectionRequest.objects.filter(pk=request.pk).update(gap_reason="Khác")


def gaps_of(person):
    """(sheet, period, how many cells, how many of them requests would fill) of the person's start page."""
    page = read_tasks(User.objects.get(pk=person.pk))
    return [(task.title, task.period, task.tally.missing, task.asked) for task in page.gaps]


def test_a_gap_in_a_locked_book_is_its_teachers_task_and_seen_in_readiness(school, client):
    title = school.sheet().title
    others = [row for row in gaps_of(school.lan) if row[0] != title]
    (before,) = [row for row in gaps_of(school.lan) if row[0] == title]
    missing = before[2]
    assert before == (title, Period.MID_TERM_1, missing, 0)
    client.force_login(school.lan)
    start = text(client.get("/"))
    assert "Sổ đã khoá, còn ô trống" in start
    assert "Sổ đã khoá: lập phiếu đề nghị sửa để ghi giá trị còn thiếu" in start
    assert f"Thiếu {missing} ô" in start
    assert any("sổ đã khoá còn ô trống" in line for line in digest_of(school.lan).lines)
    assert not [row for row in gaps_of(school.minh) if row[0] == title]
    report = read_readiness(read_sight(school.hoa), Period.MID_TERM_1, Scope())
    (found,) = [gaps for sheet, gaps in report.gaps if sheet.ref.title == title]
    assert (school.pupils[1], "điểm KTĐK") in [
        (pupil.student, cell) for pupil in found.pupils for cell in pupil.words.split(", ")
    ]
    assert [row for row in gaps_of(school.lan) if row[0] != title] == others


def test_a_sheet_that_is_open_again_is_to_be_entered_and_no_gap_of_a_locked_book(school):
    assert gaps_of(school.lan)
    open_window(school)
    assert gaps_of(school.lan) == []


def test_a_cell_emptied_for_a_reason_is_answered_everywhere_and_signing_says_why(school, client):
    title = school.sheet().title
    (before,) = [row for row in gaps_of(school.lan) if row[0] == title]
    carried_out(school, with_evidence(school, draft(school, "")), gap_reason=WHY_EMPTY)
    assert [row for row in gaps_of(school.lan) if row[0] == title] == [before]
    report = read_readiness(read_sight(school.hoa), Period.MID_TERM_1, Scope())
    (found,) = [gaps for sheet, gaps in report.gaps if sheet.ref.title == title]
    cells = [cell for pupil in found.pupils if pupil.student == school.pupils[0] for cell in pupil.cells]
    assert "mark" not in [cell.field for cell in cells]
    (sheet,) = [each for each in report.sheets if each.ref.title == title]
    assert sheet.tally.missing == found.missing
    client.force_login(school.lan)
    shown = text(client.get(reverse("approvals:signature", args=[school.class_4a.pk, "TOAN", "GHKI"])))
    assert f"{school.pupils[0].full_name}, Toán, điểm KTĐK: {WHY_EMPTY} (phiếu 01/" in shown


def test_the_task_of_a_gap_counts_the_requests_that_would_fill_it_and_no_dead_or_other_ones(school, client):
    title = school.sheet().title

    def asked():
        return [row[3] for row in gaps_of(school.lan) if row[0] == title]

    draft(school, "9")  # of a cell that is not empty
    assert asked() == [0]
    draft(school, "8", pupil=1)
    assert asked() == [1]
    client.force_login(school.lan)
    assert "Phiếu đề nghị sửa của thầy cô đang chờ ghi 1 ô" in text(client.get("/"))
    open_window(school)
    enter(school.sheet(), school.pupils[1], "mark", "6", by=school.lan)
    close_window(school)
    assert asked() == [0]
