"""The lists of a year's end are kept as reports are: a copy that stays, and who has come or gone since (2.7 C, R82)."""

import io
import json

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import User
from gradebook.regulation import Period
from gradebook.year_end_lists import Kind
from reports.figures import differences, from_text
from reports.kept_reports import Keeping, digest_of, keep_report, report_of
from reports.kinds import kind_of
from reports.list_kinds import list_slug
from reports.models import KeptReport
from reports.read_back import squeezed, text_of
from reports.report_kind import Moment
from students.models import Student
from tests.gradebook.school import CONFIRMED, School
from tests.gradebook.year_end import confirm, ended_school, put

pytestmark = pytest.mark.django_db
PROMOTED = kind_of(list_slug(Kind.PROMOTED))
PAGE = reverse("reports:report", args=[list_slug(Kind.PROMOTED)])


def the_school() -> School:
    found = ended_school()
    confirm(found)
    return found


def as_(user: User, *, confirmed: bool = False) -> Client:
    client = Client()
    client.force_login(user)
    if confirmed:
        client.post(reverse("accounts:confirm"), {"lasting": "exports", "next": "/", **CONFIRMED})
    return client


def moment(school: School) -> Moment:
    return Moment(school.year, Period.YEAR_END)


def keep(school: School) -> KeptReport:
    assert PROMOTED is not None
    seen = digest_of(PROMOTED.read(moment(school)))
    return keep_report(PROMOTED, moment(school), Keeping(seen), by=school.tuan)


def test_the_page_of_a_list_leads_to_where_it_is_kept(school: School) -> None:
    page = as_(school.hoa).get(reverse("gradebook:year_end_list", args=["len-lop"])).content.decode()
    assert f'href="{PAGE}?year={school.year.pk}"' in page
    teachers = as_(school.ngoc).get(reverse("gradebook:year_end_list", args=["len-lop"])).content.decode()
    assert "Chốt danh sách" not in teachers
    assert as_(school.ngoc).get(PAGE).status_code == 403


def test_a_list_is_kept_from_its_page_with_every_pupil_and_their_words(school: School) -> None:
    client = as_(school.hoa)
    page = client.get(PAGE)
    seen = page.context["keep_form"].initial["seen"]
    answer = client.post(f"{reverse('reports:report_keep', args=[list_slug(Kind.PROMOTED)])}", {"seen": seen})
    kept = KeptReport.objects.get()
    assert answer.headers["Location"] == reverse("reports:kept_report", args=[kept.pk])
    told = client.get(reverse("reports:kept_report", args=[kept.pk])).content.decode()
    for pupil in school.pupils:
        assert pupil.full_name in told
    (table,) = report_of(kept).tables
    assert table.title == "Khối 1"
    assert [row.words[0] for row in table.rows] == ["1A"] * len(school.pupils)
    assert [heading.words for heading in table.columns][:3] == ["Lớp", "Ngày sinh", "Kết quả"]


def test_who_has_left_a_kept_list_is_named_once_and_what_changed_of_the_others(school: School) -> None:
    kept = keep(school)
    address = reverse("reports:kept_report_differences", args=[kept.pk])
    assert "vẫn đúng như bản đã" in as_(school.hoa).get(address).content.decode()
    gone, renamed = school.pupils[0], school.pupils[1]
    put(school, gone, "TV", mark=4, attainment="C")
    put(school, gone, "cham_chi", rating="C")
    Student.objects.filter(pk=renamed.pk).update(birth_day=(renamed.birth_day or 1) % 28 + 1)
    assert PROMOTED is not None
    found = differences(report_of(kept), PROMOTED.read(moment(school)))
    of_gone = [each for each in found if gone.full_name in each.row]
    assert [(each.column, each.old, each.new) for each in of_gone] == [
        ("Tên trong danh sách", "có", "không có")
    ]
    of_renamed = [each.column for each in found if renamed.full_name in each.row]
    assert of_renamed == ["Ngày sinh"]
    page = as_(school.hoa).get(address).content.decode()
    assert "<strong>2</strong> chỗ khác" in page


def test_the_files_of_a_kept_list_have_its_words_and_ask_for_the_password(school: School) -> None:
    kept = keep(school)
    paper, excel = (reverse(f"reports:kept_report_{name}", args=[kept.pk]) for name in ("paper", "excel"))
    assert as_(school.hoa).get(paper).status_code == 422
    assert as_(school.hoa).get(excel).status_code == 422
    client = as_(school.hoa, confirmed=True)
    words = text_of(b"".join(client.get(paper).streaming_content))  # type: ignore[attr-defined]
    for each in (
        "DANH SÁCH HỌC SINH ĐƯỢC LÊN LỚP",
        *(pupil.full_name for pupil in school.pupils),
        "Bản 1, chốt lúc",
        f"Danh sách có {len(school.pupils)} học sinh./.",
    ):
        assert squeezed(each) in words, each
    content = b"".join(client.get(excel).streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows if row[2] == "1A"] == [pupil.full_name for pupil in school.pupils]


def test_a_copy_that_was_kept_before_there_were_lists_is_still_read(school: School) -> None:
    kept = json.loads(keep(school).contents)
    for table in kept["tables"]:
        for row in table["rows"]:
            del row["words"]
    (table,) = from_text(json.dumps(kept)).tables
    assert [row.label for row in table.rows] == [pupil.full_name for pupil in school.pupils]
