"""The học bạ prints years before Thông tư 27/2020 in their own form, before the later ones, as they were copied."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.signing_titles import DEPUTY_TITLE
from gradebook.old_years import Wanted, save_old_year
from reports import pdf, printed_words, read_back
from reports.archive_tables import BOOKS
from reports.book_content import OldTranscriptYear
from reports.models import PrintJob
from reports.outdated import with_changes
from reports.pdf import content_hash
from reports.person_tables import OF_PUPIL
from reports.print_jobs import BookRefused, ask_for_book
from reports.proof import read_proof
from reports.transcripts import transcript_of, transcripts_of
from students.models import Enrolment, SchoolClass, SchoolYear
from tests.gradebook.old_years import TAUGHT, TESTED, YEAR, copied, told
from tests.gradebook.school import School, resize
from tests.reports.papers import as_confirmed, pages_of, printed
from tests.reports.school_books import fill
from tests.reports.test_transcripts import STATEMENTS
from tests.students.seats import seat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def class_of(school: School) -> SchoolClass:
    return SchoolClass.objects.select_related("year").get(pk=school.class_4a.pk)


def old_class(school: School, *, start: int = 2023, name: str = "5A") -> SchoolClass:
    """A class of a year before Thông tư 27 in the school's data; its pupils have left since."""
    this = school.year
    year = SchoolYear.objects.create(
        year=start,
        rule_set="2020",
        starts_on=datetime.date(start, 8, 1),
        first_term_ends_on=datetime.date(start + 1, 1, 15),
        ends_on=datetime.date(start + 1, 7, 31),
        school_name=this.school_name,
        parent_body=this.parent_body,
        ward=this.ward,
        province=this.province,
        place=this.place,
    )
    return SchoolClass.objects.create(year=year, name=name, grade_level=int(name[0]))


def sat_in(school: School, pupils: list, school_class: SchoolClass) -> None:
    """Instead of 4A of today."""
    Enrolment.objects.filter(student__in=pupils)._raw_delete("default")
    seat(pupils, school_class, ends_on=school_class.year.ends_on)


def test_every_value_of_the_old_year_and_of_the_new_one_stands_on_its_page(school: School) -> None:
    pupil = school.pupils[0]
    fill(school.class_4a, school.pupils)
    copied(pupil, by=school.tuan)
    book = transcript_of(pupil, class_of(school).year)
    drawn = pdf.render_transcript(book)
    read_back.check_transcripts(drawn, [book])
    pages = pages_of(drawn)
    assert len(pages) == 8
    left, right, new = pages[3], pages[4], " ".join(pages[5:7])

    assert f"Họ và tên học sinh: {pupil.full_name} Lớp: 3B" in left
    assert "Chiều cao: 121 cm Cân nặng: 23,5 kg Sức khoẻ: Bình thường" in left
    assert "Số ngày nghỉ có phép: 2,5 Số ngày nghỉ không phép: 0" in left
    heads = (
        "1. Các môn học và hoạt động giáo dục Môn học và hoạt động giáo dục Mức đạt được Điểm KTĐK Nhận xét"
    )
    assert heads in left
    names = dict(zip(TAUGHT, _NAMES, strict=True))
    for place, code in enumerate(TAUGHT):
        row = [names[code], "TH"[place % 2], TESTED.get(code, ""), f"Lời của môn {code}."]
        assert " ".join(filter(None, row)) in left
    assert "Khoa học Lịch sử và Địa lí Ngoại ngữ T 8" in left
    assert "Trường: Tiểu học Nguyễn Trãi Năm học: 2021 - 2022" in right
    assert "2. Năng lực Năng lực Mức đạt được Nhận xét Tự phục vụ, tự quản T" in right
    assert "Hợp tác Đ" in right
    assert "Tự học, giải quyết vấn đề T" in right
    assert "3. Phẩm chất Phẩm chất Mức đạt được Nhận xét Chăm học, chăm làm T" in right
    assert "Đoàn kết, yêu thương Đ" in right
    assert "Ngoan, lễ phép với thầy cô." in right
    assert "4. Khen thưởng: Có tiến bộ vượt bậc trong môn Toán." in right
    closing = "5. Hoàn thành chương trình lớp học/chương trình tiểu học: Hoàn thành chương trình lớp 3."
    assert closing in right
    assert all(name in right for name in ("Lâm Thị Bích Liên", "Trần Thị Minh Nguyệt"))
    assert "Chép theo học bạ giấy: số 125/2019, Trường Tiểu học Nguyễn Trãi cấp" in right
    assert "Đánh giá kết quả giáo dục" not in right
    assert "XEM TRƯỚC" not in left + right

    assert "Năm học: 2026 - 2027" in new
    assert f"Nhận xét Toán năm {school.year.pk} của {pupil.full_name}." in new
    assert "4. Đánh giá kết quả giáo dục" in new
    process = pages[2][pages[2].index("QUÁ TRÌNH HỌC TẬP") :]
    assert "2021 - 2022 3B Trường Tiểu học Nguyễn Trãi" in process
    assert process.index("2021 - 2022") < process.index("2026 - 2027")


_NAMES = (
    *("Tiếng Việt", "Toán", "Ngoại ngữ", "Tin học", "Đạo đức", "Tự nhiên và Xã hội"),
    *("Âm nhạc", "Mĩ thuật", "Thủ công/Kĩ thuật", "Thể dục"),
)


