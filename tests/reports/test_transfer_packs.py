"""A pupil who goes to another school takes one file along: letter, results, movements, học bạ (PLAN IV.3)."""

import datetime
import unicodedata
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from accounts import clock
from accounts.history import Source, acting, record_bulk
from accounts.models import AccessLogEntry, Post
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import Period
from reports import print_jobs
from reports.models import PrintJob
from reports.pack_binding import PackManuscript, bind, draw_pages
from reports.read_back import PrintRunShort
from reports.transfer_packs import NOT_ASSESSED, TEMPLATE, ResultRow, read_pack
from students import movements
from students.models import Movement, SchoolYear, Student
from tests.gradebook.school import CONFIRMED, School, add_pupils, make_school
from tests.reports.school_books import add_past_years, add_profile, fill

pytestmark = pytest.mark.django_db
TO = {
    "destination_code": "02",
    "other_school": "Trường Tiểu học Hoa Sen",
    "other_province": "Thành phố Hà Nội",
    "decision_number": "07/GGT-THKĐ",
    "decision_date": datetime.date(2026, 11, 20),
}


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def the_school() -> School:
    return make_school(pupils=2)


def transfer(school: School, **said: object) -> Movement:
    movements.transfer_out(school.pupils[0], by=school.tuan, **{"day": clock.today()} | TO | said)
    return stored()


def stored() -> Movement:
    return Movement.objects.select_related("student", "year", "from_class__year").latest("pk")


def as_clerk(school: School) -> Client:
    client = Client()
    client.force_login(school.tuan)
    return client


def text_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    pages = [document[place].get_textpage().get_text_range() for place in range(len(document))]
    document.close()
    return [" ".join(unicodedata.normalize("NFC", page).split()) for page in pages]


def printed(movement: Movement, client: Client) -> tuple[str, str, bytes]:
    """The page of the print that the click leads to, once a worker has drawn it, and the file's name and content."""
    asked = client.post(reverse("reports:transfer_pack", args=[movement.pk]), CONFIRMED)
    job = PrintJob.objects.get(movement=movement)
    assert asked.url == f"{reverse('reports:print_job', args=[job.pk])}?take=1"
    print_jobs.run_job(job.pk)
    page = client.get(asked.url).text
    answer = client.get(reverse("reports:print_file", args=[job.pk]))
    return page, answer["Content-Disposition"], answer.getvalue()


def finished(school: School, movement: Movement) -> PrintJob:
    """A pack that a worker has drawn, as a row and a file: none is drawn for it."""
    return PrintJob.objects.create(
        book=PrintJob.Book.TRANSFER_PACK,
        school_class=school.class_4a,
        movement=movement,
        period=Period.YEAR_END,
        asked_by=school.tuan,
        state=PrintJob.State.DONE,
        started_at=clock.now(),
        finished_at=clock.now(),
        pupils_asked=1,
        pupils_done=1,
        pages=9,
        file=ContentFile(b"%PDF-", name="9.pdf"),
    )


def page_of(job: PrintJob) -> str:
    return reverse("reports:print_job", args=[job.pk])


def test_one_click_gives_the_letter_the_results_and_the_transcript(school):
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    add_profile(school.year, school.pupils[0])
    Student.objects.filter(pk=school.pupils[0].pk).update(moet_id="3100000651")
    movement, client = transfer(school), as_clerk(school)
    click = reverse("reports:transfer_pack", args=[movement.pk])
    assert click in client.get(reverse("students:movement", args=[movement.pk])).text
    assert click in client.get(reverse("students:pupil_movements", args=[school.pupils[0].pk])).text
    page, name, file = printed(movement, client)
    job = PrintJob.objects.get()
    assert f'http-equiv="refresh" content="0;url={reverse("reports:print_file", args=[job.pk])}"' in page
    assert f"Hồ sơ chuyển trường · {school.pupils[0].full_name}" in page
    assert "HoSoChuyenTruong" in name
    letter, *others = text_of(file)
    for words in (
        "UBND PHƯỜNG KIM ĐỒNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 07/GGT-THKĐ",
        "ngày 20 tháng 11 năm 2026",
        "GIẤY GIỚI THIỆU CHUYỂN TRƯỜNG",
        school.pupils[0].full_name.upper(),
        "Mã định danh: 3100000651",
        "Trường Tiểu học Hoa Sen, Thành phố Hà Nội",
        "HIỆU TRƯỞNG",
        school.bich.full_name,
    ):
        assert words in letter
    in_order = (
        "Hồ sơ kèm theo gồm:",
        "1. Đơn xin chuyển trường",
        "4. Bản sao giấy khai sinh",
        "Nơi nhận:",
        "HIỆU TRƯỞNG",
    )
    assert sorted(in_order, key=letter.index) == list(in_order)
    whole = " ".join(others)
    for words in (
        "PHỤ LỤC",
        "Có phép: 3 ngày",
        "Không phép: 0,5 ngày",
        "Chuyển đi",
        "HỌC BẠ",
        "BẢN XEM TRƯỚC",
    ):
        assert words in whole


