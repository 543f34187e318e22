"""Anybody asks or reports an incident from any page; it is handled to its end, and the asker is told (PLAN IV.3–6)."""

import datetime
import re
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts import clock
from accounts.models import AuditEntry, Post, Team, User
from accounts.permissions import may
from accounts.powers import Action
from approvals.inquiries import (
    InquiryOutdated,
    Place,
    actors_of,
    ask,
    head_of,
    mark_read,
    move,
    visible_inquiries,
    waiting_for,
)
from approvals.inquiry_workflow import Desk, InquiryAct, InquiryActor, InquiryState
from approvals.models import Inquiry, InquiryEntry
from approvals.page_places import local_path, page_name
from approvals.tasks import read_tasks
from tests.gradebook.school import make_school

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WORDS = "Dán cả cột từ Excel được không?"


def the_school():
    """Cô Lan is one of thầy Dũng's tổ; thầy Minh is in none."""
    school = make_school()
    team = Team.objects.get(name="Tổ 4")
    for person in (school.lan, school.dung):
        person.team = team
        person.save()
    return school


def question(by, *, desk=Desk.GRADE_HEAD, **changed):
    values = {
        "kind": Inquiry.Kind.QUESTION,
        "text": WORDS,
        "urgency": "",
        "desk": desk,
        "place": Place("/students/classes/", "Lớp và học sinh", "Firefox"),
        "token": uuid.uuid4(),
    }
    return ask(**{**values, **changed}, by=by)


def form(**changed):
    return {
        "kind": "question",
        "text": WORDS,
        "desk": "grade_head",
        "page": "/",
        "token": uuid.uuid4(),
        **changed,
    }


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def again(person):
    return User.objects.get(pk=person.pk)


# -- Asking ------------------------------------------------------------------------------------------------


def test_every_page_leads_to_the_form_and_the_form_takes_the_page_along(school, client):
    client.force_login(school.lan)
    start = client.get(reverse("students:classes")).content.decode()
    link = re.search(r'href="(/approvals/inquiries/new/\?page=[^"]+)"', start)[1]
    shown = client.get(link)
    assert "trang «Lớp và học sinh» /students/classes/" in text(shown)
    assert "Tổ trưởng Tổ 4: Phạm Quốc Dũng" in text(shown)


@pytest.mark.parametrize("address", ["/khong-co-trang-nay/", "/gradebook/orders/new/"])
def test_a_missing_or_refused_page_leads_to_the_form_too(school, client, address):
    client.force_login(school.lan)
    page = client.get(address)
    assert page.status_code in (403, 404)
    assert f"page={address.replace('/', '%2F')}" in page.content.decode()


def test_a_question_goes_to_the_grade_head_an_incident_to_the_clerk_unless_chosen_otherwise(school, client):
    client.force_login(school.lan)
    for kind, desk in (("question", "grade_head"), ("incident", "clerk")):
        shown = client.get(reverse("approvals:inquiry_new"), {"kind": kind}).content.decode()
        chosen = re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]*checked', shown)
        assert dict(chosen) == {"kind": kind, "desk": desk, "urgency": "normal"}


def test_who_has_no_grade_head_and_the_grade_head_ask_the_clerk(school, client):
    for person in (school.minh, school.dung):
        assert head_of(person) is None
        assert question(person).desk == Desk.CLERK
        client.force_login(person)
        assert client.post(reverse("approvals:inquiry_new"), form()).status_code == 422


def test_what_is_asked_keeps_page_time_and_browser_and_reaches_the_one_asked(school, client):
    client.force_login(school.lan)
    sent = client.post(
        reverse("approvals:inquiry_new"),
        form(page="/students/classes/?year=2025#x"),
        follow=True,
        headers={"user-agent": "Firefox 140"},
    )
    found = Inquiry.objects.get()
    assert (found.page_path, found.page_title, found.browser) == (
        "/students/classes/",
        "Lớp và học sinh",
        "Firefox 140",
    )
    assert (found.desk, found.team.name, found.state) == ("grade_head", "Tổ 4", "new")
    assert f"{found.label}: có trả lời thì báo" in text(sent)
    assert f"Câu hỏi số 1/{clock.today().year}" in text(sent)
    client.force_login(school.dung)
    assert WORDS in text(client.get("/"))


