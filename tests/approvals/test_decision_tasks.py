"""A drafted decision on results waits for the principal: on «Việc của tôi», in the menu and at the bell."""

import pytest
from django.urls import reverse

from accounts import clock
from approvals.digests import digest_of
from approvals.task_counts import other_tasks
from approvals.tasks import read_tasks
from gradebook.decision_rules import DecisionKind
from gradebook.decisions import draft_decision, drop_draft, issue_decision, withdraw_decision
from gradebook.models import ClassYearEnd
from students.models import SchoolClass, SchoolYear
from tests.gradebook.test_decisions import issued, lower
from tests.gradebook.year_end import confirm, ended_school, go_through

pytestmark = pytest.mark.django_db


def the_school():
    school = ended_school()
    confirm(school)
    return school


def draft(school, school_class=None):
    return draft_decision(DecisionKind.AWARDS, school.year, school_class, by=school.tuan)


def approve(school_class, school):
    steps = {"completed": school.lan, "reviewed": school.hoa, "approved": school.bich}
    people = {f"{step}_by": person for step, person in steps.items()}
    moments = {f"{step}_at": clock.now() for step in steps}
    ClassYearEnd.objects.create(school_class=school_class, state="approved", **people, **moments)


def waiting(client, person):
    """(titles on the start page, the number in the menu of another page, the number at its bell)."""
    client.force_login(person)
    titles = [task.title for task in client.get("/").context["page"].decisions]
    context = client.get(reverse("accounts:powers")).context
    menu = {entry["label"]: entry["count"] for entry in context["menu"]}
    return titles, menu["Kết quả năm học"], context["waiting"]["count"]


def test_the_principal_alone_is_told_until_it_is_issued(school, client):
    go_through(school)
    paper = draft(school, school.class_1a)
    told = (["Ban hành quyết định: Khen thưởng học sinh, lớp 1A"], 1, 1)
    assert waiting(client, school.bich) == told
    assert waiting(client, school.tuan) == waiting(client, school.hoa) == ([], 0, 0)
    assert "1 quyết định chờ ban hành" in digest_of(school.bich).lines
    issue_decision(paper, number="45/QĐ-THKĐ", dated=clock.today(), by=school.bich)
    assert waiting(client, school.bich) == ([], 0, 0)


def test_it_waits_for_her_when_the_classes_in_its_scope_are_approved(school, client):
    draft(school, school.class_1a)
    whole = draft(school)
    draft(school, school.class_4a)
    assert waiting(client, school.bich)[1] == 0
    go_through(school)
    assert waiting(client, school.bich)[0] == ["Ban hành quyết định: Khen thưởng học sinh, lớp 1A"]
    for school_class in (school.class_4a, school.class_4b):
        approve(school_class, school)
    SchoolClass.objects.create(year=school.year, name="5A", grade_level=5)  # nobody sits there
    assert waiting(client, school.bich)[1] == 3
    drop_draft(whole, by=school.tuan)
    assert waiting(client, school.bich)[1] == 2
    SchoolYear.objects.update(state=SchoolYear.State.CLOSED)
    assert not read_tasks(school.bich).decisions


def to_amend(person):
    """(title, what to do, the word beside) of the decisions to amend on the start page."""
    return [
        (task.title, task.detail, task.word)
        for task in read_tasks(person).year_end
        if "nêu kết quả không còn đúng" in task.title
    ]


def test_a_decision_that_names_a_result_which_no_longer_stands_waits_for_the_principal_until_it_is_amended(
    school, client
):
    go_through(school)
    first = issued(school)
    assert to_amend(school.bich) == []
    lower(school)
    title = "Quyết định số 45/QĐ-THKĐ (Khen thưởng học sinh) nêu kết quả không còn đúng"
    name = f"{school.pupils[0].full_name} (1A)"
    later = f"{name}: kết quả đang xét lại, duyệt lại xong thì sửa đổi quyết định"
    assert to_amend(school.bich) == [(title, later, "1 em")]
    confirm(school)
    go_through(school)
    now = f"{name}: soạn, ban hành quyết định sửa đổi, thay thế hoặc huỷ nội dung về em"
    assert to_amend(school.bich) == [(title, now, "1 em")]
    assert to_amend(school.tuan) == to_amend(school.hoa) == []
    assert other_tasks(read_tasks(school.bich), school.bich)["gradebook:year_ends"] == 1
    client.force_login(school.bich)
    page = client.get(reverse("gradebook:decision", args=[first.pk])).context
    assert [entry["label"] for entry in page["menu"] if entry["active"]] == ["Kết quả năm học"]
    assert waiting(client, school.bich)[0] == []
    second = issued(school, number="46/QĐ-THKĐ")
    assert to_amend(school.bich) == []
    withdraw_decision(second, reason="Sai thể thức", by=school.bich)
    assert len(to_amend(school.bich)) == 1
    withdraw_decision(first, reason="Ban hành lại", by=school.bich)
    assert to_amend(school.bich) == []