def test_the_pack_and_the_transcript_in_it_state_one_day_of_entry(school):
    day = school.year.starts_on + datetime.timedelta(days=35)
    SchoolYear.objects.filter(pk=school.year.pk).update(
        lessons_start_on=day,
        second_term_starts_on=school.year.first_term_ends_on + datetime.timedelta(days=1),
        lessons_end_on=school.year.ends_on - datetime.timedelta(days=60),
    )
    (pupil,) = add_pupils(school.class_4a, 1, entry_code="0")
    movements.transfer_out(pupil, by=school.tuan, day=clock.today(), **TO)
    pack = read_pack(stored())
    (stage,) = pack.transcript.stages
    entry, _leaving = pack.steps
    assert (entry.kind, f"{entry.day:%d/%m/%Y}") == ("Nhập học", f"{day:%d/%m/%Y}")
    assert stage.moved_on == f"{day:%d/%m/%Y}"


def test_the_pack_waits_for_the_password_and_both_asking_and_taking_are_on_record(school):
    movement, client = transfer(school), as_clerk(school)
    click = reverse("reports:transfer_pack", args=[movement.pk])
    assert client.get(click).status_code == 405
    asked = client.post(click)
    assert asked.status_code == 422
    assert "Gõ lại mật khẩu" in asked.text
    assert not PrintJob.objects.exists()
    assert client.post(click, CONFIRMED).status_code == 302
    file = reverse("reports:print_file", args=[finished(school, movement).pk])
    assert client.get(file).getvalue() == b"%PDF-"
    noted = AccessLogEntry.objects.filter(target__contains=school.pupils[0].full_name)
    assert set(noted.values_list("kind", flat=True)) == {
        AccessLogEntry.Kind.PRINT_ASKED,
        AccessLogEntry.Kind.PRINT_DOWNLOADED,
    }


def test_two_clicks_make_one_pack_and_the_web_draws_nothing(school):
    movement, client = transfer(school), as_clerk(school)
    for _click in range(2):
        client.post(reverse("reports:transfer_pack", args=[movement.pk]), CONFIRMED)
    job = PrintJob.objects.get()
    assert (job.state, job.school_class, job.pages) == (PrintJob.State.WAITING, school.class_4a, None)


def test_the_leaders_see_that_it_was_printed_but_do_not_begin_its_download(school):
    page = f"{page_of(finished(school, transfer(school)))}?take=1"
    assert 'http-equiv="refresh"' in as_clerk(school).get(page).text
    leader = Client()
    leader.force_login(school.hoa)
    assert 'http-equiv="refresh"' not in leader.get(page).text
    assert f"Hồ sơ chuyển trường · {school.pupils[0].full_name}" in leader.get(reverse("reports:prints")).text


def test_what_changes_of_the_pupil_afterwards_is_told_beside_the_pack(school):
    page, client = page_of(finished(school, transfer(school))), as_clerk(school)
    add_profile(school.year, school.pupils[1])
    assert "đã thay đổi sau bản in này" not in client.get(page).text
    add_profile(school.year, school.pupils[0])
    assert "Hồ sơ đã thay đổi sau bản in này" in " ".join(client.get(page).text.split())


def test_a_pack_that_lacks_a_subject_is_not_handed_over(school):
    movement = transfer(school)
    other = replace(read_pack(movement), subjects=(ResultRow("Môn không có", ()),))
    whole, short = PackManuscript(read_pack(movement)), PackManuscript(other)
    parts = draw_pages(whole, progressed=lambda _pupils: None, stop_if_asked=lambda: None)
    with pytest.raises(PrintRunShort, match="Môn không có"):
        bind(short, parts, name="books/short.pdf")


def test_every_line_taught_stands_in_it_with_what_is_entered_to_date(school):
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    remember(school.pupils[0], Period.MID_TERM_1, clock.now())
    pack = read_pack(transfer(school))
    assert len(pack.subjects) == school.class_4a.year.lines.filter(grade_level=4).count()
    maths = next(row for row in pack.subjects if row.label == "Toán")
    assert maths.values[0]
    assert maths.values[1].isdigit()
    assert set(maths.values[2:]) == {""}
    ethics = next(row for row in pack.subjects if row.label == "Đạo đức")
    assert ethics.values[1::2] == (NOT_ASSESSED,) * 4
    assert len(pack.comments) == len(pack.subjects) + 3