def test_the_same_form_sent_twice_is_one_inquiry(school, client):
    client.force_login(school.lan)
    data = form()
    answers = [client.post(reverse("approvals:inquiry_new"), data) for _twice in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Inquiry.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"text": " … "}, {"kind": ""}, {"desk": "principal"}, {"text": "a" * 2001}]
)
def test_a_bad_form_is_refused_with_a_remedy_and_keeps_what_was_typed(school, client, wrong):
    client.force_login(school.lan)
    token = str(uuid.uuid4())
    answer = client.post(
        reverse("approvals:inquiry_new"), form(token=token, page="/students/classes/") | wrong
    )
    assert answer.status_code == 422
    assert wrong.get("text", WORDS).strip() in answer.content.decode()
    assert token in answer.content.decode()
    assert "/students/classes/" in text(answer)
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/students/classes/?q=Nguyễn+An#top", "/students/classes/"),
        ("/khong-co/", "/khong-co/"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/\\evil.example", ""),
        ("javascript:alert(1)", ""),
        ("/a\nb", ""),
        ("/" + "a" * 500, ""),
        ("", ""),
    ],
)
def test_only_a_path_of_our_own_is_kept_and_never_its_query(typed, kept):
    assert local_path(typed) == kept


def test_a_page_has_its_name_in_words_and_a_missing_one_none():
    assert page_name("/gradebook/progress/") == "Tiến độ nhập"
    assert page_name("/khong-co/") == ""


# -- Handling ----------------------------------------------------------------------------------------------


def test_the_path_from_question_to_answer_and_the_asker_is_told_until_it_is_read(school, client):
    asked = question(school.lan)
    move(asked, InquiryAct.ACCEPT, by=school.dung)
    assert not read_tasks(again(school.lan)).inquiries
    move(asked, InquiryAct.ANSWER, text="Được, dán vào ô đầu.", by=school.dung)
    client.force_login(school.lan)
    start = client.get("/")
    assert "Có trả lời mới" in text(start)
    menu = re.search(r'href="/approvals/inquiries/".*?</a>', start.content.decode(), re.DOTALL)[0]
    assert re.sub(r"<[^>]+>|\s+", " ", menu).split()[-2:] == ["1", "việc"]
    page = text(client.get(reverse("approvals:inquiry", args=[asked.pk])))
    assert "Được, dán vào ô đầu." in page
    assert "Phạm Quốc Dũng, Tổ (khối) trưởng" in page
    assert "Có trả lời mới" not in text(client.get("/"))
    client.force_login(school.dung)
    assert "Người hỏi đã đọc" in text(client.get(reverse("approvals:inquiry", args=[asked.pk])))


def test_what_is_beyond_the_desk_goes_up_and_comes_back_or_goes_out(school):
    asked = question(school.lan)
    move(asked, InquiryAct.REFER, text="Vượt thẩm quyền.", by=school.dung)
    assert list(waiting_for(again(school.bich))) == [asked]
    assert not waiting_for(again(school.dung)).exists()
    move(asked, InquiryAct.HAND_OVER, text="Nhờ văn thư làm.", by=school.bich)
    assert list(waiting_for(again(school.tuan))) == [asked]
    move(asked, InquiryAct.SEND_OUT, text="Đã gọi công ty.", by=school.tuan)
    asked.refresh_from_db()
    assert (asked.state, asked.desk) == ("sent", "clerk")
    move(asked, InquiryAct.ANSWER, text="Công ty đã sửa.", by=school.tuan)
    move(asked, InquiryAct.ASK_AGAIN, text="Vẫn còn lỗi.", by=school.lan)
    asked.refresh_from_db()
    assert (asked.state, list(waiting_for(again(school.tuan)))) == ("accepted", [asked])


