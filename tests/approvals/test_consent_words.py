"""What a consent was given to is told in words: in the trail and in a person's copy (rules R56, R66, R67)."""

import io
import json

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from approvals.data_purposes import reword_purpose, seen_of
from tests.approvals.test_personal_data import (
    PHOTO,
    as_,
    edit_of,
    handed_in,
    purpose,
    purpose_typed,
    slip_of,
    text,
    told,
)
from tests.approvals.test_personal_data import the_school as begun
from tests.reports.test_person_files import granted, taken

pytestmark = pytest.mark.django_db
SIGNED = "Chụp ảnh, quay phim học sinh trong hoạt động của trường"


def the_school():
    """The first pupil of 4A agreed to everything; then the photos' spelling was mended, then their meaning changed."""
    school = begun()
    handed_in(school, slip_of(school.pupils[0]))
    return school


def mended(school, client):
    old = purpose(PHOTO)
    as_(client, school.tuan).post(edit_of(old), purpose_typed(old, title="Chụp ảnh học sinh", meaning="same"))
    old.refresh_from_db()
    reword_purpose(old, told(), seen=seen_of(old), why="Chỉ còn ảnh thẻ", by=school.bich)
    return old


def test_the_trail_names_the_purpose_in_the_words_that_the_slip_was_signed_under(school, client):
    mended(school, client)
    page = reverse("approvals:audit_pupil", args=[school.pupils[0].pk])
    shown = text(as_(client, school.bich).get(page))
    assert shown.count(SIGNED) == 2
    assert "Chụp ảnh học sinh" not in shown


def test_a_slip_of_the_mended_words_is_told_in_those(school, client):
    old = purpose(PHOTO)
    as_(client, school.tuan).post(edit_of(old), purpose_typed(old, title="Chụp ảnh học sinh", meaning="same"))
    handed_in(school, slip_of(school.pupils[1]))
    page = reverse("approvals:audit_pupil", args=[school.pupils[1].pk])
    shown = text(as_(client, school.bich).get(page))
    assert (shown.count("Chụp ảnh học sinh"), shown.count(SIGNED)) == (2, 0)


def test_a_pupils_copy_says_what_was_agreed_to_and_has_the_purposes_for_machines(school, client):
    old = mended(school, client)
    packed = taken(client, school.tuan, granted(school, school.pupils[0]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(packed.read("du-lieu.xlsx")))
    rows = [
        [str(cell) for cell in row] for row in book.get_sheet_by_name("Phiếu đồng ý").to_python() if any(row)
    ]
    headings = next(row for row in rows if "Mục đích" in row)
    of_photos = [row for row in rows if "Chụp ảnh học sinh" in row[headings.index("Mục đích")]]
    assert len(of_photos) == 2
    words = {row[headings.index("Lời của mục đích lúc kí phiếu")] for row in of_photos}
    assert len(words) == 1
    (agreed,) = words
    assert agreed.startswith(f"{SIGNED}. Dữ liệu: ")
    for part in (old.categories, old.recipients, old.kept_for):
        assert part.rstrip(".") in agreed
    stored = json.loads(packed.read("du-lieu.json"))["bang"]
    assert {row["purpose_id"] for row in stored["approvals_consent"]} == {
        row["id"] for row in stored["approvals_processingpurpose"]
    }
    titles = [row["title"] for row in stored["approvals_historicalprocessingpurpose"] if row["id"] == old.pk]
    assert titles[0] == SIGNED
    assert titles[-1] == "Chụp ảnh học sinh"
