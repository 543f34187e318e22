"""After the lock a mark changes on one path only: proposed, filed, approved, carried out (R51–R54, R58)."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accounts import clock
from accounts.history import Source
from accounts.models import Post, User
from approvals import consent, corrections, opinions, workflow
from approvals.evidence import clean_evidence
from approvals.mandates import ApprovedRequest, CorrectionOutdated, CorrectionRefused
from approvals.models import CorrectionItem, CorrectionRequest, Evidence
from approvals.request_tasks import OUTDATED_OWN
from approvals.tasks import read_tasks
from approvals.to_read import requests_waiting_for
from approvals.workflow import Act, State
from gradebook.cell_history import read_cell_history
from gradebook.entry import save_results
from gradebook.models import SubjectResult
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
    picture,
    returned,
)
from tests.gradebook.school import change_of, close_window, enter, open_window, value_of

pytestmark = pytest.mark.django_db


def the_school():
    return entered_school()


def snapshot():
    return sorted(
        SubjectResult.objects.values_list("student_id", "line_id", "period", "attainment", "mark", "comment")
    )


# -- Proposing ---------------------------------------------------------------------------------------------


def test_a_draft_notes_what_stands_there_and_what_shall(school):
    request = draft(school, "9")
    item = request.items.get()
    assert (item.old_value, item.new_value, item.field) == ("7", "9", Field.MARK)
    assert (request.state, request.number, request.label) == (State.DRAFT, None, "nháp")


@pytest.mark.parametrize("cells", [1, 5])
def test_a_draft_of_many_cells_takes_the_statements_of_one(school, django_assert_num_queries, cells):
    ref = school.sheet()
    changes = [change_of(ref, pupil, Field.MARK, "9") for pupil in school.pupils[:cells]]
    with django_assert_num_queries(13):
        request = corrections.propose(ref, changes, by=school.lan)
    assert request.items.count() == cells


def test_the_same_sent_twice_is_one_draft_and_another_value_is_another(school):
    assert draft(school) == draft(school)
    assert draft(school, "8") != draft(school)
    assert CorrectionRequest.objects.count() == 2


def test_what_was_filed_is_no_draft_to_be_found_again(school):
    assert filed(school) != draft(school)


def test_a_kind_of_reason_that_the_form_does_not_offer_is_refused(school):
    request = draft(school)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    with pytest.raises(CorrectionRefused, match="Chọn loại sai sót"):
        corrections.file_request(request, reason=REASON, code="late_leave", by=school.lan)


def test_the_history_of_a_cell_names_the_request_that_it_belongs_to(school):
    request = filed(school)
    for row in (request.items.get().history.get(), request.evidence.get().history.get()):
        assert (row.request_id, row.acting_role, row.history_user) == (
            request.pk,
            "GVCN 4A, môn Toán",
            school.lan,
        )


def test_the_wanted_value_is_kept_as_it_would_be_stored(school):
    request = corrections.propose(
        school.sheet(), [change_of(school.sheet(), school.pupils[0], Field.ATTAINMENT, " t ")], by=school.lan
    )
    assert request.items.get().new_value == "T"


def test_an_open_sheet_needs_no_request(school):
    open_window(school)
    with pytest.raises(CorrectionRefused, match="sửa thẳng trên sổ"):
        draft(school)


def test_a_period_that_was_never_open_has_nothing_to_correct(school):
    ref = school.sheet(period=Period.YEAR_END)
    with pytest.raises(CorrectionRefused, match="Chưa mở"):
        corrections.propose(ref, [change_of(ref, school.pupils[0], Field.MARK, "9")], by=school.lan)
    assert not CorrectionRequest.objects.exists()


@pytest.mark.parametrize("nothing", ["", " \u200b ", ".", "\x00"])
def test_a_reason_must_say_something(school, nothing):
    request = draft(school)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    with pytest.raises(CorrectionRefused, match="Ghi lí do"):
        corrections.file_request(request, reason=nothing, by=school.lan)
    with pytest.raises(CorrectionRefused, match="Ghi lí do từ chối"):
        corrections.decide(filed(school, pupil=1), approve=False, note=nothing, by=school.hoa)


def test_control_characters_in_a_reason_do_not_break_anything(school):
    request = corrections.keep_reason(draft(school), reason="Cộng\x00 nhầm\u200b", by=school.lan)
    assert request.reason == "Cộng nhầm"


def test_a_request_whose_cell_has_moved_on_is_not_approved(school):
    first, second = filed(school, "9"), filed(school, "10")
    corrections.carry_out(corrections.decide(first, approve=True, note="", by=school.hoa), by=school.tuan)
    with pytest.raises(CorrectionOutdated, match="không thực hiện được nữa"):
        corrections.decide(second, approve=True, note="", by=school.hoa)
    refused = corrections.decide(second, approve=False, note="Đã sửa theo phiếu trước.", by=school.hoa)
    assert refused.state == State.REFUSED


@pytest.mark.parametrize("person", ["minh", "thu", "dung", "bich", "hoa", "tuan", "son"])
def test_only_the_teacher_of_the_sheet_proposes(school, person):
    change = change_of(school.sheet(), school.pupils[0], Field.MARK, "9")
    with pytest.raises(PermissionDenied, match="giáo viên được phân công"):
        corrections.propose(school.sheet(), [change], by=getattr(school, person))
    assert not CorrectionRequest.objects.exists()


def test_a_value_that_could_not_stand_in_the_cell_makes_no_draft(school):
    with pytest.raises(CorrectionRefused) as refusal:
        draft(school, "11")
    assert refusal.value.report.refused[0].change.value == "11"
    assert not CorrectionRequest.objects.exists()


def test_a_request_that_would_change_nothing_is_not_made(school):
    with pytest.raises(CorrectionRefused, match="Chưa có ô nào khác"):
        draft(school, "7")


def test_a_request_is_numbered_when_it_is_filed_and_a_draft_that_is_cancelled_leaves_no_gap(school):
    dropped = draft(school, "8")
    first = filed(school, "9")
    assert corrections.cancel(dropped, by=school.lan).number is None
    second = corrections.cancel(filed(school, "10"), note="Không cần nữa.", by=school.lan)
    third = returned(school)
    file_anew(third, school.lan)
    third.refresh_from_db()
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert third.state == State.FILED


# -- Filing ------------------------------------------------------------------------------------------------


def test_a_request_without_evidence_is_not_filed(school):
    request = draft(school)
    with pytest.raises(CorrectionRefused, match="minh chứng") as refusal:
        corrections.file_request(request, reason=REASON, by=school.lan)
    assert refusal.value.field == "evidence"
    request.refresh_from_db()
    assert request.state == State.DRAFT


def test_a_request_without_a_reason_is_not_filed(school):
    request = draft(school)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    with pytest.raises(CorrectionRefused, match="lí do") as refusal:
        corrections.file_request(request, reason="  ", by=school.lan)
    assert refusal.value.field == "reason"


def test_the_same_file_twice_is_kept_once_and_a_sixth_is_refused(school):
    request = draft(school)
    for index in range(5):
        corrections.attach(
            request, clean_evidence(f"{index}.png", picture("PNG", size=(20, 20 + index))), by=school.lan
        )
    corrections.attach(request, clean_evidence("lại.png", picture("PNG", size=(20, 20))), by=school.lan)
    assert request.evidence.count() == 5
    with pytest.raises(CorrectionRefused, match="nhiều nhất 5 tệp"):
        corrections.attach(request, clean_evidence("6.png", picture("PNG", size=(20, 99))), by=school.lan)


def test_evidence_is_fixed_once_the_request_is_filed(school):
    request = filed(school)
    with pytest.raises(CorrectionOutdated):
        corrections.attach(request, cleaned_picture("b.png", "PNG"), by=school.lan)
    with pytest.raises(CorrectionOutdated):
        corrections.detach(request.evidence.get(), by=school.lan)
    assert request.evidence.count() == 1


def test_a_file_taken_out_of_a_draft_is_gone_from_the_disk(school, django_capture_on_commit_callbacks):
    request = draft(school)
    evidence = corrections.attach(request, cleaned_picture(), by=school.lan)
    storage, name = evidence.file.storage, evidence.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        corrections.detach(evidence, by=school.lan)
    assert not storage.exists(name)
    assert not request.evidence.exists()


# -- The full path -----------------------------------------------------------------------------------------


def test_carrying_out_writes_exactly_the_approved_value_and_nothing_else(school):
    request = approved(school, "9")
    before = snapshot()
    done = corrections.carry_out(request, by=school.tuan)
    after = snapshot()
    assert done.state == State.APPLIED
    assert value_of(school.sheet(), school.pupils[0]) == "9"
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][0][:4] == changed[0][1][:4]
    assert (changed[0][0][4], changed[0][1][4]) == (7, 9)


def test_the_history_of_the_cell_names_who_as_what_why_and_the_request(school):
    request = applied(school, "9")
    newest, oldest = read_cell_history(school.sheet(), school.pupils[0].pk, "TOAN", Field.MARK)
    assert (newest.old, newest.new) == ("7", "9")
    assert (newest.who, newest.role) == ("Bùi Anh Tuấn", "Văn thư")
    assert newest.why == f"Phiếu {request.label}: {REASON}"
    assert newest.request_id == request.pk
    assert newest.source == Source.CORRECTION.label
    assert (oldest.old, oldest.new, oldest.who, oldest.role) == (
        "",
        "7",
        "Nguyễn Thị Lan",
        "GVCN 4A, môn Toán",
    )


def test_the_request_remembers_every_act_with_its_author(school):
    request = applied(school)
    steps = [
        (row.state, row.history_user.username, row.acting_role)
        for row in request.history.order_by("history_id")
    ]
    assert steps == [
        ("draft", "lan", "GVCN 4A, môn Toán"),
        ("filed", "lan", "GVCN 4A, môn Toán"),
        ("approved", "hoa", "Phó Hiệu trưởng"),
        ("applied", "tuan", "Văn thư"),
    ]


def test_several_cells_of_one_request_are_written_together(school):
    ref = school.sheet()
    changes = [
        change_of(ref, school.pupils[0], Field.MARK, "10"),
        change_of(ref, school.pupils[0], Field.ATTAINMENT, "T"),
        change_of(ref, school.pupils[1], Field.COMMENT, "Tính nhanh, cẩn thận."),
    ]
    request = corrections.propose(ref, changes, by=school.lan)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    assert value_of(ref, school.pupils[0]) == "10"
    assert value_of(ref, school.pupils[0], Field.ATTAINMENT) == "T"
    assert value_of(ref, school.pupils[1], Field.COMMENT) == "Tính nhanh, cẩn thận."


def test_the_homeroom_sheet_is_corrected_the_same_way(school):
    ref = school.sheet("NLPC")
    change = change_of(ref, school.pupils[0], Field.RATING, "T", item="yeu_nuoc")
    request = corrections.propose(ref, [change], by=school.lan)
    corrections.attach(request, cleaned_picture("sổ.pdf", "PNG"), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    assert value_of(ref, school.pupils[0], Field.RATING, item="yeu_nuoc") == "T"


# -- What stops it -----------------------------------------------------------------------------------------


def test_a_value_that_changed_meanwhile_stops_the_whole_request(school):
    ref = school.sheet()
    request = corrections.propose(
        ref,
        [
            change_of(ref, school.pupils[0], Field.MARK, "9"),
            change_of(ref, school.pupils[1], Field.MARK, "6"),
        ],
        by=school.lan,
    )
    corrections.attach(request, cleaned_picture(), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    open_window(school)
    enter(ref, school.pupils[0], Field.MARK, "8", by=school.lan)
    close_window(school)
    before = snapshot()
    with pytest.raises(CorrectionOutdated, match="không còn như lúc lập phiếu") as refusal:
        corrections.carry_out(request, by=school.tuan)
    assert [conflict.value for conflict in refusal.value.report.conflicts] == ["8"]
    assert snapshot() == before
    request.refresh_from_db()
    assert request.state == State.APPROVED


def test_what_another_request_has_overtaken_waits_for_its_teacher_and_no_longer_for_the_clerk(school):
    overtaken, other = filed(school, "8"), approved(school, "8", pupil=1)
    done = applied(school, "9")
    assert f"Phiếu {overtaken.label} có cùng ô nên không thực hiện được nữa" in done.effects
    lan, tuan = (User.objects.get(pk=person.pk) for person in (school.lan, school.tuan))
    assert list(requests_waiting_for(tuan)) == [other]
    assert list(requests_waiting_for(lan)) == [overtaken]
    told = {task.url.split("/")[-2]: task.to_do for task in read_tasks(lan).requests}
    assert told[str(overtaken.pk)] == OUTDATED_OWN
    assert told[str(done.pk)] == "Đã ghi vào sổ: mở phiếu để xem"


def test_a_request_that_can_no_longer_be_carried_out_is_cancelled_by_its_teacher(school):
    request = approved(school)
    assert corrections.cancel(request, note="Giá trị đã đổi.", by=school.lan).state == State.CANCELLED
    with pytest.raises(CorrectionOutdated, match="Đã huỷ"):
        corrections.carry_out(request, by=school.tuan)


def test_nobody_approves_an_own_request_not_even_as_vice_principal(school):
    Post.objects.create(holder=school.lan, kind=Post.Kind.VICE_PRINCIPAL, starts_on=school.year.starts_on)
    request = filed(school)
    for approve in (True, False):
        with pytest.raises(PermissionDenied, match="không ai tự duyệt phiếu của mình"):
            corrections.decide(request, approve=approve, note="x", by=school.lan)


def test_nobody_carries_out_what_they_approved_or_proposed(school):
    request = approved(school)
    yesterday = clock.today() - datetime.timedelta(days=1)
    school.hoa.posts.update(ends_on=yesterday)
    Post.objects.create(holder=school.hoa, kind=Post.Kind.CLERK, starts_on=clock.today())
    for held in (school.lan.homeroom_assignments, school.lan.teaching_assignments):
        held.update(ends_on=yesterday)
    Post.objects.create(holder=school.lan, kind=Post.Kind.CLERK, starts_on=clock.today())
    before = snapshot()
    with pytest.raises(PermissionDenied, match="ba người"):
        corrections.carry_out(request, by=User.objects.get(pk=school.hoa.pk))
    with pytest.raises(PermissionDenied):
        corrections.carry_out(request, by=school.lan)
    assert snapshot() == before


def test_a_refusal_needs_its_reason_and_ends_the_request(school):
    request = filed(school)
    with pytest.raises(CorrectionRefused, match="lí do từ chối") as refusal:
        corrections.decide(request, approve=False, note=" ", by=school.hoa)
    assert refusal.value.field == "note"
    assert corrections.decide(request, approve=False, note="Ảnh mờ.", by=school.hoa).state == State.REFUSED
    with pytest.raises(CorrectionOutdated):
        corrections.decide(request, approve=True, note="", by=school.hoa)


def test_a_second_application_finds_the_request_done_and_writes_nothing(school):
    request = approved(school)
    corrections.carry_out(request, by=school.tuan)
    versions = list(SubjectResult.objects.values_list("pk", "version"))
    with pytest.raises(CorrectionOutdated, match="Đã thực hiện"):
        corrections.carry_out(request, by=school.tuan)
    assert list(SubjectResult.objects.values_list("pk", "version")) == versions


def test_the_clerk_has_no_way_to_a_mark_without_an_approved_request(school):
    change = change_of(school.sheet(), school.pupils[0], Field.MARK, "9")
    with pytest.raises(PermissionDenied):
        save_results(school.sheet(), [change], by=school.tuan, source=Source.PAGE)
    request = filed(school)
    with pytest.raises(CorrectionOutdated):
        corrections.carry_out(request, by=school.tuan)
    assert value_of(school.sheet(), school.pupils[0]) == "7"


def test_the_clerk_may_write_only_the_approved_cells(school):
    request = approved(school, "9")
    other = change_of(school.sheet(), school.pupils[1], Field.MARK, "10")
    with pytest.raises(PermissionDenied, match="đúng các giá trị đã phê chuẩn"):
        save_results(
            school.sheet(),
            [other],
            by=school.tuan,
            source=Source.CORRECTION,
            under=ApprovedRequest(request),
        )


ACTORS = ["lan", "minh", "dung", "bich", "hoa", "tuan", "son"]
STAGES = {
    "draft": draft,
    "filed": filed,
    "returned": returned,
    "awaiting": awaiting,
    "approved": approved,
    "applied": applied,
}
MOVES = {
    ("draft", Act.FILE, "lan"),
    ("draft", Act.CANCEL, "lan"),
    ("filed", Act.CANCEL, "lan"),
    ("approved", Act.CANCEL, "lan"),
    ("filed", Act.APPROVE, "hoa"),
    ("filed", Act.REFUSE, "hoa"),
    ("approved", Act.APPLY, "tuan"),
    ("filed", Act.OPINE, "dung"),
    ("filed", Act.RETURN, "hoa"),
    ("returned", Act.FILE, "lan"),
    ("returned", Act.REFUSE, "hoa"),
    ("returned", Act.CANCEL, "lan"),
    ("awaiting", Act.CONSENT, "bich"),
    ("awaiting", Act.DECLINE, "bich"),
    ("awaiting", Act.CANCEL, "lan"),
}


def file_anew(request, person):
    corrections.attach(request, cleaned_picture("a.png", "PNG"), by=person)
    corrections.file_request(request, reason=REASON, by=person)


DO = {
    Act.FILE: file_anew,
    Act.OPINE: lambda request, by: opinions.give_opinion(request, opinion="Đúng bài.", by=by),
    Act.RETURN: lambda request, by: opinions.ask_for_more(request, note="Chụp lại.", by=by),
    Act.APPROVE: lambda request, by: corrections.decide(request, approve=True, note="Ý kiến.", by=by),
    Act.REFUSE: lambda request, by: corrections.decide(request, approve=False, note="Ý kiến.", by=by),
    Act.CONSENT: lambda request, by: consent.answer(request, consents=True, note="Ý kiến.", by=by),
    Act.DECLINE: lambda request, by: consent.answer(request, consents=False, note="Ý kiến.", by=by),
    Act.ASK_CONSENT: lambda request, by: consent.ask_consent(request, by=by),
    Act.APPLY: lambda request, by: corrections.carry_out(request, by=by),
    Act.CANCEL: lambda request, by: corrections.cancel(request, note="Không cần nữa.", by=by),
}


def act_on(request, act, person):
    DO[act](request, person)


@pytest.mark.parametrize("stage", STAGES)
def test_at_each_stage_each_act_is_open_to_exactly_the_person_the_plan_names(school, stage):
    request = STAGES[stage](school)
    for act in Act:
        for name in ACTORS:
            if (stage, act, name) in MOVES:
                continue
            with pytest.raises((PermissionDenied, CorrectionRefused)), transaction.atomic():
                act_on(request, act, getattr(school, name))
    request.refresh_from_db()
    assert request.state == stage
    for _stage, act, name in sorted(move for move in MOVES if move[0] == stage):
        point = transaction.savepoint()
        act_on(request, act, getattr(school, name))
        request.refresh_from_db()
        assert (request.state == stage) == (act == Act.OPINE)
        transaction.savepoint_rollback(point)
        request.refresh_from_db()


# -- The database refuses too ------------------------------------------------------------------------------


def _applied_by(person):
    return {"state": "applied", "applied_by": person, "applied_at": clock.now()}


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("written when it is decided", lambda school: {"decided_by": school.bich}),
        ("written when it is decided", lambda school: {"consent_by": school.bich}),
        ("request_executor_is_another_person", lambda school: _applied_by(school.lan)),
        ("request_executor_is_another_person", lambda school: _applied_by(school.hoa)),
        ("request_filed_has_its_reason", lambda _school: {"filed_at": None}),
        ("request_decided_has_a_decider", lambda _school: {"decided_at": None}),
        ("request_applied_has_an_executor", lambda _school: {"state": "applied"}),
        ("from approved to refused", lambda _school: {"state": "refused"}),
        ("from approved to filed", lambda _school: {"state": "filed"}),
        ("from approved to opened", lambda _school: {"state": "opened"}),
        ("its reason stays", lambda _school: {"reason": "Khác."}),
        ("about what it is about", lambda school: {"proposer": school.minh}),
        ("request_opinion_is_somebodys", lambda _school: {"opinion": "Khác."}),
    ],
)
def test_the_database_itself_refuses(school, constraint, change):
    request = approved(school)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CorrectionRequest.objects.filter(pk=request.pk).update(**change(school))


def test_the_database_refuses_an_item_that_changes_nothing(school):
    request = draft(school)
    item = {"request": request, "student": school.pupils[1], "item": "TOAN", "field": Field.MARK}
    with pytest.raises(IntegrityError, match="correction_changes_something"), transaction.atomic():
        CorrectionItem.objects.create(**item, old_value="7", new_value="7")


@pytest.mark.parametrize("decider", ["lan", "hoa"])
def test_the_database_refuses_a_decision_on_an_own_request_and_a_second_decider(school, decider):
    request = filed(school)
    moment = {"decided_at": clock.now(), "state": "approved", "decided_by": school.people[decider]}
    if decider == "lan":
        with pytest.raises(IntegrityError, match="request_decider_is_not_proposer"), transaction.atomic():
            CorrectionRequest.objects.filter(pk=request.pk).update(**moment)
    else:
        assert CorrectionRequest.objects.filter(pk=request.pk).update(**moment) == 1
        with pytest.raises(IntegrityError, match="and once"), transaction.atomic():
            CorrectionRequest.objects.filter(pk=request.pk).update(decided_by=school.bich)


def test_the_database_knows_the_same_moves_as_the_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'request_guard'")
        (source,) = cursor.fetchone()
    moves = source[: source.index("THEN", source.index("NOT IN"))]
    known = set(re.findall(r"\('(\w+)', '(\w+)'\)", moves))
    assert known == {(str(m.source), str(m.target)) for m in workflow.MOVES if m.source != m.target}


def test_the_database_keeps_what_was_filed_and_every_request(school):
    request = filed(school)
    of_it = {"request": request}
    for rows, change in (
        (CorrectionItem.objects.filter(**of_it), {"new_value": "10"}),
        (Evidence.objects.filter(**of_it), {"sha256": "0" * 64}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    for statement in (
        "DELETE FROM approvals_correctionitem WHERE request_id = %s",
        "DELETE FROM approvals_evidence WHERE request_id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [request.pk])
    about = {"year": school.year, "school_class": school.class_4a, "period": "GHKI", "proposer": school.lan}
    empty = CorrectionRequest.objects.create(**about)
    with pytest.raises(IntegrityError, match="stays on record"), transaction.atomic():
        empty.delete()
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        CorrectionRequest.objects.create(**about, state="filed")
    with pytest.raises(IntegrityError, match="a draft has no number"), transaction.atomic():
        CorrectionRequest.objects.create(**about, number=99)


def test_the_database_numbers_a_request_when_it_is_filed_and_never_again(school):
    request = draft(school)
    corrections.attach(request, cleaned_picture(), by=school.lan)
    mine, others = (CorrectionRequest.objects.filter(pk=each.pk) for each in (request, filed(school, "8")))
    filing = {"state": "filed", "reason": "Nhầm.", "reason_code": "other", "filed_at": clock.now()}
    for rows, change, why in (
        (mine, {"number": 2}, "gets its number when it is filed"),
        (mine, {"filed_at": clock.now()}, "request_is_numbered_when_filed"),
        (mine, filing, "request_is_numbered_when_filed"),
        (mine, {**filing, "number": 1}, "request_number_once_a_year"),
        (others, {"number": 2}, "keeps it"),
        (others, {"number": None}, "keeps it"),
    ):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            rows.update(**change)
    assert mine.update(**filing, number=2) == 1


def test_the_database_files_nothing_without_evidence(school):
    request = draft(school)
    moved = {
        "state": "filed",
        "reason": "Nhầm.",
        "reason_code": "other",
        "filed_at": clock.now(),
        "number": 1,
    }
    with pytest.raises(IntegrityError, match="no evidence"), transaction.atomic():
        CorrectionRequest.objects.filter(pk=request.pk).update(**moved)


@pytest.mark.parametrize("act", [Act.APPROVE, Act.APPLY, Act.CANCEL])
def test_each_act_holds_the_request_before_it_looks_at_its_state(school, act, django_assert_max_num_queries):
    """Two at once come one after the other: the second finds the state that the first left."""
    request, person = {
        Act.APPROVE: lambda: (filed(school), school.hoa),
        Act.APPLY: lambda: (approved(school), school.tuan),
        Act.CANCEL: lambda: (filed(school), school.lan),
    }[act]()
    with django_assert_max_num_queries(40) as captured:
        act_on(request, act, person)
    statements = [query["sql"] for query in captured]
    held = next(i for i, sql in enumerate(statements) if "correctionrequest" in sql and "FOR UPDATE" in sql)
    written = next(i for i, sql in enumerate(statements) if sql.startswith(("UPDATE", "INSERT")))
    read = [i for i, sql in enumerate(statements) if sql.startswith("SELECT") and "correctionrequest" in sql]
    assert held == min(read)
    assert held < written


# -- A repeat test (R28)


def test_a_repeat_test_is_corrected_on_the_same_path_as_any_other_cell(client, school):
    period, pupil = Period.YEAR_END, school.pupils[0]
    ref = school.sheet(period=period)
    open_window(school, period)
    enter(ref, pupil, Field.MARK, "4", by=school.lan)
    enter(ref, pupil, Field.REPEAT, "6 · lấy điểm lần 1 · Em ốm.", by=school.lan)
    close_window(school, period)
    client.force_login(school.lan)
    page = f"/gradebook/sheets/{school.class_4a.pk}/TOAN/CN/repeat/{pupil.pk}/"
    typed = {"mark": "7", "official": "2", "reason": "Chấm sót câu 3.", "version": "2"}
    offered = client.post(page, typed)
    assert offered.status_code == 423
    fields = offered.context["fields"]
    assert client.post(offered.context["page"].propose_url, fields).status_code == 302
    request = CorrectionRequest.objects.get()
    item = request.items.get()
    assert (item.old_value, item.new_value) == (
        "6 · lấy điểm lần 1 · Em ốm.",
        "7 · lấy điểm lần 2 · Chấm sót câu 3.",
    )
    shown = client.get(f"/approvals/requests/{request.pk}/").content.decode()
    assert "Kiểm tra lại" in shown
    corrections.attach(request, cleaned_picture(), by=school.lan)
    corrections.file_request(request, reason=REASON, by=school.lan)
    corrections.decide(request, approve=True, note="", by=school.hoa)
    corrections.carry_out(request, by=school.tuan)
    row = SubjectResult.objects.get(student=pupil, period=period, line=ref.line)
    assert (row.mark, row.first_mark, row.repeat_reason) == (7, 4, "Chấm sót câu 3.")