def test_the_bell_counts_what_waits_and_leads_to_it(school, client):
    question(school.lan, desk=Desk.CLERK)
    client.force_login(school.tuan)
    bell = client.get("/accounts/powers/").context["waiting"]
    assert (bell["count"], bell["url"]) == (1, "/")


def test_the_clerk_is_called_to_a_question_to_a_grade_head_only_when_the_post_has_ended(school):
    asked = question(school.lan)
    assert actors_of(school.tuan, asked) == {InquiryActor.CLERK}
    assert not waiting_for(school.tuan).exists()
    Post.objects.filter(holder=school.dung).update(ends_on=clock.today() - DAY)
    assert list(waiting_for(again(school.tuan))) == [asked]
    assert not actors_of(again(school.dung), asked)
    move(asked, InquiryAct.ACCEPT, by=again(school.tuan))
    asked.refresh_from_db()
    assert asked.desk == Desk.CLERK


def test_a_page_offers_what_the_table_has_and_shows_the_age(school, client):
    with clock.travelling(clock.now() - 2 * DAY):
        asked = question(school.lan)
    client.force_login(school.dung)
    page = text(client.get(reverse("approvals:inquiry", args=[asked.pk])))
    assert "chờ 2 ngày" in page
    for button in ("Tiếp nhận", "Gửi trả lời", "Chuyển văn thư", "Chuyển Hiệu trưởng", "Ghi bổ sung"):
        assert button in page
    assert "Ghi nhận đã gửi đơn vị kĩ thuật" not in page
    client.force_login(school.hoa)
    assert "Gửi trả lời" not in text(client.get(reverse("approvals:inquiry", args=[asked.pk])))


@pytest.mark.parametrize(("typed", "why"), [(" . ", "Chưa ghi nội dung"), ("a" * 2001, "dài 2001 chữ")])
def test_an_answer_without_words_or_with_too_many_is_refused_in_place(school, client, typed, why):
    asked = question(school.lan)
    client.force_login(school.dung)
    answer = client.post(reverse("approvals:inquiry_act", args=[asked.pk, "answer"]), {"text": typed})
    assert answer.status_code == 422
    assert why in text(answer)
    assert typed.strip() in text(answer)
    assert not InquiryEntry.objects.exists()


def test_the_second_of_two_who_answer_is_told_the_state_it_has_now_and_keeps_the_words(school, client):
    asked = question(school.lan, desk=Desk.CLERK)
    move(asked, InquiryAct.REFER, text="Kính chuyển.", by=school.tuan)
    client.force_login(school.tuan)
    answer = client.post(reverse("approvals:inquiry_act", args=[asked.pk, "answer"]), {"text": "Được ạ."})
    assert answer.status_code == 409
    assert "«Đã chuyển Hiệu trưởng»" in text(answer)
    assert "Được ạ." in text(answer)
    with pytest.raises(InquiryOutdated):
        move(asked, InquiryAct.ACCEPT, by=school.tuan)


# -- Who sees and does what --------------------------------------------------------------------------------


def test_a_stranger_is_refused_and_a_colleague_of_another_team_too(school, client):
    asked = question(school.lan)
    for person in (school.minh, school.thu, school.son):
        client.force_login(person)
        assert client.get(reverse("approvals:inquiry", args=[asked.pk])).status_code == 403
        closed = client.post(reverse("approvals:inquiry_act", args=[asked.pk, "close"]))
        assert closed.status_code == 403
    asked.refresh_from_db()
    assert asked.state == InquiryState.NEW


def test_a_question_put_to_the_clerk_is_hidden_from_the_grade_head(school):
    asked = question(school.lan, desk=Desk.CLERK)
    assert asked not in visible_inquiries(again(school.dung))
    assert {person for person, user in school.people.items() if asked in visible_inquiries(again(user))} == {
        "lan",
        "bich",
        "hoa",
        "tuan",
    }


def test_the_list_holds_exactly_what_the_table_opens_to_each_person(school):
    asked = [question(school.lan), question(school.lan, desk=Desk.CLERK), question(school.minh)]
    for name, user in school.people.items():
        person = again(user)
        opened = {
            each
            for each in asked
            if may(person, Action.SEE_INQUIRY, owner_id=each.asker_id, team_id=each.team_id)
        }
        assert (name, set(visible_inquiries(person))) == (name, opened)


