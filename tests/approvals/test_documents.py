"""The school's plan, the decision on its management board, other papers: kept with every version (PLAN IV.1)."""

import datetime
import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry
from approvals.documents import DocumentRefused, Member, Paper, board_of_today, keep
from approvals.models import BoardMember, DocumentVersion, KeptDocument
from tests.approvals.kept import PLAN_FILE, again, board_paper, the_board, the_plan
from tests.approvals.papers import picture, scan
from tests.gradebook.school import CONFIRMED, make_school

pytestmark = pytest.mark.django_db
LIST = "approvals:documents"
DAY = datetime.timedelta(days=1)


def the_school():
    return make_school(pupils=1)


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def typed(**changed):
    values = {
        "number": "05/KH-THKĐ",
        "dated": clock.today().isoformat(),
        "title": "Quản lí và sử dụng CSDL",
        "token": uuid.uuid4(),
    }
    return {**values, **changed}


def rows(*members):
    """What the browser sends of the board's rows: person, role, first and last day."""
    sent = {"m-TOTAL_FORMS": len(members), "m-INITIAL_FORMS": 0}
    for place, (person, role, *days) in enumerate(members):
        starts, ends = (*days, "", "")[:2]
        sent |= {
            f"m-{place}-person": person.pk if person else "",
            f"m-{place}-role": role,
            f"m-{place}-starts_on": starts,
            f"m-{place}-ends_on": ends,
        }
    return sent


def file(content=None, name="kế hoạch.pdf"):
    return SimpleUploadedFile(name, content or scan())


# -- Kept by leaders, read by everybody --------------------------------------------------------------------


def test_the_principal_keeps_the_plan_and_everybody_takes_its_file(school, client):
    client.force_login(school.bich)
    assert "Chưa có" in text(client.get(reverse(LIST)))
    answer = client.post(reverse("approvals:document_new", args=["plan"]), typed(file=file()), follow=True)
    assert "Đã lưu văn bản số 05/KH-THKĐ" in text(answer)
    version = DocumentVersion.objects.get()
    client.force_login(school.thu)
    assert "Số 05/KH-THKĐ" in text(client.get(reverse(LIST)))
    taken = client.get(reverse("approvals:document_file", args=[version.pk]))
    assert taken.getvalue().startswith(b"%PDF-")
    assert taken["Content-Disposition"].startswith("attachment")
    assert AccessLogEntry.objects.filter(kind="downloaded", user=school.thu).exists()


def test_the_clerk_keeps_it_on_behalf_of_a_leader_and_says_of_whom(school, client):
    client.force_login(school.tuan)
    address = reverse("approvals:document_new", args=["plan"])
    missing = client.post(address, typed(file=file()))
    assert missing.status_code == 422
    assert "chọn thay ai" in text(missing)
    done = client.post(address, typed(file=file(), on_behalf_of=school.bich.pk), follow=True)
    assert f"thay {school.bich.full_name}" in text(done)


def test_a_leader_keeps_it_in_the_own_name(school):
    paper = Paper("1/KH", clock.today(), "Kế hoạch", file=PLAN_FILE, on_behalf_of=school.bich)
    with pytest.raises(DocumentRefused, match="không ghi thay ai"):
        keep(KeptDocument(kind="plan", name="Kế hoạch"), paper, token=uuid.uuid4(), by=again(school.hoa))


@pytest.mark.parametrize("person", ["lan", "dung", "son"])
def test_nobody_else_keeps_anything(school, client, person):
    paper = Paper("1/KH", clock.today(), "Kế hoạch", file=PLAN_FILE)
    with pytest.raises(PermissionDenied):
        keep(
            KeptDocument(kind="plan", name="Kế hoạch"),
            paper,
            token=uuid.uuid4(),
            by=again(school.people[person]),
        )
    client.force_login(school.people[person])
    assert reverse("approvals:document_new", args=["plan"]) not in client.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "Chưa có tệp văn bản"),
        ({"file": b"MZ"}, "không phải ảnh JPEG, PNG hoặc tệp PDF"),
        ({"file": picture()}, "Văn bản lưu bằng tệp PDF"),
        ({"dated": (clock.today() + DAY).isoformat()}, "Ngày kí chưa tới"),
        ({"number": ""}, "Chưa có số"),
        ({"name": ""}, "Chưa có tên"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(school, client, changed, says):
    client.force_login(school.hoa)
    sent = (
        typed(name="Quy chế", title="Quy chế sử dụng", **changed)
        if "name" not in changed
        else typed(**changed)
    )
    sent["title"] = "Quy chế sử dụng"
    if "file" in changed:
        sent["file"] = file(changed["file"])
    elif changed:
        sent["file"] = file()
    answer = client.post(reverse("approvals:document_new", args=["other"]), sent)
    assert answer.status_code == 422
    assert says in text(answer)
    assert "Quy chế sử dụng" in answer.content.decode()
    assert not KeptDocument.objects.exists()


# -- Versions ----------------------------------------------------------------------------------------------


def test_the_newest_version_is_in_force_and_the_former_ones_stay(school, client):
    the_plan(school)
    document = the_plan(school, "09/KH-THKĐ").document
    client.force_login(school.lan)
    shown = text(client.get(reverse("approvals:document", args=[document.pk])))
    current, former = shown.split("Các bản trước")
    assert "số 09/KH-THKĐ" in current
    assert "Bản thứ 1: số 05/KH-THKĐ" in former
    assert KeptDocument.objects.count() == 1


def test_a_form_sent_twice_is_one_version(school, client):
    client.force_login(school.bich)
    token = uuid.uuid4()
    document = the_plan(school).document
    for _each in range(2):
        sent = typed(file=file(), token=token)
        assert client.post(reverse("approvals:document_renew", args=[document.pk]), sent).status_code == 302
    assert document.versions.count() == 2


def test_there_is_one_plan(school, client):
    the_plan(school)
    client.force_login(school.bich)
    answer = client.post(reverse("approvals:document_new", args=["plan"]), typed(file=file()))
    assert "Mở văn bản đó và thêm bản mới" in text(answer)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals_documentversion SET number = 'khác'",
        "DELETE FROM approvals_documentversion",
        "UPDATE approvals_boardmember SET role = 'member'",
        "DELETE FROM approvals_boardmember",
        "INSERT INTO approvals_keptdocument (kind, name) VALUES ('board', 'Ban khác')",
    ],
)
def test_the_database_changes_and_deletes_none(school, statement):
    the_board(school)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# -- The management board ----------------------------------------------------------------------------------