def test_what_was_entered_after_the_pupil_left_is_not_in_it_and_a_correction_is(school):
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    fill(school.class_4a, school.pupils, Period.END_TERM_1)
    left = clock.now() - datetime.timedelta(days=10)
    for period, moment in ((Period.MID_TERM_1, left), (Period.END_TERM_1, left + datetime.timedelta(days=3))):
        remember(school.pupils[0], period, moment)
    of_pupil = SubjectResult.objects.filter(student=school.pupils[0], line__code="TOAN")
    of_pupil.filter(period=Period.MID_TERM_1).update(attainment="C", comment="Sửa theo phiếu.")
    pack = read_pack(transfer(school, day=localdate(left)))
    maths = next(row for row in pack.subjects if row.label == "Toán")
    assert maths.values[0] == "C"
    assert set(maths.values[2:]) == {""}
    assert {value for row in pack.traits for value in row.values[1:]} == {""}
    assert {each.period for each in pack.comments} == {Period.MID_TERM_1.label}
    assert "Sửa theo phiếu." in {each.text for each in pack.comments}
    shown = " ".join(render_to_string(TEMPLATE, {"pack": pack}).split())
    last_day = localdate(left) - datetime.timedelta(days=1)
    assert shown.count(f"{last_day:%d/%m/%Y}") == 2
    assert f"đến hết ngày học cuối cùng, {last_day:%d/%m/%Y}" in shown


def remember(pupil, period, moment):
    """The history of what `fill` wrote, as of a moment."""
    for model in (SubjectResult, TraitResult):
        rows = model.objects.filter(student=pupil, period=period)
        with clock.travelling(moment), acting(None, role="Kiểm thử", source=Source.SYSTEM):
            record_bulk(rows, changed=False)


def test_a_pupil_who_goes_abroad_is_commended_to_a_school_there_known_or_not(school):
    abroad = {"destination_code": "03", "other_province": "Nhật Bản"}
    shown = render_to_string(TEMPLATE, {"pack": read_pack(transfer(school, **abroad, other_school=""))})
    shown = " ".join(shown.split())
    assert "Kính gửi: Cơ sở giáo dục tiếp nhận học sinh ở Nhật Bản" in shown
    assert (
        "Được chuyển ra nước ngoài học lớp 4 tại cơ sở giáo dục tiếp nhận học sinh ở Nhật Bản, kể từ" in shown
    )


def test_another_paper_than_the_letter_leaves_number_and_date_to_be_written(school):
    pack = read_pack(transfer(school, decision_number="15/QĐ-UBND"))
    assert (pack.number, pack.signature.day) == ("", None)
    assert "theo Quyết định số 15/QĐ-UBND ngày 20/11/2026." in render_to_string(TEMPLATE, {"pack": pack})
    other = replace(pack, movement=Movement(decision_number="15/CV", decision_date=TO["decision_date"]))
    assert other.paper == "giấy tờ số 15/CV ngày 20/11/2026"


@pytest.mark.parametrize(
    ("entry_code", "said"), [("4", "Lên lớp"), ("3", "Ở lại lớp"), ("0", "Nhập học"), ("1", "Chuyển đến")]
)
def test_only_who_came_to_the_school_is_said_to_have_come(school, entry_code, said):
    (pupil,) = add_pupils(school.class_4a, 1, entry_code=entry_code)
    movements.transfer_out(pupil, by=school.tuan, day=clock.today(), **TO)
    assert [step.kind for step in read_pack(stored()).steps] == [said, "Chuyển đi"]


def test_a_seat_after_that_of_last_year_is_none_in_which_the_pupil_came(school):
    (pupil,) = add_pupils(school.class_4a, 1, entry_code="0")
    school.pupils = [pupil]
    add_past_years(school, 1)
    steps = read_pack(transfer(school)).steps
    assert [step.kind for step in steps] == ["Lên lớp", "Học lớp", "Chuyển đi"]
    assert [name for step in steps for name, _year in step.classes] == ["3A", "4A", "4A"]


def test_the_letter_names_who_was_principal_on_its_day(school):
    movement = transfer(school)
    next_day = TO["decision_date"] + datetime.timedelta(days=1)
    Post.objects.filter(kind=Post.Kind.PRINCIPAL).update(ends_on=TO["decision_date"])
    Post.objects.create(holder=school.hoa, kind=Post.Kind.PRINCIPAL, starts_on=next_day)
    assert read_pack(movement).signature.name == school.bich.full_name


def test_statements_do_not_grow_with_results_and_years(school, django_assert_max_num_queries):
    add_past_years(school, 3)
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)
    movement = transfer(school)
    # With the one for years before Thông tư 27/2020.
    with django_assert_max_num_queries(23):
        read_pack(movement)


def test_only_a_transfer_in_force_has_a_pack(school):
    movement, client = transfer(school), as_clerk(school)
    file = reverse("reports:transfer_pack", args=[movement.pk])
    movements.cancel(movement, reason="Ghi nhầm", by=school.tuan)
    assert client.post(file, CONFIRMED).status_code == 404
    assert file not in client.get(reverse("students:movement", args=[movement.pk])).text
