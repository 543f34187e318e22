"""The classes of a year and the roster of one: who sees which, and what of a pupil (PLAN IV; R13, R92)."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import permissions
from accounts.models import AccessLogEntry
from accounts.powers import Action
from students.models import Enrolment, SchoolClass, SchoolYear, Student, proposed_rule_set
from tests.gradebook.school import add_pupils, grant_to
from tests.pupils import rewrite

pytestmark = pytest.mark.django_db
CLASSES = "/students/classes/"


@pytest.fixture
def as_(client, school):
    """The client, logged in as the person of that name."""

    def log_in(name):
        client.force_login(school.people[name])
        return client

    return log_in


def page_of(school_class: SchoolClass) -> str:
    return reverse("students:class", args=[school_class.pk])


def text(response) -> str:
    """What a reader sees: the page without tags, white space folded."""
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def listed_classes(response) -> list[str]:
    return re.findall(r'/students/classes/\d+/">([^<]+)</a>', response.content.decode())


@pytest.mark.parametrize(
    ("person", "classes"),
    [
        ("lan", ["4A"]),
        ("thu", ["4A", "4B"]),
        ("dung", ["4A", "4B"]),
        ("ngoc", ["1A"]),
        ("tuan", ["1A", "4A", "4B"]),
        ("bich", ["1A", "4A", "4B"]),
        ("hoa", ["1A", "4A", "4B"]),
        ("son", ["1A", "4A", "4B"]),
    ],
)
def test_each_sees_the_classes_that_are_theirs(school, as_, person, classes):
    client = as_(person)
    assert listed_classes(client.get(CLASSES)) == classes
    for school_class in (school.class_1a, school.class_4a, school.class_4b):
        expected = 200 if school_class.name in classes else 403
        assert client.get(page_of(school_class)).status_code == expected


def test_the_list_counts_the_pupils_of_today_and_names_the_homeroom_teacher(school, as_):
    gone = Enrolment.objects.filter(school_class=school.class_4a).first()
    gone.ends_on = school.year.day_for_roster() - datetime.timedelta(days=1)
    gone.save()
    girls = Enrolment.objects.roster(school.class_4a).filter(student__gender="female").count()
    shown = text(as_("tuan").get(CLASSES))
    assert f"4A 4 Nguyễn Thị Lan 4 {girls}" in shown
    assert "3 lớp, 9 học sinh" in shown


def test_another_year_is_chosen_by_the_address(school, as_):
    year = school.year.year - 1
    before = SchoolYear.objects.create(
        year=year,
        rule_set=proposed_rule_set(year),
        starts_on=datetime.date(year, 8, 1),
        first_term_ends_on=datetime.date(year + 1, 1, 15),
        ends_on=datetime.date(year + 1, 7, 31),
        school_name="Trường Tiểu học Kim Đồng",
    )
    SchoolClass.objects.create(year=before, name="5C", grade_level=5)
    client = as_("tuan")
    assert listed_classes(client.get(CLASSES)) == ["1A", "4A", "4B"]
    assert listed_classes(client.get(CLASSES, {"year": year})) == ["5C"]
    assert client.get(CLASSES, {"year": "1999"}).status_code == 404
    assert client.get(CLASSES, {"year": "x"}).status_code == 404
    assert "Không có lớp nào thầy cô xem được" in text(as_("lan").get(CLASSES, {"year": year}))


def test_an_empty_class_says_who_fills_it_and_an_unknown_one_is_not_found(school, as_):
    Enrolment.objects.all().delete()
    assert "Lớp chưa có học sinh" in text(as_("ngoc").get(page_of(school.class_1a)))
    client = as_("tuan")
    assert (
        'href="/students/import/"' in client.get(page_of(school.class_1a)).content.decode().split("<main")[1]
    )
    assert client.get(reverse("students:class", args=[999_999])).status_code == 404


def test_the_roster_stands_in_class_order(school, as_):
    shown = text(as_("lan").get(page_of(school.class_4a)))
    roster = Enrolment.objects.roster(school.class_4a)
    places = [shown.index(enrolment.student.full_name) for enrolment in roster]
    assert len(places) == 5
    assert places == sorted(places)
    first = roster[0].student
    assert f"1 {first.full_name} {first.birth_label}" in shown


def test_a_refused_person_is_told_who_may_and_it_is_logged(school, as_):
    response = as_("ngoc").get(page_of(school.class_4a))
    assert response.status_code == 403
    assert "Danh sách lớp 4A dành cho giáo viên dạy lớp" in text(response)
    assert AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.REFUSED, user=school.ngoc).count() == 1


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("lan", True),
        ("tuan", True),
        ("bich", True),
        ("hoa", True),
        ("thu", False),
        ("dung", False),
        ("son", False),
    ],
)
def test_origin_policy_and_disability_are_for_those_who_need_them(school, as_, person, sees):
    rewrite(
        Student.objects.filter(pk=school.pupils[0].pk),
        ethnic_code="03",
        policy_code="02",
        disability_code="01",
    )
    response = as_(person).get(page_of(school.class_4a))
    assert ("Khuyết tật vận động" in text(response)) is sees
    assert (">Thái<" in response.content.decode()) is sees
    assert permissions.may(school.people[person], Action.SEE_SENSITIVE, school_class=school.class_4a) is sees
    assert ("chỉ hiện với giáo viên chủ nhiệm" in text(response)) is not sees


def sheet_codes(response) -> set[str]:
    return set(re.findall(r"/gradebook/sheets/\d+/([A-Z0-9-]+)/GHKI/", response.content.decode()))


def test_the_class_page_leads_to_the_sheets_that_the_person_may_open(school, as_):
    everything = {code for grade, code in school.lines if grade == 4} | {"NLPC"}
    for person, codes in (("lan", everything), ("dung", everything), ("son", everything), ("thu", {"NN1"})):
        client = as_(person)
        response = client.get(page_of(school.class_4a))
        assert sheet_codes(response) == codes
        for code in codes:
            address = reverse("gradebook:sheet", args=[school.class_4a.pk, code, "CN"])
            assert client.get(address).status_code == 200


def test_the_foreign_language_is_named_of_a_class_that_learns_one(school, as_):
    client = as_("tuan")
    assert "Ngoại ngữ 1: Tiếng Anh" in text(client.get(page_of(school.class_4a)))
    assert "Ngoại ngữ 1" not in text(client.get(page_of(school.class_1a)))


def test_a_grant_opens_list_and_sheets(school, as_):
    client = as_("ngoc")
    grant_to(school, school.ngoc, school.class_4a)
    assert listed_classes(client.get(CLASSES)) == ["1A", "4A"]
    assert "NLPC" in sheet_codes(client.get(page_of(school.class_4a)))
    assert permissions.may(school.ngoc, Action.SEE_CLASS, school_class=school.class_4a)


@pytest.mark.parametrize("more", [0, 30])
def test_the_pages_take_the_same_statements_for_5_and_35_pupils(school, as_, more):
    add_pupils(school.class_4a, more)
    client = as_("tuan")
    client.get(CLASSES)
    with CaptureQueriesContext(connection) as of_list:
        client.get(CLASSES)
    with CaptureQueriesContext(connection) as of_class:
        client.get(page_of(school.class_4a))
    # 8 to read; the ninth is the line in the access log, once a look.
    assert (len(of_list), len(of_class)) == (6, 10)


def test_a_look_at_sensitive_columns_is_logged_once_and_costs_one_statement(school, as_):
    def look(name):
        client = as_(name)
        with CaptureQueriesContext(connection) as captured:
            client.get(page_of(school.class_4a), {"q": "Nguyễn"})
        return sum("accounts_accesslogentry" in each["sql"] for each in captured)

    assert [look(name) for name in ("lan", "thu", "dung", "son")] == [1, 0, 0, 0]
    entry = AccessLogEntry.objects.get(kind="sensitive_viewed")
    assert (entry.user, entry.post, entry.path) == (
        school.lan,
        "Giáo viên chủ nhiệm",
        page_of(school.class_4a),
    )
    assert entry.target == f"Danh sách lớp 4A năm học {school.year.label}"