def test_the_decision_is_laid_down_with_its_members(school, client):
    client.force_login(school.bich)
    members = rows(
        (school.bich, "head"), (school.hoa, "deputy"), (None, "member"), (school.lan, "member", "2026-09-01")
    )
    answer = client.post(
        reverse("approvals:document_new", args=["board"]),
        {**typed(number="12/QĐ-THKĐ", text="Quản lí CSDL."), **members, **CONFIRMED},
        follow=True,
    )
    shown = text(answer)
    assert f"{school.bich.full_name} Trưởng ban Hiệu trưởng {clock.today():%d/%m/%Y}" in shown
    assert f"{school.lan.full_name} Thành viên Giáo viên 01/09/2026 Khi có quyết định khác" in shown
    assert [each.person_id for each in BoardMember.objects.order_by("place")] == [
        school.bich.pk,
        school.hoa.pk,
        school.lan.pk,
    ]


@pytest.mark.parametrize(
    ("roles", "says"),
    [
        (("member", "member"), "đúng một Trưởng ban"),
        (("head", "head"), "đúng một Trưởng ban"),
        (("head",), "ít nhất hai người"),
        (("head", "king"), "Nhiệm vụ chưa đúng"),
    ],
)
def test_a_board_has_one_head_and_members(school, client, roles, says):
    client.force_login(school.bich)
    people = (school.bich, school.hoa)
    members = rows(*zip(people, roles, strict=False))
    sent = {**typed(text="Quản lí CSDL."), **members, **CONFIRMED}
    answer = client.post(reverse("approvals:document_new", args=["board"]), sent)
    assert answer.status_code == 422
    assert says in text(answer)
    assert not BoardMember.objects.exists()


def test_nobody_is_on_the_board_twice_or_leaves_before_joining(school):
    today = clock.today()
    head = Member(school.bich, "head", today)
    with pytest.raises(DocumentRefused, match="có hai dòng"):
        the_board(school, members=(head, Member(school.bich, "member", today)))
    with pytest.raises(DocumentRefused, match="ngày thôi sớm hơn"):
        the_board(school, members=(head, Member(school.hoa, "deputy", today, today - DAY)))


def test_the_board_of_today_is_that_of_the_newest_decision(school):
    today = clock.today()
    the_board(school)
    head, leaver = (
        Member(school.bich, "head", today),
        Member(school.lan, "member", today - 9 * DAY, today - DAY),
    )
    the_board(school, number="15/QĐ-THKĐ", members=(head, Member(school.thu, "deputy", today), leaver))
    assert [each.person for each in board_of_today()] == [school.bich, school.thu]


def test_a_further_decision_begins_with_the_members_of_the_last(school, client):
    document = the_board(school).document
    client.force_login(school.tuan)
    form = client.get(reverse("approvals:document_renew", args=[document.pk]))
    people = [row["person"].value() for row in form.context["rows"]]
    assert people[:3] == [str(school.bich.pk), str(school.hoa.pk), str(school.tuan.pk)]
    assert board_paper(school).text in form.content.decode()


def test_every_decision_on_the_board_is_laid_down_with_the_password_the_later_ones_too(school, client):
    client.force_login(school.bich)
    members = rows((school.bich, "head"), (school.hoa, "deputy"))
    first, later = (
        {**typed(number=number, text="Quản lí CSDL."), **members} for number in ("12/QĐ-THKĐ", "13/QĐ-THKĐ")
    )
    address = reverse("approvals:document_new", args=["board"])
    assert 'name="confirm_password"' in client.get(address).content.decode()
    for sent in (first, later):
        asked = client.post(address, sent)
        assert asked.status_code == 422
        assert f"Đưa lên quyết định số {sent['number']} về Ban quản lí CSDL" in text(asked)
        assert not DocumentVersion.objects.filter(number=sent["number"]).exists()
        assert client.post(address, {**sent, **CONFIRMED}).status_code == 302
        address = reverse("approvals:document_renew", args=[KeptDocument.objects.get().pk])
    assert DocumentVersion.objects.count() == 2


@pytest.mark.parametrize("count", [1, 5])
def test_the_list_takes_the_same_statements_for_one_and_for_many(
    school, client, django_assert_num_queries, count
):
    for number in range(count):
        paper = Paper(f"{number}/QC", clock.today(), "Quy chế", file=PLAN_FILE)
        keep(
            KeptDocument(kind="other", name=f"Quy chế {number}"),
            paper,
            token=uuid.uuid4(),
            by=again(school.bich),
        )
    client.force_login(school.lan)
    with django_assert_num_queries(5):
        client.get(reverse(LIST))
