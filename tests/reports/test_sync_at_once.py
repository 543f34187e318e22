"""Two windows that prepare at the same moment, each on a connection of its own: one batch, no version twice (R90)."""

import pytest

from reports.models import SyncBatch, SyncRecord
from reports.sync_outbox import NothingToSend, prepare_batch
from students.models import Student
from tests.at_once import at_once
from tests.gradebook.school import make_school
from tests.pupils import rewrite
from tests.reports.test_sync import WHOLE


@pytest.mark.usefixtures("committed")
def test_of_two_that_prepare_at_once_the_second_finds_nothing_left():
    school = make_school(pupils=3)
    rewrite(Student.objects.all(), **WHOLE)
    outcomes = []

    def prepare():
        try:
            outcomes.append(prepare_batch(school.year, by=school.tuan).number)
        except NothingToSend:
            outcomes.append("nothing")

    at_once(prepare, prepare)
    assert sorted(map(str, outcomes)) == ["1", "nothing"]
    assert SyncBatch.objects.count() == 1
    assert set(SyncRecord.objects.values_list("version", flat=True)) == {1}
