"""Powers follow from posts and assignments of the day, and end with them (PLAN IV; rule R59)."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts import clock, permissions
from accounts.held_powers import powers_of
from accounts.models import Post, User
from accounts.powers import Action
from gradebook.models import SubjectLine, TeachingAssignment
from students.models import HomeroomAssignment, SchoolClass
from tests.gradebook.school import grant_to

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def again(user: User) -> User:
    """The person as the next request sees them."""
    return User.objects.get(pk=user.pk)


def test_powers_take_one_statement_whatever_the_number_of_assignments(school, django_assert_num_queries):
    for person in (again(school.lan), again(school.son)):
        with django_assert_num_queries(1):
            powers_of(person)
    for name in ("4C", "4D", "4E"):
        other = SchoolClass.objects.create(year=school.year, name=name, grade_level=4)
        for line in SubjectLine.objects.filter(year=school.year, grade_level=4):
            TeachingAssignment.objects.create(
                school_class=other, line=line, teacher=school.lan, starts_on=school.year.starts_on
            )
    busy = again(school.lan)
    with django_assert_num_queries(1):
        assert len(powers_of(busy).taught) > 30


def test_a_substitute_has_the_class_for_the_days_of_the_assignment_and_not_after(school):
    today = clock.today()
    HomeroomAssignment.objects.filter(school_class=school.class_4a).update(ends_on=today - DAY)
    substitute = HomeroomAssignment.objects.create(
        school_class=school.class_4a, teacher=school.minh, starts_on=today, ends_on=today
    )
    assert permissions.is_responsible(again(school.minh), school.class_4a, None)
    assert not permissions.is_responsible(again(school.lan), school.class_4a, None)
    substitute.starts_on = substitute.ends_on = today - 2 * DAY
    HomeroomAssignment.objects.filter(school_class=school.class_4a, teacher=school.lan).update(
        ends_on=today - 3 * DAY
    )
    substitute.save()
    assert not permissions.is_responsible(again(school.minh), school.class_4a, None)


def test_a_post_ends_with_its_last_day(school):
    Post.objects.filter(holder=school.hoa).update(ends_on=clock.today() - DAY)
    assert not permissions.may(again(school.hoa), Action.DECIDE_REQUEST)


def test_a_grant_opens_one_class_to_read_and_nothing_to_write(school):
    assert not permissions.may_see_sheet(again(school.minh), school.class_4a, None)
    grant_to(school, school.minh, school.class_4a)
    guest = again(school.minh)
    assert permissions.may_see_sheet(guest, school.class_4a, None)
    assert not permissions.may_see_sheet(guest, school.class_1a, None)
    assert not permissions.is_responsible(guest, school.class_4a, None)


def test_the_list_of_visible_classes_agrees_with_the_predicate_for_every_person_and_class(school):
    grant_to(school, school.ngoc, school.class_4b)
    grant_to(
        school, school.ngoc, TeachingAssignment.objects.get(school_class=school.class_4a, line__code="TOAN")
    )
    classes = list(SchoolClass.objects.all())
    for person in school.people.values():
        listed = list(permissions.visible_classes(again(person), SchoolClass.objects.all()))
        allowed = [
            each for each in classes if permissions.may(again(person), Action.SEE_CLASS, school_class=each)
        ]
        assert listed == allowed, person


def test_the_database_keeps_one_principal_at_a_time(school):

    with pytest.raises(IntegrityError, match="post_one_principal_at_a_time"), transaction.atomic():
        Post.objects.create(holder=school.hoa, kind=Post.Kind.PRINCIPAL, starts_on=clock.today())
