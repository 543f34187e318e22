"""The numbers in the menu: what waits behind each line, and in all; the same that the start page lists."""

import json
import re
from dataclasses import fields
from urllib.parse import quote

import pytest
from django.urls import reverse

from accounts.models import User
from approvals.digests import KINDS
from approvals.task_counts import OTHER_KINDS
from approvals.tasks import TasksPage, read_tasks
from gradebook.models import TeachingAssignment
from gradebook.regulation import Period
from students.models import HomeroomAssignment
from tests.approvals.papers import entered_school, filed
from tests.approvals.signed_books import complete_school
from tests.gradebook.school import carry_out_all, open_window
from tests.gradebook.year_end import complete, confirm, ended_school

pytestmark = pytest.mark.django_db
ANY_PAGE = "accounts:powers"
COUNTED_BY_THE_FRAME = {"requests", "inquiries", "inspections", "figures", "decisions"}


@pytest.fixture
def school():
    """4A's books of GHKI are complete and locked, CHKI is open, and records lack much."""
    school = complete_school()
    open_window(school, Period.END_TERM_1)
    return school


def menu_of(client, person, page="approvals:tasks"):
    """By label what the page's menu counts, without the zeros; and what the bell does."""
    client.force_login(person)
    context = client.get(reverse(page)).context
    return {each["label"]: each["count"] for each in context["menu"] if each["count"]}, context["waiting"][
        "count"
    ]


def asked(client, person):
    """What the script of any page is answered, by label."""
    client.force_login(person)
    labels = {each["url"]: each["label"] for each in client.get(reverse(ANY_PAGE)).context["menu"]}
    return {labels[url]: count for url, count in asked_as_the_script_does(client).json().items()}


def asked_as_the_script_does(client):
    headers = {"X-Background": "1", "Accept": "application/json"}
    return client.get(reverse("approvals:task_counts"), headers=headers)


def test_a_teacher_finds_books_records_and_days_counted_at_their_lines_and_sheets_in_the_total(
    school, client
):
    page = read_tasks(User.objects.get(pk=school.lan.pk))
    counts, bell = menu_of(client, school.lan)
    assert counts.pop("Việc của tôi") == bell == len(page.entries) + sum(counts.values())
    assert (len(page.entries), len(page.attendance)) == (3, counts["Điểm danh"])
    assert (counts["Kí sổ THKQGD"], counts["Hồ sơ học sinh"]) == (3, 1)


def test_the_menu_of_any_page_comes_to_the_same_with_what_its_script_asks_for(school, client):
    carry_out_all(school)
    for person in (school.lan, school.thu, school.hoa, school.bich, school.tuan, school.son):
        whole, bell = menu_of(client, person)
        counts, counted = menu_of(client, person, ANY_PAGE)
        others = asked(client, person)
        total = counted + sum(others.values())
        for label, count in others.items():
            counts[label] = counts.get(label, 0) + count
        assert (whole.get("Việc của tôi", 0), bell) == (total, total), person.username
        assert {**counts, "Việc của tôi": total} == {**whole, "Việc của tôi": total}, person.username


def test_a_page_shows_the_numbers_that_the_browser_kept_and_counts_anew_after_an_act(school, client):
    carry_out_all(school)
    whole, bell = menu_of(client, school.lan)
    kept = {"user": str(school.lan.pk), "at": 0, "others": asked_as_the_script_does(client).json()}
    for cookie in (quote(json.dumps(kept)), "anew"):
        client.cookies["kim-dong-tasks"] = cookie
        assert menu_of(client, school.lan, ANY_PAGE) == (whole, bell)
    answer = client.get(reverse(ANY_PAGE)).content.decode()
    found = json.loads(re.search(r'data-tasks="([^"]*)"', answer)[1].replace("&quot;", '"'))
    assert found == kept["others"] != {}


@pytest.mark.parametrize("others", ['{"/": "9"}', '{"/": -3}', "[]", "7", '{"/approvals/inspections/": 1e9}'])
def test_a_cookie_that_the_script_did_not_write_or_another_person_left_counts_nothing(school, client, others):
    bare = menu_of(client, school.lan, ANY_PAGE)
    for user, told in ((school.lan.pk, others), (school.thu.pk, '{"/": 9}')):
        client.cookies["kim-dong-tasks"] = quote(f'{{"user": "{user}", "at": 0, "others": {told}}}')
        assert menu_of(client, school.lan, ANY_PAGE) == bare


def test_what_every_page_counts_is_not_counted_twice(client):
    school = entered_school()
    filed(school, "9")
    carry_out_all(school)
    assert menu_of(client, school.hoa)[0]["Phiếu đề nghị sửa"] == 1
    assert "Phiếu đề nghị sửa" not in asked(client, school.hoa)


def test_classes_to_review_stand_at_the_years_end_and_a_class_without_teacher_at_the_assignments(client):
    school = ended_school()
    confirm(school)
    complete(school)
    HomeroomAssignment.objects.filter(school_class=school.class_4b).delete()
    counts = asked(client, school.hoa)
    tasks = read_tasks(User.objects.get(pk=school.hoa.pk))
    assert counts["Kết quả năm học"] == len(tasks.year_end) > 0
    assert counts["Phân công"] == sum("không có giáo viên" in each.title for each in tasks.classes) > 0


def test_nobodys_answer_tells_of_others_and_who_has_nothing_to_do_is_told_nothing(school, client):
    assert asked(client, school.son) == {}
    assert "Kí sổ THKQGD" not in asked(client, school.minh)


def test_a_number_is_read_out_with_its_unit(school, client):
    client.force_login(school.lan)
    shown = client.get("/").content.decode()
    row = re.search(r"<span>Kí sổ THKQGD</span>(.*?)</a>", shown)[1]
    assert row == '<span class="count">3<span class="visually-hidden"> việc</span></span>'
    others = json.loads(re.search(r'data-tasks="([^"]*)"', shown)[1].replace("&quot;", '"'))
    assert others[reverse("approvals:signatures")] == 3
    assert "data-tasks" not in client.get(reverse(ANY_PAGE)).content.decode()


def test_every_kind_of_task_is_counted_by_one_of_the_two():
    kinds = {each.name for each in fields(TasksPage)} & KINDS.keys()
    assert kinds == {*OTHER_KINDS, *COUNTED_BY_THE_FRAME}
    assert not COUNTED_BY_THE_FRAME & set(OTHER_KINDS)


def test_asking_for_the_numbers_keeps_nobody_awake_and_a_locked_screen_gets_none(school, client):
    client.force_login(school.lan)
    client.get("/")
    later(client, 14 * 60)
    assert asked_as_the_script_does(client).status_code == 200
    later(client, 2 * 60)
    assert asked_as_the_script_does(client).status_code == 401


def later(client, seconds):
    session = client.session
    session["seen_at"] -= seconds
    session.save()


@pytest.mark.parametrize("more", [0, 8])
def test_the_answer_takes_the_same_statements_for_a_few_sheets_and_for_many(
    school, client, django_assert_num_queries, more
):
    TeachingAssignment.objects.bulk_create(
        TeachingAssignment(
            school_class=school.class_4a,
            line=school.lines[4, code],
            teacher=school.lan,
            starts_on=school.year.starts_on,
        )
        for code in ["LSDL", "KH", "TH", "CN", "DD", "GDTC", "AN", "MT"][:more]
    )
    client.force_login(school.lan)
    # One of them the reminders of who owes a signature, the last the slips of the class.
    with django_assert_num_queries(29):
        asked_as_the_script_does(client)
