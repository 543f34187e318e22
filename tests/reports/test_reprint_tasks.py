"""What is to be printed again waits for the clerk on the start page, until it is printed (R55; PLAN IV)."""

import html
import re

import pytest
from django.urls import reverse

from accounts.held_powers import powers_of
from accounts.models import User
from approvals.digests import digest_of
from approvals.task_counts import other_tasks
from approvals.tasks import read_tasks
from reports.printed_files import page_of
from reports.reprint_tasks import reprint_tasks
from tests.approvals.papers import applied, entered_school
from tests.reports.test_superseded import BOOK, as_if_printed

pytestmark = pytest.mark.django_db


def the_school():
    return entered_school(pupils=2)


def prints_of(person):
    return read_tasks(User.objects.get(pk=person.pk)).prints


def start_page(client, person):
    client.force_login(person)
    main = client.get(reverse("approvals:tasks")).content.decode().split("<main", 1)[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_a_print_with_a_corrected_value_waits_for_the_clerk_until_it_is_printed_again(school, client):
    old = as_if_printed(school)
    assert prints_of(school.tuan) == ()
    request = applied(school)
    (task,) = prints_of(school.tuan)
    assert task.title == f"In lại {old.title}"
    assert task.detail == f"bản in số {old.pk}: trang 1 (phiếu {request.label})"
    assert task.url == page_of(old)
    page = start_page(client, school.tuan)
    assert f"Trang phải in lại In lại {old.title} bản in số {old.pk}: trang 1" in page
    assert client.get(task.url).status_code == 200
    assert "1 bản in có nội dung cũ phải in lại" in digest_of(User.objects.get(pk=school.tuan.pk)).lines
    as_if_printed(school)
    assert prints_of(school.tuan) == ()
    assert "Trang phải in lại" not in start_page(client, school.tuan)


def test_the_menu_counts_it_where_it_is_printed(school):
    as_if_printed(school)
    applied(school)
    clerk = User.objects.get(pk=school.tuan.pk)
    assert other_tasks(read_tasks(clerk), clerk)["reports:prints"] == 1


def test_several_faults_of_one_print_are_one_line(school):
    old = as_if_printed(school, BOOK.CLASS_TABLE)
    first, second = applied(school, "9"), applied(school, "8")
    (task,) = prints_of(school.tuan)
    assert task.title == f"In lại {old.title}"
    assert f"(phiếu {first.label})" in task.detail
    assert f"(phiếu {second.label})" in task.detail


@pytest.mark.parametrize("who", ["lan", "bich", "hoa", "dung"])
def test_it_waits_for_nobody_else(school, who):
    as_if_printed(school)
    applied(school)
    person = User.objects.get(pk=getattr(school, who).pk)
    assert read_tasks(person).prints == ()


def test_a_closed_year_asks_for_nothing(school):
    as_if_printed(school)
    applied(school)
    assert prints_of(school.tuan)
    type(school.year).objects.filter(pk=school.year.pk).update(state="closed")
    assert prints_of(school.tuan) == ()


def test_one_fault_and_many_cost_the_same(school, django_assert_num_queries):
    clerk = User.objects.get(pk=school.tuan.pk)
    powers_of(clerk)
    with django_assert_num_queries(3):
        assert not list(reprint_tasks(clerk))
    as_if_printed(school)
    applied(school, "9")
    with django_assert_num_queries(7):
        assert len(list(reprint_tasks(clerk))) == 1
    as_if_printed(school, BOOK.SLIPS)
    applied(school, "8")
    with django_assert_num_queries(7):
        assert len(list(reprint_tasks(clerk))) == 2
