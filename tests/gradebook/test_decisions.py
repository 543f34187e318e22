"""Decisions on results: drafted by the office, issued by the principal, fixed from then on (PLAN IV.1; R46, R48)."""

import datetime
import io
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from gradebook.decided_anew import decisions_to_amend
from gradebook.decision_lists import read_draft
from gradebook.decision_rules import (
    MOVES,
    DecisionAct,
    DecisionActor,
    DecisionKind,
    DecisionState,
    target_of,
)
from gradebook.decisions import (
    PaperRefused,
    draft_decision,
    drop_draft,
    issue_decision,
    withdraw_decision,
)
from gradebook.models import ResultsDecision, ResultsDecisionLine
from gradebook.outcomes import reopen_outcome
from gradebook.year_end import read_class, read_rows
from gradebook.year_end_lists import Kind, pupil_list
from gradebook.year_end_rules import Promotion
from reports.read_back import squeezed, text_of
from students.models import SchoolYear
from tests.gradebook.school import CONFIRMED
from tests.gradebook.year_end import confirm, ended_school, go_through, put, say

pytestmark = pytest.mark.django_db
RETEST, TRAINING = Kind.RETEST, Kind.TRAINING
# state: {act: (who, where it leads)}; whatever is not here is refused.
ALLOWED = {
    DecisionState.DRAFT: {
        DecisionAct.ISSUE: (DecisionActor.PRINCIPAL, DecisionState.ISSUED),
        DecisionAct.DROP: (DecisionActor.OFFICE, DecisionState.DROPPED),
    },
    DecisionState.ISSUED: {DecisionAct.WITHDRAW: (DecisionActor.PRINCIPAL, DecisionState.WITHDRAWN)},
    DecisionState.WITHDRAWN: {},
    DecisionState.DROPPED: {},
}


def the_school():
    return ended_school()


def approved(school):
    """The first of 1A has HTXS, the second HTT and is named for Toán."""
    say(school, school.pupils[1], lines=("TOAN",), is_recognised=True)
    confirm(school)
    go_through(school)
    return school


def drafted(school, kind=DecisionKind.AWARDS, school_class=None):
    return draft_decision(kind, school.year, school_class or school.class_1a, by=school.tuan)


def issued(school, kind=DecisionKind.AWARDS, number="45/QĐ-THKĐ"):
    return issue_decision(drafted(school, kind), number=number, dated=clock.today(), by=school.bich)


def lower(school):
    """The first pupil's Toán goes to 8 after the approval: no longer HTXS, and the decision is re-opened."""
    put(school, school.pupils[0], "TOAN", mark=8, attainment="T")
    reopen_outcome(school.class_1a, school.pupils[0], reason="Điểm đã sửa", by=school.bich)


def seen(school):
    """The version of what is said of the first pupil."""
    return read_class(school.class_1a).row_of(school.pupils[0].pk).said.version


def say_anew(school):
    """The first pupil is named for Toán and approved: HTT now, with its title."""
    confirm(school)
    say(school, school.pupils[0], seen=seen(school), lines=("TOAN",), is_recognised=True)
    go_through(school)


def words(answer):
    main = answer.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_every_act_by_everybody_in_every_state_leads_where_the_table_says_or_nowhere():
    for state in DecisionState:
        for act in DecisionAct:
            who, target = ALLOWED[state].get(act, (None, None))
            for actor in DecisionActor:
                assert target_of(state, act, frozenset({actor})) == (target if actor is who else None)
    assert len(MOVES) == sum(map(len, ALLOWED.values()))


