"""The annex of an inspection's minutes: whoever has the paper can draw again, and comes to the same pupils."""

import hashlib
import re

import pytest

from approvals.inspection_workflow import InspectionAct
from approvals.inspections import end_inspection
from approvals.models import InspectedPupil, Inspection
from reports.inspection_minutes import minutes_pdf, read_minutes
from students.models import Student
from tests.approvals.papers import entered_school
from tests.approvals.test_inspections import again, check, words_of

pytestmark = pytest.mark.django_db


def the_school():
    return entered_school()


def minutes_of(school, **changed):
    """Of a check that cô Hoa has opened and closed."""
    inspection = check(school, **changed)
    end_inspection(inspection, InspectionAct.CLOSE, text="Không sai sót.", by=again(school.hoa))
    found = Inspection.objects.select_related("year", "opened_by", "closed_by")
    return read_minutes(found.get(pk=inspection.pk))


def test_the_minutes_let_anybody_draw_again_from_the_paper_alone(school):
    classes = [school.class_4a, school.class_4b]
    paper = words_of(minutes_pdf(minutes_of(school, drawn_per_class=2, classes=classes)))
    seed = re.search(r"Số gốc: ([0-9a-f]{16}),", paper)[1]
    class_id, listed = re.search(r"Lớp 4A \(mã lớp (\d+)\), 5 em (.*?) Lớp 4B", paper).groups()
    pupils = re.findall(r"([^\d.,]+), (\d+): ([0-9a-f]{8})(\*?)", listed)
    assert [int(pk) for _name, pk, _lot, _mark in pupils] == [each.pk for each in school.pupils]
    lots = {
        pk: hashlib.sha256(f"{seed}:{class_id}:{pk}".encode()).hexdigest()
        for _name, pk, _lot, _mark in pupils
    }
    assert {pk: lot for _name, pk, lot, _mark in pupils} == {pk: lot[:8] for pk, lot in lots.items()}
    smallest = set(sorted(lots, key=lots.__getitem__)[:2])
    assert {pk for _name, pk, _lot, mark in pupils if mark} == smallest
    names = {Student.objects.get(pk=pk).full_name for pk in smallest}
    assert {name.strip() for name, _pk, _lot, mark in pupils if mark} == names
    assert "em có số thăm nhỏ nhất theo thứ tự từng chữ số" in paper
    assert "Máy chủ bốc lại khi in biên bản: khớp." in paper


def test_the_worked_example_on_the_paper_is_right(school):
    paper = words_of(minutes_pdf(minutes_of(school, drawn_per_class=1)))
    text, lot = re.search(r"printf %s (\S+) \| sha256sum cho ([0-9a-f]{64})", paper).groups()
    assert hashlib.sha256(text.encode()).hexdigest() == lot


def test_a_draw_that_does_not_follow_from_its_seed_is_told_on_the_paper(school):
    inspection = check(school, drawn_per_class=1)
    drawn = InspectedPupil.objects.get(inspection=inspection)
    other = next(each for each in school.pupils if each.pk != drawn.student_id)
    InspectedPupil.objects.create(
        inspection=inspection, school_class=school.class_4a, student=other, is_drawn=True
    )
    end_inspection(inspection, InspectionAct.CLOSE, text="Không sai sót.", by=again(school.hoa))
    found = Inspection.objects.select_related("year", "opened_by", "closed_by").get(pk=inspection.pk)
    assert "khi in biên bản: không khớp." in words_of(minutes_pdf(read_minutes(found)))


def test_minutes_without_a_draw_have_no_annex_and_a_draw_costs_three_statements(
    school, django_assert_num_queries
):
    plain, drawn = (minutes_of(school, drawn_per_class=number).inspection for number in (None, 2))
    with django_assert_num_queries(8):
        assert read_minutes(plain).annex is None
    with django_assert_num_queries(11):
        assert read_minutes(drawn).annex.is_fair
