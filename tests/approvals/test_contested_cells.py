"""Two requests on one cell, and cells that move on while a request waits: said before, and out of the queue after."""

import re

import pytest
from django.urls import reverse

from accounts.models import User
from approvals import corrections
from approvals.contested_cells import with_standing
from approvals.mandates import CorrectionRefused
from approvals.models import CorrectionRequest
from approvals.request_pages import read_page
from approvals.request_tasks import OUTDATED, OUTDATED_OWN
from approvals.tasks import read_tasks
from approvals.to_read import requests_waiting_for
from gradebook.regulation import Period
from gradebook.sheets import Field
from tests.approvals.papers import (
    REASON,
    applied,
    approved,
    awaiting,
    cleaned_picture,
    draft,
    entered_school,
    filed,
    returned,
)
from tests.gradebook.school import CONFIRMED, change_of, close_window, enter, open_window

pytestmark = pytest.mark.django_db

REPEAT = "6 · lấy điểm lần 1 · Em ốm."
CELLS = (
    ("TOAN", Field.MARK, "TOAN", "9", "8"),
    ("TOAN", Field.ATTAINMENT, "TOAN", "T", "C"),
    ("TOAN", Field.COMMENT, "TOAN", "Tính nhanh.", "Tính chậm."),
    ("TOAN", Field.REPEAT, "TOAN", REPEAT, "5 · lấy điểm lần 2 · Em ốm."),
    ("NLPC", Field.RATING, "yeu_nuoc", "T", "C"),
    ("NLPC", Field.COMMENT, "quality", "Em chăm ngoan.", "Em hăng hái."),
)


def the_school():
    return entered_school()


def again(person):
    return User.objects.get(pk=person.pk)


def text(answer):
    main = answer.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def outdated():
    rows = with_standing(CorrectionRequest.objects.order_by("pk"))
    return [(request.pk, request.is_outdated) for request in rows]


def as_the_pages_say(reader):
    requests = CorrectionRequest.objects.select_related("school_class__year", "line", "proposer").order_by(
        "pk"
    )
    return [(request.pk, read_page(reader, request).is_stuck) for request in requests]


def test_what_has_moved_on_is_told_of_each_kind_of_cell_as_its_page_tells_it(school):
    period, pupil = Period.YEAR_END, school.pupils[0]
    open_window(school, period)
    enter(school.sheet(period=period), pupil, Field.MARK, "4", by=school.lan)
    close_window(school, period)
    for code, field, item, wanted, _other in CELLS:
        ref = school.sheet(code, period=period)
        corrections.propose(ref, [change_of(ref, pupil, field, wanted, item=item)], by=school.lan)
    assert [moved for _pk, moved in outdated()] == [False] * len(CELLS)
    assert outdated() == as_the_pages_say(school.lan)
    open_window(school, period)
    for done, (code, field, item, _wanted, other) in enumerate(CELLS, start=1):
        enter(school.sheet(code, period=period), pupil, field, other, by=school.lan, item=item)
        assert outdated() == as_the_pages_say(school.lan)
        assert sum(moved for _pk, moved in outdated()) == done


def test_before_it_is_decided_the_list_and_the_tasks_say_that_another_request_has_the_same_cell(
    school, client
):
    first, second = filed(school, "9"), approved(school, "8")
    filed(school, "8", pupil=1)
    draft(school, "10", pupil=1)
    rows = with_standing(CorrectionRequest.objects.order_by("pk"))
    assert [row.is_contested for row in rows] == [True, True, False, True]
    client.force_login(school.hoa)
    for page in ("approvals:requests", "approvals:tasks"):
        shown = text(client.get(reverse(page)))
        lines = re.findall(rf"Phiếu {first.label}.*?(?=Phiếu|$)", shown)
        assert "Có phiếu khác cùng ô" in lines[-1]
    decision = text(client.get(reverse("approvals:request", args=[first.pk])))
    assert f"còn ở phiếu {second.label} đang chờ («Đã phê chuẩn, chờ thực hiện»)" in decision
    corrections.cancel(second, note="Không cần nữa.", by=school.lan)
    assert "Có phiếu khác cùng ô" not in text(client.get(reverse("approvals:requests")))


def test_when_one_is_carried_out_the_others_leave_the_clerk_and_come_to_their_proposer(school, client):
    refused, given_up, elsewhere = filed(school, "10"), filed(school, "8"), approved(school, "8", pupil=1)
    done = applied(school, "9")
    assert list(requests_waiting_for(again(school.tuan))) == [elsewhere]
    assert set(requests_waiting_for(again(school.lan))) == {refused, given_up}
    told = {task.url.split("/")[-2]: task for task in read_tasks(again(school.lan)).requests}
    assert {told[str(each.pk)].to_do for each in (refused, given_up)} == {OUTDATED_OWN}
    assert {told[str(each.pk)].due_on for each in (refused, given_up)} == {None}
    assert told[str(done.pk)].to_do == "Đã ghi vào sổ: mở phiếu để xem"
    assert [task.to_do for task in read_tasks(again(school.hoa)).requests] == [OUTDATED, OUTDATED]
    client.force_login(school.tuan)
    listed = text(client.get(reverse("approvals:requests"), {"state": "filed"}))
    assert listed.count("Giá trị đã đổi") == 2
    assert corrections.cancel(given_up, note="Không cần nữa.", by=school.lan).state == "cancelled"
    assert corrections.decide(refused, approve=False, note="Đã sửa rồi.", by=school.hoa).state == "refused"
    assert not requests_waiting_for(again(school.lan))