@pytest.mark.parametrize("pupils", [1, 5])
def test_statements_do_not_grow_with_the_pupils_whose_years_were_copied(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, pupils: int
) -> None:
    resize(school, pupils)
    for pupil in school.pupils:
        copied(pupil, by=school.tuan)
    school_class = class_of(school)
    # One more than usual: the rows of what was copied.
    with django_assert_num_queries(STATEMENTS + 1):
        books = transcripts_of(school_class)
    assert [len(book.years) for book in books] == [2] * pupils


def test_a_deputys_signature_and_what_was_struck(school: School) -> None:
    pupil = school.pupils[0]
    copied(pupil, by=school.tuan, page=told(is_signed_by_deputy="x"))
    book = transcript_of(pupil, class_of(school).year)
    assert book.years[0].principal.title == DEPUTY_TITLE
    struck = replace(told(), is_struck=True)
    save_old_year(Wanted(pupil, struck), seen=1, reason="Của em khác.", by=school.tuan)
    book = transcript_of(pupil, class_of(school).year)
    assert [year.school_year for year in book.years] == ["2026 - 2027"]
    assert len(book.stages) == 1


def test_the_hash_and_the_words_of_a_print_have_the_old_year(school: School) -> None:
    pupil = school.pupils[0]
    record = copied(pupil, by=school.tuan)
    before = transcript_of(pupil, class_of(school).year)
    words = printed_words.words_of(before)
    assert words["2021 - 2022 · Toán · Điểm KTĐK"] == "10"
    assert words["2021 - 2022 · Trạng thái"] == f"theo học bạ giấy {record.source_paper}"
    assert words["2021 - 2022 · Sức khoẻ"] == "Bình thường"
    save_old_year(Wanted(pupil, told(TOAN_mark="9")), seen=1, reason="Chép nhầm.", by=school.tuan)
    after = transcript_of(pupil, class_of(school).year)
    assert content_hash(before) != content_hash(after)
    changed = printed_words.differences(words, printed_words.words_of(after))
    assert [(each.place, each.printed, each.now) for each in changed] == [
        ("2021 - 2022 · Toán · Điểm KTĐK", "10", "9")
    ]


def test_a_print_is_outdated_once_an_old_year_on_it_is_copied_or_corrected(school: School) -> None:
    def print_class() -> PrintJob:
        return printed(ask_for_book(book="hocba", school_class=class_of(school), period="CN", by=school.tuan))

    def is_outdated(job: PrintJob) -> bool:
        return with_changes(PrintJob.objects.filter(pk=job.pk)).get().is_outdated

    pupil, other = school.pupils[:2]
    first = print_class()
    copied(pupil, by=school.tuan)
    assert is_outdated(first)
    second = print_class()
    assert not is_outdated(second)
    save_old_year(Wanted(pupil, told(TOAN_mark="9")), seen=1, reason="Chép nhầm.", by=school.tuan)
    assert is_outdated(second)
    code = second.parts.get(student=pupil).content.code
    proof = read_proof(code)
    assert proof is not None
    assert [each.place for each in proof.changed] == ["2021 - 2022 · Toán · Điểm KTĐK"]
    third = print_class()
    save_old_year(Wanted(other, told(year=YEAR - 1, grade=3)), seen=0, by=school.tuan)
    assert is_outdated(third)


def test_a_former_pupil_who_finished_under_the_older_circular_is_printed(school: School) -> None:
    pupil = school.pupils[0]
    sat_in(school, [pupil], old_class(school))
    copied(pupil, by=school.tuan, page=told(year=2023, grade=5, TNXH_attainment="", TNXH_comment=""))
    page = reverse("reports:pupil_transcript", args=[pupil.pk])
    answer = as_confirmed(school.tuan).post(page)
    assert answer.status_code == 302
    job = printed(PrintJob.objects.latest("pk"))
    pages = pages_of(job.file.path)
    assert not job.is_preview
    assert (
        "5. Hoàn thành chương trình lớp học/chương trình tiểu học: Hoàn thành chương trình tiểu học."
        in pages[4]
    )
    assert "2023 - 2024 5A" in pages[2]
    assert pages[2].count("2023 - 2024") == 1


def test_a_class_of_that_time_that_nobody_copied_is_a_blank_preview_in_the_old_form(school: School) -> None:
    pupils = school.pupils[:2]
    school_class = old_class(school)
    sat_in(school, pupils, school_class)
    school_class = SchoolClass.objects.select_related("year").get(pk=school_class.pk)
    job = printed(ask_for_book(book="hocba", school_class=school_class, period="CN", by=school.tuan))
    assert job.is_preview
    pages = pages_of(job.file.path)
    assert sum("2. Năng lực" in words for words in pages) == 2
    assert all("BẢN XEM TRƯỚC" in pages[at] for at in (3, 4))
    (book, _other) = transcripts_of(school_class)
    (year,) = book.years
    assert isinstance(year, OldTranscriptYear)
    assert {(row.level, row.mark, row.comment) for row in year.subjects} == {("", None, "")}
    with pytest.raises(BookRefused, match="chưa áp dụng Thông tư 27/2020"):
        ask_for_book(book=PrintJob.Book.CLASS_TABLE, school_class=school_class, period="CN", by=school.tuan)


def test_the_archive_and_a_persons_own_copy_hold_what_was_copied() -> None:
    kept = {sheet.model for book in BOOKS for sheet in book.sheets}
    assert {"gradebook.OldYearRecord", "gradebook.OldYearLine"} <= kept & OF_PUPIL.keys()