def test_no_path_of_the_database_leads_past_the_table_and_an_issued_one_stays_as_it_is(school):
    decision = issued(approved(school))
    table = ResultsDecision.objects.filter(pk=decision.pk)
    for change in (
        {"state": "draft", "number": "", "dated": None, "issued_by": None, "issued_at": None},
        {"state": "dropped", "number": "", "dated": None, "issued_by": None},
        {"number": "46/QĐ-THKĐ"},
        {"dated": datetime.date(2020, 1, 1)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            table.update(**change)
    line = decision.lines.first()
    added = ResultsDecisionLine(
        decision=decision,
        part="khen-thuong",
        position=9,
        student=line.student,
        school_class=line.school_class,
    )
    for tamper in (
        table.delete,
        decision.lines.all().delete,
        lambda: decision.lines.update(words=["Khác"]),
        lambda: ResultsDecisionLine.objects.bulk_create([added]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            tamper()


def test_before_the_approval_there_is_a_draft_and_no_decision_and_the_gap_is_named(school):
    confirm(school)
    draft = drafted(school)
    assert [line.student for line in read_draft(draft).shown] == school.pupils[:1]
    with pytest.raises(PaperRefused, match="chưa phê duyệt kết quả năm học của lớp 1A"):
        issue_decision(draft, number="45/QĐ-THKĐ", dated=clock.today(), by=school.bich)
    whole = draft_decision(DecisionKind.AWARDS, school.year, by=school.hoa)
    with pytest.raises(PaperRefused, match="1A, 4A, 4B"):
        issue_decision(whole, number="45/QĐ-THKĐ", dated=clock.today(), by=school.bich)
    assert not ResultsDecisionLine.objects.exists()


def test_the_principal_issues_what_is_approved_and_the_lists_keep_its_words(school):
    decision = issued(approved(school))
    assert [(line.student, line.words) for line in decision.lines.select_related("student")] == [
        (school.pupils[0], ["Học sinh Xuất sắc", ""]),
        (school.pupils[1], ["Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện", "Toán"]),
    ]
    assert {line.part for line in issued(school, DecisionKind.RESULTS, "46/QĐ-THKĐ").lines.all()} == {
        "len-lop"
    }


@pytest.mark.parametrize("who", ["lan", "ngoc", "dung", "son", "tuan", "hoa"])
def test_nobody_else_issues_or_withdraws(school, who):
    decision = issued(approved(school))
    by = getattr(school, who)
    with pytest.raises(PermissionDenied):
        withdraw_decision(decision, reason="Nhầm", by=by)
    with pytest.raises(PermissionDenied):
        issue_decision(drafted(school, DecisionKind.RESULTS), number="9/QĐ-THKĐ", dated=clock.today(), by=by)
    if who not in ("tuan", "hoa"):
        with pytest.raises(PermissionDenied):
            draft_decision(DecisionKind.RESULTS, school.year, by=by)


def test_a_pupil_is_on_one_decision_until_it_is_withdrawn_or_decided_on_anew(school):
    first = issued(approved(school))
    draft = drafted(school)
    with pytest.raises(PaperRefused, match="đang có hiệu lực"):
        issue_decision(draft, number="46/QĐ-THKĐ", dated=clock.today(), by=school.bich)
    lower(school)
    assert read_draft(draft).to_issue == ()
    withdraw_decision(first, reason="Sai thể thức", by=school.bich)
    assert [line.student for line in read_draft(draft).to_issue] == school.pupils[1:]


def test_a_line_whose_pupil_was_decided_on_anew_says_so_and_names_the_later_decision(school, client):
    first = issued(approved(school))
    address = reverse("gradebook:decision", args=[first.pk])
    client.force_login(school.tuan)
    assert "Kết quả đã" not in words(client.get(address))
    lower(school)
    page = words(client.get(address))
    assert page.count("Kết quả đã mở lại, đang xét lại.") == 1
    assert "In giấy khen lớp 1A" in page
    say_anew(school)
    again = f"Kết quả đã duyệt lại ngày {clock.today():%d/%m/%Y}: Danh hiệu: Học sinh Tiêu biểu"
    page = words(client.get(address))
    assert again in page
    assert "Đã có trong" not in page
    assert "Còn 1 lượt chưa có quyết định sửa đổi, thay thế." in page
    second = issued(school, number="46/QĐ-THKĐ")
    assert [line.student for line in second.lines.all()] == school.pupils[:1]
    page = words(client.get(address))
    replaced = f"Đã thay thế bằng Quyết định số 46/QĐ-THKĐ ngày {clock.today():%d/%m/%Y}: Danh hiệu: Học sinh Tiêu biểu"
    assert replaced in page
    assert "chưa có quyết định sửa đổi" not in page
    later = words(client.get(reverse("gradebook:decision", args=[second.pk])))
    assert "Kết quả đã" not in later
    assert f"Thay thế nội dung tại Quyết định số 45/QĐ-THKĐ ngày {clock.today():%d/%m/%Y}" in later
    withdraw_decision(second, reason="Sai thể thức", by=school.bich)
    page = words(client.get(address))
    assert again in page
    assert "Đã thay thế" not in page


def test_a_pupil_decided_on_anew_without_a_title_is_said_to_have_left_the_list(school, client):
    first = issued(approved(school))
    lower(school)
    confirm(school)
    go_through(school)
    client.force_login(school.tuan)
    page = words(client.get(reverse("gradebook:decision", args=[first.pk])))
    assert "Hoàn thành tốt, không còn trong danh sách này." in page


def without_title(school):
    """The first pupil had HTXS by decision 45, and has no title by now."""
    first = issued(approved(school))
    lower(school)
    confirm(school)
    go_through(school)
    return first


def test_the_page_of_the_old_decision_drafts_the_one_that_strikes_who_left_its_list(school, client):
    first = without_title(school)
    address = reverse("gradebook:decision", args=[first.pk])
    client.force_login(school.tuan)
    page = client.get(address)
    assert "Soạn quyết định sửa đổi, thay thế" in words(page)
    told = {"kind": "awards", "school_class": page.context["amending_class"]}
    draft = client.post(reverse("gradebook:decision_new"), told, follow=True)
    assert "Học sinh thôi có tên trong danh sách «Học sinh được khen thưởng»: 1" in words(draft)
    assert "Huỷ nội dung tại Quyết định số 45/QĐ-THKĐ" in words(draft)
    second = issued(school, number="46/QĐ-THKĐ")
    (line,) = second.lines.all()
    assert (line.student, line.is_struck, line.replaces.decision) == (school.pupils[0], True, first)
    page = words(client.get(address))
    assert f"Quyết định số 46/QĐ-THKĐ ngày {clock.today():%d/%m/%Y} đã huỷ nội dung này." in page
    assert "Soạn quyết định sửa đổi, thay thế" not in page
    listed = words(client.get(reverse("gradebook:year_end_list", args=["khen-thuong"])))
    assert "46/QĐ-THKĐ" not in listed
    with pytest.raises(PaperRefused, match="Không có em nào"):
        issued(school, number="47/QĐ-THKĐ")


def test_the_register_of_decisions_says_which_amends_which_until_the_later_one_is_withdrawn(school, client):
    without_title(school)
    second = issued(school, number="46/QĐ-THKĐ")
    client.force_login(school.tuan)
    day = f"{clock.today():%d/%m/%Y}"
    page = words(client.get(reverse("gradebook:decisions")))
    assert f"Sửa đổi, thay thế một phần Quyết định số 45/QĐ-THKĐ ngày {day} (1 em)" in page
    assert f"Đã được sửa đổi, thay thế một phần bằng Quyết định số 46/QĐ-THKĐ ngày {day} (1 em)" in page
    withdraw_decision(second, reason="Sai thể thức", by=school.bich)
    assert "Đã được sửa đổi" not in words(client.get(reverse("gradebook:decisions")))


def test_what_a_decision_had_and_got_back_by_a_third_one_is_issued_again_and_the_chain_is_withdrawn_from_its_end(
    school,
):
    """HTXS by 45, no title by 46, HTXS again by 47: 46 cannot be withdrawn from between the two."""
    without_title(school)
    second = issued(school, number="46/QĐ-THKĐ")
    put(school, school.pupils[0], "TOAN", mark=10, attainment="T")
    reopen_outcome(school.class_1a, school.pupils[0], reason="Sửa lại", by=school.bich)
    confirm(school)
    go_through(school)
    third = issued(school, number="47/QĐ-THKĐ")
    assert [(line.student, line.is_struck) for line in third.lines.all()] == [(school.pupils[0], False)]
    assert ResultsDecisionLine.objects.in_force().filter(student=school.pupils[0]).get().decision == third
    withdraw_decision(third, reason="Sai thể thức", by=school.bich)
    assert withdraw_decision(second, reason="Sai thể thức", by=school.bich).state == DecisionState.WITHDRAWN


def test_a_decision_whose_amendment_was_amended_again_is_not_withdrawn_before_the_last(school):
    first = issued(approved(school))
    lower(school)
    say_anew(school)
    second = issued(school, number="46/QĐ-THKĐ")
    reopen_outcome(school.class_1a, school.pupils[0], reason="Xem lại", by=school.bich)
    say(school, school.pupils[0], seen=seen(school), lines=())
    go_through(school)
    third = issued(school, number="47/QĐ-THKĐ")
    assert third.lines.get().is_struck
    with pytest.raises(PaperRefused, match=r"47/QĐ-THKĐ ngày .* thu hồi quyết định đó trước"):
        withdraw_decision(second, reason="Sai thể thức", by=school.bich)
    withdraw_decision(third, reason="Sai thể thức", by=school.bich)
    withdraw_decision(second, reason="Sai thể thức", by=school.bich)
    assert set(ResultsDecisionLine.objects.in_force().values_list("decision", flat=True)) == {first.pk}


def test_who_was_promoted_and_stays_by_the_new_result_changes_lists_by_one_line(school, client):
    first = issued(approved(school), DecisionKind.RESULTS)
    pupil = school.pupils[0]
    put(school, pupil, "TV", mark=4, attainment="C")
    reopen_outcome(school.class_1a, pupil, reason="Điểm đã sửa", by=school.bich)
    say(school, pupil, seen=seen(school), promotion=Promotion.STAYS, promotion_note="Gia đình xin ở lại lớp")
    go_through(school)
    (line,) = issued(school, DecisionKind.RESULTS, "46/QĐ-THKĐ").lines.all()
    assert (line.student, line.part, line.is_struck) == (pupil, "khong-len-lop", False)
    assert line.replaces.decision == first
    client.force_login(school.tuan)
    page = words(client.get(reverse("gradebook:decision", args=[first.pk])))
    assert f"bằng Quyết định số 46/QĐ-THKĐ ngày {clock.today():%d/%m/%Y}: Học sinh không được lên lớp" in page


def test_who_waits_for_the_summer_and_passes_by_a_correction_is_struck_off_its_list(school, client):
    """Nothing was decided on the pupil that could have been re-opened."""
    pupil = school.pupils[0]
    put(school, pupil, "TV", mark=4, attainment="C")
    say(school, pupil, promotion=Promotion.WAITS)
    confirm(school)
    go_through(school)
    first = issued(school, DecisionKind.SUMMER)
    assert decisions_to_amend() == []
    put(school, pupil, "TV", mark=7, attainment="H")
    (found,) = decisions_to_amend()
    assert (found.decision, found.decided, len(found.undecided)) == (first, (), 1)
    client.force_login(school.tuan)
    page = words(client.get(reverse("gradebook:decision", args=[first.pk])))
    assert "Kết quả tính lại khác, đang xét lại." in page
    confirm(school)
    go_through(school)
    (found,) = decisions_to_amend()
    assert (len(found.decided), found.undecided) == (1, ())
    (line,) = issued(school, DecisionKind.SUMMER, "46/QĐ-THKĐ").lines.all()
    assert (line.student, line.part, line.is_struck) == (pupil, "kiem-tra-lai", True)
    assert decisions_to_amend() == []


def test_what_is_to_be_amended_is_read_in_the_same_statements_for_one_pupil_and_for_two(
    school, django_assert_num_queries
):
    issued(approved(school))
    with django_assert_num_queries(1):
        decisions_to_amend()
    for pupil in school.pupils:
        put(school, pupil, "TOAN", mark=5, attainment="H")
        reopen_outcome(school.class_1a, pupil, reason="Điểm đã sửa", by=school.bich)
        with django_assert_num_queries(10):
            decisions_to_amend()


def test_the_database_refuses_a_line_that_amends_another_pupils_or_another_kinds_decision(school):
    first = issued(approved(school))
    line = first.lines.get(student=school.pupils[0])
    others = draft_decision(DecisionKind.RESULTS, school.year, school.class_1a, by=school.tuan)
    same = drafted(school)
    for draft, pupil in ((others, school.pupils[0]), (same, school.pupils[1])):
        with pytest.raises(DatabaseError), transaction.atomic():
            ResultsDecisionLine.objects.create(
                decision=draft,
                part="khen-thuong",
                position=1,
                student=pupil,
                school_class=school.class_1a,
                words=line.words,
                replaces=line,
            )


def test_decided_on_anew_in_the_same_words_the_line_holds(school, client):
    first = issued(approved(school))
    reopen_outcome(school.class_1a, school.pupils[0], reason="Xem lại", by=school.bich)
    confirm(school)
    go_through(school)
    client.force_login(school.tuan)
    assert "Kết quả đã" not in words(client.get(reverse("gradebook:decision", args=[first.pk])))


def test_number_and_day_are_those_of_a_paper(school):
    issued(approved(school))
    draft = drafted(school, DecisionKind.RESULTS)
    day = datetime.timedelta(days=1)
    for number, dated, why in (
        ("45/qđ-thkđ", clock.today(), "đã dùng"),
        ("abc", clock.today(), "gồm số và kí hiệu"),
        ("46/QĐ-THKĐ", clock.today() + day, "chưa tới"),
        ("46/QĐ-THKĐ", clock.today() - day, "trước ngày phê duyệt"),
    ):
        with pytest.raises(PaperRefused, match=why):
            issue_decision(draft, number=number, dated=dated, by=school.bich)


def test_who_waits_for_the_summer_is_on_the_list_of_the_summer_and_on_no_other(school):
    put(school, school.pupils[0], "TV", mark=4, attainment="C")
    say(school, school.pupils[0], promotion=Promotion.WAITS)
    confirm(school)
    go_through(school)
    (line,) = issued(school, DecisionKind.SUMMER).lines.all()
    assert (line.student, line.part) == (school.pupils[0], "kiem-tra-lai")
    assert "Tiếng Việt" in line.words[0]
    assert [
        line.student for line in issued(school, DecisionKind.RESULTS, "46/QĐ-THKĐ").lines.all()
    ] == school.pupils[1:]


def test_the_summer_has_everybody_on_its_list_whatever_the_principal_decided_since(school):
    """1A is approved without anybody being assessed again: the first stays, the second goes up with a plan."""
    first, second = school.pupils
    put(school, first, "TV", mark=4, attainment="C")
    put(school, second, "cham_chi", rating="C")
    say(school, first, promotion=Promotion.STAYS, promotion_note="Gia đình xin ở lại lớp")
    say(school, second, promotion=Promotion.PROMOTED, promotion_note="Kèm thêm mỗi tuần hai buổi")
    go_through(school)
    rows = read_rows([school.class_1a])
    listed = {kind: [row.student for row in pupil_list(kind, rows).rows] for kind in (RETEST, TRAINING)}
    assert listed == {RETEST: [first], TRAINING: [second]}
    decision = issued(school, DecisionKind.SUMMER)
    for kind, pupils in listed.items():
        assert [line.student for line in decision.lines.filter(part=kind)] == pupils


def test_a_draft_shows_nobody_whom_a_decision_in_force_has(school, client):
    issued(approved(school))
    client.force_login(school.tuan)
    page = client.get(reverse("gradebook:decision", args=[drafted(school).pk]))
    assert "Không có em nào để đưa vào quyết định" in words(page)
    assert "Học sinh được khen thưởng: 0" in words(page)
    assert school.pupils[0].full_name not in words(page)


@pytest.mark.parametrize("who", ["tuan", "hoa", "bich"])
def test_of_a_closed_year_the_pages_say_why_nothing_can_be_done_and_the_way_there(school, client, who):
    decision = issued(approved(school))
    draft = drafted(school, DecisionKind.RESULTS)
    SchoolYear.objects.update(state=SchoolYear.State.CLOSED)
    client.force_login(school.people[who])
    for address in (
        reverse("gradebook:decisions"),
        reverse("gradebook:decision", args=[decision.pk]),
        reverse("gradebook:decision", args=[draft.pk]),
    ):
        page = client.get(address)
        assert "đã đóng: Hiệu trưởng mở lại năm học thì mới soạn, ban hành, thu hồi được" in words(page)
        assert "Chờ Hiệu trưởng ban hành" not in words(page)
        way = reverse("approvals:year_closing", args=[school.year.pk])
        assert (way in page.content.decode()) == (who == "bich")


def test_two_clicks_make_one_draft_and_a_draft_that_is_dropped_makes_room(school):
    first = drafted(school)
    assert drafted(school) == first
    assert drop_draft(first, by=school.tuan).state == DecisionState.DROPPED
    assert drafted(school) != first
    with pytest.raises(PaperRefused, match="Đã bỏ dự thảo"):
        drop_draft(first, by=school.tuan)


def test_the_pages_lead_from_the_draft_to_the_number_and_the_lists_name_it(school, client):
    approved(school)
    client.force_login(school.tuan)
    told = {"kind": "awards", "school_class": school.class_1a.pk}
    page = client.post(reverse("gradebook:decision_new"), told, follow=True)
    decision = ResultsDecision.objects.get()
    assert "Dự thảo" in words(page)
    assert "Chờ Hiệu trưởng ban hành" in words(page)
    client.force_login(school.bich)
    issue = reverse("gradebook:decision_issue", args=[decision.pk])
    assert client.post(issue, {"number": "", "dated": ""}).status_code == 422
    signed = {"number": "45/QĐ-THKĐ", "dated": f"{clock.today():%Y-%m-%d}"}
    assert client.post(issue, signed).status_code == 422  # the password is asked
    page = client.post(issue, {**signed, **CONFIRMED}, follow=True)
    assert "Đã ban hành quyết định số 45/QĐ-THKĐ." in page.content.decode()
    assert "Học sinh Xuất sắc" in words(page)
    listed = client.get(reverse("gradebook:year_end_list", args=["khen-thuong"]))
    assert f"Số 45/QĐ-THKĐ ngày {clock.today():%d/%m/%Y}" in words(listed)
    assert "45/QĐ-THKĐ" in words(client.get(reverse("gradebook:decisions")))
    withdraw = reverse("gradebook:decision_withdraw", args=[decision.pk])
    assert client.post(withdraw, {"reason": " ", **CONFIRMED}).status_code == 422
    page = client.post(withdraw, {"reason": "Sai thể thức", **CONFIRMED}, follow=True)
    assert "Đã thu hồi" in words(page)


def test_lists_say_beside_the_number_that_an_amending_decision_is_awaited_until_there_is_one(school, client):
    approved(school)
    issued(school)
    issued(school, "results", "46/QĐ-THKĐ")
    lower(school)
    say_anew(school)
    client.force_login(school.bich)
    day = f"{clock.today():%d/%m/%Y}"
    for kind, number in (("len-lop", "46/QĐ-THKĐ"), ("khen-thuong", "45/QĐ-THKĐ")):
        page = words(client.get(reverse("gradebook:year_end_list", args=[kind])))
        assert page.count(f"Số {number} ngày {day}: chờ quyết định sửa đổi") == 1
        assert page.count(f"Số {number} ngày {day}") == 2
        address = reverse("gradebook:year_end_list_file", args=[kind])
        client.post(reverse("accounts:confirm"), {"next": address, "lasting": "exports", **CONFIRMED})
        book = load_workbook(io.BytesIO(b"".join(client.get(address).streaming_content)))
        (told,) = [row for row in book.active.values if row[3] == school.pupils[0].full_name]
        assert told[-1] == f"Số {number} ngày {day}: chờ quyết định sửa đổi"
        paper = client.get(reverse("reports:year_end_list_paper", args=[kind])).getvalue()
        assert squeezed("chờ quyết định sửa đổi") in text_of(paper)
    issued(school, "results", "47/QĐ-THKĐ")
    page = words(client.get(reverse("gradebook:year_end_list", args=["len-lop"])))
    assert "chờ quyết định sửa đổi" not in page
    assert f"Số 47/QĐ-THKĐ ngày {day}" in page


def test_the_page_of_a_decision_asks_few_questions_of_the_database(
    school, client, django_assert_max_num_queries
):
    decision = issued(approved(school))
    draft = drafted(school, DecisionKind.RESULTS)
    client.force_login(school.tuan)
    with django_assert_max_num_queries(12):
        client.get(reverse("gradebook:decision", args=[decision.pk]))
    with django_assert_max_num_queries(17):
        client.get(reverse("gradebook:decision", args=[draft.pk]))


def test_what_is_to_be_amended_is_asked_of_one_year_too(school):
    issued(approved(school))
    lower(school)
    other = SchoolYear(year=school.year.year - 1)
    assert len(decisions_to_amend(school.year)) == 1
    assert decisions_to_amend(other) == []
