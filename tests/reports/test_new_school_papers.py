"""What a new school prints before the principal has opened its first year (rules R2, R67)."""

import pytest
from django.urls import reverse

from accounts import clock
from accounts.models import User
from approvals.data_incidents import Found, record_incident
from students.models import SchoolYear
from tests.approvals.test_personal_data import HOUR, KNOWN, as_
from tests.gradebook.test_first_run import SCHOOL
from tests.gradebook.test_first_run import sent as founded
from tests.reports.papers import pages_of

pytestmark = pytest.mark.django_db


def test_a_new_school_prints_it_with_its_own_heading_before_a_year_is_open(client):
    assert founded().status_code == 200
    clerk = User.objects.get(username=SCHOOL["clerk_username"])
    found = record_incident(
        Found("Sáng nay, thư điện tử", clock.now() - HOUR, "Phụ huynh báo"), KNOWN, by=clerk
    )
    assert SchoolYear.objects.current() is None
    answer = as_(client, clerk).get(reverse("reports:data_incident_paper", args=[found.pk]))
    assert answer.status_code == 200
    (page,) = pages_of(answer.getvalue())
    for words in (SCHOOL["school_name"].upper(), SCHOOL["parent_body"].upper(), SCHOOL["principal_name"]):
        assert words in page