def test_the_proposer_is_led_from_the_outdated_request_to_a_new_one_with_the_value_that_stands(
    school, client
):
    request = filed(school, "8")
    applied(school, "9")
    client.force_login(school.lan)
    shown = client.get(reverse("approvals:request", args=[request.pk]))
    assert "lập phiếu mới theo giá trị đang lưu" in text(shown)
    address = shown.context["page"].propose_anew
    assert "Đang lưu: 9" in text(client.get(address))
    acts = shown.context["page"].acts
    assert acts == ("cancel",)
    cancel = reverse("approvals:request_act", args=[request.pk, "cancel"])
    assert client.post(cancel, {"cancel_note": "Không cần nữa."}).status_code == 302


def test_a_value_changed_in_a_sheet_that_was_opened_again_takes_the_request_from_the_clerk_too(
    school, client
):
    request = approved(school, "9")
    assert list(requests_waiting_for(again(school.tuan))) == [request]
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "8", by=school.lan)
    close_window(school)
    assert not requests_waiting_for(again(school.tuan))
    assert list(requests_waiting_for(again(school.lan))) == [request]
    client.force_login(school.tuan)
    page = text(client.get(reverse("approvals:request", args=[request.pk])))
    assert "Giá trị đã đổi" in page
    assert "Sẽ ghi vào sổ" not in page
    listed = text(client.get(reverse("approvals:requests"), {"state": "approved"}))
    assert listed.count("Giá trị đã đổi") == 1


def test_one_that_waits_for_the_principal_comes_back_to_its_proposer_when_its_value_moves_on(school, client):
    request = awaiting(school, "9")
    open_window(school)
    enter(school.sheet(), school.pupils[0], Field.MARK, "8", by=school.lan)
    close_window(school)
    assert list(requests_waiting_for(again(school.lan))) == [request]
    client.force_login(school.bich)
    consent = reverse("approvals:request_act", args=[request.pk, "consent"])
    assert client.post(consent, {"note": "", **CONFIRMED}).status_code == 409


# -- Approved once, filed current --------------------------------------------------------------------------


def refusal_of(act):
    with pytest.raises(CorrectionRefused) as refusal:
        act()
    return refusal.value.message


def test_of_two_requests_on_one_cell_the_second_is_approved_only_when_the_first_has_come_to_its_end(
    school, client
):
    first, second = approved(school, "9"), filed(school, "5")
    client.force_login(school.hoa)
    page = text(client.get(reverse("approvals:request", args=[second.pk])))
    assert "Chờ phiếu kia được thực hiện hoặc được huỷ mới phê chuẩn được phiếu này." in page
    approve = reverse("approvals:request_act", args=[second.pk, "approve"])
    answer = client.post(approve, {"note": "", **CONFIRMED})
    assert answer.status_code == 422
    told = f"Phiếu {first.label} sửa cùng ô với phiếu này và đang ở trạng thái «Đã phê chuẩn, chờ thực hiện»"
    assert told in text(answer)
    assert "Chờ phiếu đó được thực hiện hoặc được huỷ rồi xét tiếp." in text(answer)
    second.refresh_from_db()
    assert (second.state, second.decided_by) == ("filed", None)
    corrections.cancel(first, note="Không cần nữa.", by=school.lan)
    assert corrections.decide(second, approve=True, note="", by=school.hoa).state == "approved"


def test_one_that_waits_for_the_principal_holds_up_another_on_its_cell_but_not_one_on_another_cell(school):
    first, second, elsewhere = awaiting(school, "9"), filed(school, "5"), filed(school, "5", pupil=1)
    told = refusal_of(lambda: corrections.decide(second, approve=True, note="", by=school.hoa))
    assert f"Phiếu {first.label} sửa cùng ô" in told
    assert corrections.decide(elsewhere, approve=True, note="", by=school.hoa).state == "awaiting"


def test_a_draft_whose_value_has_changed_is_not_sent_and_takes_no_number(school, client):
    request = draft(school, "8")
    corrections.attach(request, cleaned_picture(), by=school.lan)
    applied(school, "9")
    client.force_login(school.lan)
    typed = {"code": "other", "reason": REASON}
    answer = client.post(reverse("approvals:request_act", args=[request.pk, "file"]), typed)
    assert answer.status_code == 409
    assert "Có ô đã đổi giá trị từ khi lập phiếu nên phiếu chưa gửi được." in text(answer)
    assert "lập phiếu mới theo giá trị đang lưu" in text(answer)
    assert REASON in answer.content.decode()
    request.refresh_from_db()
    assert (request.state, request.number) == ("draft", None)


def test_a_request_sent_back_is_not_sent_again_once_its_value_has_changed(school):
    request = returned(school, "8")
    applied(school, "9")
    told = refusal_of(lambda: corrections.file_request(request, reason="Rõ hơn.", by=school.lan))
    assert "Huỷ phiếu này và lập phiếu mới theo giá trị đang lưu." in told
    request.refresh_from_db()
    assert request.state == "returned"
