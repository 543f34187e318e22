"""A filed request is spoken of and sent back for more before it is decided; each step has its due day (rule R52)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import Team, User
from approvals import corrections, opinions
from approvals.due import due_on
from approvals.mandates import CorrectionOutdated, CorrectionRefused
from approvals.models import CorrectionRequest
from approvals.request_pages import may_see_request, visible_requests
from approvals.tasks import read_tasks
from approvals.workflow import State
from gradebook.sheets import Field
from tests.approvals.papers import REASON, approved, cleaned_picture, entered_school, filed, returned
from tests.approvals.test_request_pages import act_of, page_of, text
from tests.gradebook.school import CONFIRMED, change_of, open_window, value_of

pytestmark = pytest.mark.django_db


def the_school():
    return entered_school()


def tasks_of(person):
    return read_tasks(User.objects.get(pk=person.pk)).requests


# -- The head of the tổ ------------------------------------------------------------------------------------


def test_the_head_of_the_team_gives_an_opinion_that_the_vice_principal_reads_and_nothing_waits_for(
    school, client
):
    request = filed(school)
    assert [task.to_do for task in tasks_of(school.dung)] == ["Có thể ghi ý kiến của tổ (không bắt buộc)"]
    client.force_login(school.dung)
    assert client.post(act_of(request, "opine"), {"opinion": " . "}).status_code == 422
    assert client.post(act_of(request, "opine"), {"opinion": "Đúng với bài."}).status_code == 302
    assert not tasks_of(school.dung)
    client.force_login(school.hoa)
    shown = text(client.get(page_of(request)))
    assert "Ý kiến tổ (khối) trưởng Đúng với bài." in shown
    assert "Phê chuẩn" in shown
    assert corrections.decide(filed(school, "8"), approve=True, note="", by=school.hoa).opinion == ""


def test_of_a_proposer_in_another_team_that_teams_head_is_asked_and_sees_the_request(school):
    languages = Team.objects.create(name="Tổ Ngoại ngữ")
    User.objects.filter(pk=school.thu.pk).update(team=languages)
    school.ngoc.posts.create(kind="grade_head", team=languages, starts_on=school.year.starts_on)
    sheet = school.sheet("NN1")
    request = corrections.propose(
        sheet, [change_of(sheet, school.pupils[0], Field.ATTAINMENT, "T")], by=school.thu
    )
    corrections.attach(request, cleaned_picture(), by=school.thu)
    request = corrections.file_request(request, reason=REASON, by=school.thu)
    head, other = User.objects.get(pk=school.ngoc.pk), school.dung
    assert may_see_request(head, request)
    assert request in visible_requests(head)
    with pytest.raises(PermissionDenied, match="tổ của người đề nghị"):
        opinions.give_opinion(request, opinion="Đúng.", by=other)
    assert opinions.give_opinion(request, opinion="Đúng.", by=head).opinion_by == head


def test_an_opinion_is_offered_as_optional_and_is_never_overdue_for_who_may_give_it(school, client):
    request = filed(school)
    yesterday = clock.today() - datetime.timedelta(days=1)
    CorrectionRequest.objects.filter(pk=request.pk).update(due_on=yesterday)
    (task,) = tasks_of(school.dung)
    assert (task.is_optional, task.due_on, task.is_overdue) == (True, None, False)
    client.force_login(school.dung)
    shown = text(client.get("/"))
    assert "Có thể cho ý kiến" in shown
    assert "Quá hạn" not in shown
    assert "Đến hạn trước" not in shown
    assert tasks_of(school.hoa)[0].is_overdue


def test_nobody_gives_a_second_opinion_on_a_request_by_the_page_or_in_the_database(school, client):
    request = opinions.give_opinion(filed(school), opinion="Đúng với bài.", by=school.dung)
    client.force_login(school.dung)
    page = client.get(page_of(request))
    assert "Ghi ý kiến" not in text(page)
    answer = client.post(act_of(request, "opine"), {"opinion": "Nghĩ lại, chưa rõ."})
    assert answer.status_code == 409
    assert "mỗi người ghi một lần" in text(answer)
    request.refresh_from_db()
    assert request.opinion == "Đúng với bài."
    with pytest.raises(IntegrityError, match="one opinion"), transaction.atomic():
        CorrectionRequest.objects.update(opinion="Chưa rõ.", opinion_at=clock.now())


def test_whoever_heads_the_team_later_may_say_something_too_and_both_stay_on_record(school, client):
    request = opinions.give_opinion(filed(school), opinion="Đúng với bài.", by=school.dung)
    post = school.dung.posts.get(kind="grade_head")
    school.dung.posts.filter(pk=post.pk).update(ends_on=clock.today() - datetime.timedelta(days=1))
    school.ngoc.posts.create(kind="grade_head", team=post.team, starts_on=clock.today())
    head = User.objects.get(pk=school.ngoc.pk)
    client.force_login(head)
    assert "Đúng với bài." in text(client.get(page_of(request)))
    request = opinions.give_opinion(request, opinion="Đồng ý với thầy Dũng.", by=head)
    assert request.opinion_by == head
    assert set(request.history.exclude(opinion="").values_list("opinion", flat=True)) == {
        "Đúng với bài.",
        "Đồng ý với thầy Dũng.",
    }
    with pytest.raises(IntegrityError, match="one opinion"), transaction.atomic():
        CorrectionRequest.objects.update(opinion_by=school.dung, opinion_at=clock.now())


# -- Asked for more ----------------------------------------------------------------------------------------


def test_sent_back_for_more_the_teacher_adds_it_and_files_again_and_what_was_filed_stays(school, client):
    request = filed(school)
    with pytest.raises(CorrectionRefused, match="cần bổ sung gì"):
        opinions.ask_for_more(request, note="", by=school.hoa)
    client.force_login(school.hoa)
    assert client.post(act_of(request, "return"), {"note": "Chụp trang đầu."}).status_code == 302
    assert [(task.to_do, task.note) for task in tasks_of(school.lan)] == [
        ("Bổ sung theo yêu cầu rồi gửi lại", "Chụp trang đầu.")
    ]
    client.force_login(school.lan)
    assert "yêu cầu bổ sung lúc" in text(client.get(page_of(request)))
    corrections.attach(request, cleaned_picture("đầu.png", "PNG"), by=school.lan)
    answer = client.post(act_of(request, "file"), {"code": "other", "reason": "Thêm ảnh trang đầu."})
    assert answer.status_code == 302
    request.refresh_from_db()
    assert (request.state, request.evidence.count()) == (State.FILED, 2)
    story = text(client.get(page_of(request)))
    assert "Bổ sung, gửi lại phiếu" in story
    assert "Chụp trang đầu." in story
    assert corrections.decide(request, approve=True, note="", by=school.hoa).state == State.APPROVED


def test_a_file_added_to_the_answer_may_go_again_the_database_keeps_the_filed_one(school):
    request = returned(school)
    first = request.evidence.get()
    added = corrections.attach(request, cleaned_picture("đầu.png", "PNG"), by=school.lan)
    corrections.detach(added, by=school.lan)
    with pytest.raises(CorrectionOutdated, match="đã bỏ ra khỏi phiếu rồi"):
        corrections.detach(added, by=school.lan)
    with pytest.raises(IntegrityError, match="evidence of a filed request"), transaction.atomic():
        first.delete()
    assert corrections.keep_reason(request, reason="", by=school.lan).reason == REASON


def test_a_request_is_not_sent_back_as_it_was_but_with_a_new_file_or_other_words(school, client):
    request = returned(school)
    nothing_new = {"code": "other", "reason": f" {REASON} "}
    client.force_login(school.lan)
    answer = client.post(act_of(request, "file"), nothing_new)
    assert answer.status_code == 422
    assert answer.context["errors"] == {"reason": [corrections.NOTHING_NEW]}
    assert "Phiếu chưa có gì mới từ khi được yêu cầu bổ sung" in text(answer)
    with pytest.raises(CorrectionRefused, match="chưa có gì mới"):
        corrections.file_request(request, reason=REASON, by=school.lan)
    request.refresh_from_db()
    assert request.state == State.RETURNED
    added = corrections.attach(request, cleaned_picture("đầu.png", "PNG"), by=school.lan)
    corrections.detach(added, by=school.lan)
    assert client.post(act_of(request, "file"), nothing_new).status_code == 422
    assert client.post(act_of(request, "file"), {**nothing_new, "code": "wrong_figure"}).status_code == 302


@pytest.mark.parametrize("is_kept_before", [True, False])
def test_other_words_are_an_answer_also_when_they_were_kept_before_they_are_sent(school, is_kept_before):
    request = returned(school)
    reason = "Cộng nhầm phần đọc, bài trang 2 có điểm từng câu."
    if is_kept_before:
        corrections.keep_reason(request, reason=reason, code="other", by=school.lan)
    assert corrections.file_request(request, reason=reason, by=school.lan).state == State.FILED
    again = opinions.ask_for_more(request, note="Vẫn chưa rõ.", by=school.hoa)
    with pytest.raises(CorrectionRefused, match="chưa có gì mới"):
        corrections.file_request(again, reason=reason, by=school.lan)


def test_what_was_sent_the_first_time_is_no_news_the_second_time(school):
    request = returned(school)
    corrections.attach(request, cleaned_picture("đầu.png", "PNG"), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    opinions.ask_for_more(request, note="Ảnh vẫn mờ.", by=school.hoa)
    with pytest.raises(CorrectionRefused, match="chưa có gì mới"):
        corrections.file_request(request, reason=REASON, by=school.lan)


# -- Due days ----------------------------------------------------------------------------------------------


def test_the_due_day_counts_school_days_and_in_summer_weekdays(school):
    friday = datetime.date(2026, 11, 27)
    assert due_on(State.FILED, friday, school.year) == datetime.date(2026, 12, 2)
    assert due_on(State.APPROVED, friday, school.year) == datetime.date(2026, 12, 1)
    assert due_on(State.DRAFT, friday, school.year) is None
    assert due_on(State.APPLIED, friday, school.year) is None


def test_what_is_overdue_is_marked_in_the_list_and_first_among_the_tasks(school, client):
    late, fresh = filed(school, "8"), filed(school, "9")
    assert late.due_on > clock.today()
    yesterday = clock.today() - datetime.timedelta(days=1)
    CorrectionRequest.objects.filter(pk=late.pk).update(due_on=yesterday)
    assert [task.is_overdue for task in tasks_of(school.hoa)] == [True, False]
    client.force_login(school.hoa)
    listed = text(client.get(reverse("approvals:requests"), {"who": "overdue"}))
    assert "Quá hạn (1)" in listed
    assert f"Phiếu {late.label}" in listed
    assert f"Phiếu {fresh.label}" not in listed
    done = corrections.carry_out(
        corrections.decide(late, approve=True, note="", by=school.hoa), by=school.tuan
    )
    assert done.due_on is None


# -- From the pupil and the cell ---------------------------------------------------------------------------


def pupil_url(school, *, who=0):
    return reverse(
        "approvals:propose_pupil", args=[school.class_4a.pk, "TOAN", "GHKI", school.pupils[who].pk]
    )


def test_the_history_of_a_cell_and_the_page_of_the_pupil_lead_to_a_request(school, client):
    pupil = school.pupils[0]
    client.force_login(school.lan)
    of_cell = [school.class_4a.pk, "TOAN", "GHKI", pupil.pk, "TOAN", "mark"]
    told = client.get(reverse("gradebook:cell_history", args=of_cell)).content.decode()
    assert f'{pupil_url(school)}?item=TOAN&amp;field=mark"' in told
    told = client.get(reverse("gradebook:pupil_sheet", args=[school.class_4a.pk, pupil.pk])).content.decode()
    assert f'href="{pupil_url(school)}"' in told
    form = client.get(pupil_url(school), {"item": "TOAN", "field": "mark"}).content.decode()
    field = form[form.index(f'id="c.{pupil.pk}.TOAN.mark"') :]
    assert "autofocus" in field[: field.index(">")]
    typed = {f"c.{pupil.pk}.TOAN.mark": "9", f"c.{pupil.pk}.TOAN.attainment": "H"}
    posted = client.post(reverse("approvals:propose", args=[school.class_4a.pk, "TOAN", "GHKI"]), typed)
    assert posted.status_code == 302
    assert CorrectionRequest.objects.get().items.get().new_value == "9"


def test_others_and_open_sheets_are_led_to_no_request(school, client):
    client.force_login(school.minh)
    assert client.get(pupil_url(school)).status_code == 403
    client.force_login(school.thu)
    assert client.get(pupil_url(school)).status_code == 403
    open_window(school)
    client.force_login(school.lan)
    assert "không lập được phiếu" in text(client.get(pupil_url(school)))
    of_cell = [school.class_4a.pk, "TOAN", "GHKI", school.pupils[0].pk, "TOAN", "mark"]
    told = client.get(reverse("gradebook:cell_history", args=of_cell)).content.decode()
    assert "Đề nghị sửa ô này" not in told


# -- Posted directly ---------------------------------------------------------------------------------------


def test_a_stale_form_and_a_second_click_change_nothing(school, client):
    request = approved(school)
    client.force_login(school.tuan)
    assert client.post(act_of(request, "apply"), CONFIRMED).status_code == 302
    assert client.post(act_of(request, "apply"), CONFIRMED).status_code == 409
    for act in ("return", "approve", "refuse"):
        client.force_login(school.hoa)
        assert client.post(act_of(request, act), {"note": "Khác.", **CONFIRMED}).status_code == 409
    request.refresh_from_db()
    assert (request.state, value_of(school.sheet(), school.pupils[0])) == (State.APPLIED, "9")
    assert request.effects == (
        "Kết quả năm học, khen thưởng, lên lớp không đổi: không có ô nào trong phiếu dùng để xếp kết quả."
    )