@pytest.mark.parametrize(("person", "act"), [("hoa", "close"), ("lan", "answer"), ("dung", "send_out")])
def test_who_sees_it_but_has_no_part_in_the_act_is_refused(school, client, person, act):
    asked = question(school.lan)
    client.force_login(school.people[person])
    answer = client.post(reverse("approvals:inquiry_act", args=[asked.pk, act]), {"text": "Xong."})
    assert answer.status_code == 403
    asked.refresh_from_db()
    assert asked.state == InquiryState.NEW


def test_only_the_askers_look_counts_as_read(school, client):
    asked = question(school.lan)
    move(asked, InquiryAct.ANSWER, text="Được.", by=school.dung)
    for person in (school.dung, school.bich):
        client.force_login(person)
        client.get(reverse("approvals:inquiry", args=[asked.pk]))
        mark_read(asked, by=person)
    asked.refresh_from_db()
    assert asked.is_unread


# -- The list and the budgets ------------------------------------------------------------------------------


def test_the_list_narrows_by_whose_and_state_and_knows_how_many(school, client):
    mine = question(school.lan)
    done = question(school.lan)
    move(done, InquiryAct.CLOSE, by=school.lan)
    other = question(school.minh)
    client.force_login(school.tuan)
    shown = {
        query: [
            name
            for name in (mine, done, other)
            if name.label in text(client.get(f"/approvals/inquiries/{query}"))
        ]
        for query in (
            "",
            "?who=waiting",
            "?who=mine",
            "?state=closed",
            "?who=waiting&state=open",
            "?who=x&state=y",
        )
    }
    assert shown == {
        "": [mine, done, other],
        "?who=waiting": [other],
        "?who=mine": [],
        "?state=closed": [done],
        "?who=waiting&state=open": [other],
        "?who=x&state=y": [mine, done, other],
    }
    assert "Chờ tôi xử lí (1)" in text(client.get("/approvals/inquiries/"))


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_and_a_page_take_the_same_statements_for_one_and_for_many(
    school, client, django_assert_num_queries, many
):
    for _each in range(many):
        asked = question(school.lan, desk=Desk.CLERK)
    for number in range(many):
        move(asked, InquiryAct.NOTE, text=f"Lần {number}.", by=school.lan)
    client.force_login(school.tuan)
    with django_assert_num_queries(5):
        client.get(reverse("approvals:inquiries"))
    with django_assert_num_queries(6):
        client.get(reverse("approvals:inquiry", args=[asked.pk]))
    # Nine of them: years that wait to be opened or stand reopened (the principal's too), seats that contradict a
    # result, pupils whom a result decided anew moves, work on personal data, prints to make again.
    with django_assert_num_queries(18):
        client.get("/")


# -- The database refuses too ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"},
        {"state": "answered"},
        {"state": "closed"},
        {"urgency": "urgent"},
        {"kind": "incident"},
        {"desk": "grade_head", "team": None},
        {"text": ""},
        {"page_path": "//evil.example"},
        {"page_path": "https://evil.example"},
    ],
)
def test_a_row_that_cannot_be_is_refused_by_the_database(school, wrong):
    asked = question(school.lan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(pk=asked.pk).update(**wrong)


def test_what_was_said_is_kept_for_ever_and_stands_in_the_audit_chain(school):
    asked = question(school.lan)
    move(asked, InquiryAct.NOTE, text="Thêm.", by=school.lan)
    for attack in (
        lambda: InquiryEntry.objects.update(text="Khác"),
        lambda: InquiryEntry.objects.all().delete(),
        lambda: Inquiry.history.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()
    links = AuditEntry.objects.filter(table_name__in=["approvals_inquiry", "approvals_inquiryentry"])
    assert set(links.values_list("actor", flat=True)) == {"lan"}
    assert links.filter(table_name="approvals_inquiryentry").count() == 1
