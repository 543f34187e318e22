"""The handbook of each role: all that it may do is in it, with words and links of the program (PLAN III.2)."""

import re
from functools import cache

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.guides import GUIDES
from accounts.handbook import ENTRIES, handbook_of
from accounts.powers import TABLE, Role
from tests.gradebook.school import make_school

READERS = {
    Role.PRINCIPAL: "bich",
    Role.VICE_PRINCIPAL: "hoa",
    Role.CLERK: "tuan",
    Role.GRADE_HEAD: "dung",
    Role.INSPECTOR: "son",
    Role.HOMEROOM: "lan",
    Role.SUBJECT: "thu",
    Role.STAFF: "thu",
}
LONGEST_ANSWER = 70  # syllables: what is longer is a page's own help
TOLD_ELSEWHERE = ("accounts/handbook/", "accounts/guides.py")


def entries_of(role):
    return [entry for chapter in handbook_of(role) for entry in chapter.entries]


@cache
def words_of_the_program():
    """Of pages and code, but for handbook and guides themselves; white space as one blank."""
    roots = ("templates", "static/js", "accounts", "students", "gradebook", "approvals", "reports")
    files = [path for root in roots for path in (settings.BASE_DIR / root).rglob("*")]
    texts = [
        path.read_text(encoding="utf-8")
        for path in files
        if path.suffix in (".html", ".py", ".js")
        and "migrations" not in path.parts
        and not str(path.relative_to(settings.BASE_DIR)).startswith(TOLD_ELSEWHERE)
    ]
    return re.sub(r"\s+", " ", " ".join(texts))


@pytest.mark.parametrize("role", Role)
def test_the_handbook_of_a_role_tells_everything_that_the_role_may_do(role):
    told = {act for entry in entries_of(role) for act in entry.acts}
    assert {rule.action for rule in TABLE if role in rule.who} - told == set()


@pytest.mark.parametrize("role", Role)
def test_it_tells_a_role_nothing_that_only_others_may_do(role):
    may = {rule.action for rule in TABLE if role in rule.who}
    named = [entry for entry in entries_of(role) if role not in entry.roles]
    assert [entry.want for entry in named if entry.acts[0] not in may] == []


def test_who_sees_what_others_do_is_not_told_to_do_it():
    told = {entry.want for entry in entries_of(Role.CLERK)}
    assert "xem kết quả năm học, danh sách lên lớp, khen thưởng" in told
    assert not told & {"rà soát kết quả năm học", "phê duyệt kết quả, quyết định ngoại lệ"}
    assert not any("nhập điểm" in want or "kí xác nhận" in want for want in told)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.want)
def test_an_answer_is_short_and_names_what_is_on_the_pages(entry):
    assert len(entry.how.split()) <= LONGEST_ANSWER
    named = re.findall("«(.+?)»", entry.how)
    assert named
    assert [name for name in named if name not in words_of_the_program()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_every_link_of_a_role_opens_for_it(client, role):
    client.force_login(make_school().people[READERS[role]])
    pages = {entry.page for entry in entries_of(role)}
    closed = [page for page in sorted(pages) if client.get(reverse(page), follow=True).status_code != 200]
    assert closed == []


@pytest.mark.django_db
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.role.value)
def test_the_help_page_of_a_role_shows_its_handbook(client, guide):
    client.force_login(make_school().lan)
    page = client.get(reverse("accounts:guide", args=[guide.role.value])).content.decode()
    shown = re.findall(r"<dt>Muốn ([^<]+)</dt>", page)
    assert shown == [entry.want for role in (guide.role, Role.STAFF) for entry in entries_of(role)]


@pytest.mark.django_db
def test_the_guide_of_another_role_links_only_to_pages_that_open_for_the_reader(client):
    school = make_school()
    client.force_login(school.lan)
    page = client.get(reverse("accounts:guide", args=[Role.CLERK.value])).content.decode()
    ways = set(re.findall(r'<a href="([^"]+)">Mở trang', page))
    assert reverse("approvals:tasks") in ways
    clerks = {reverse(entry.page) for entry in entries_of(Role.CLERK) if entry.page}
    assert len(clerks - ways) > 5
    assert [way for way in sorted(ways) if client.get(way, follow=True).status_code != 200] == []
