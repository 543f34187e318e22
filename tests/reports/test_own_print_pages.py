"""The page of own books and slips: who may ask for whose, who may open what came of it (rules R68, R76)."""

import io
import zipfile
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import AccessLogEntry, User
from gradebook.regulation import Period
from reports.models import PrintJob
from reports.print_jobs import ask_for_own_books, ask_for_slips, run_job
from reports.print_views import file_name
from reports.transcripts import pupil_code
from students.models import Student
from tests.gradebook.school import CONFIRMED, School, close_window, enter, make_school, open_window
from tests.reports.papers import pages_of
from tests.reports.school_books import fill
from tests.reports.test_outdated import is_outdated
from tests.reports.test_print_pages import as_person, confirmed, files, kept, words

__all__ = ["files", "kept"]
pytestmark = pytest.mark.django_db

OWN, BOOK, SLIPS = (reverse(f"reports:{name}") for name in ("own_prints", "own_book_print", "slips_print"))


def the_school() -> School:
    return make_school(pupils=2)


def own_book_of(school: School, teacher: User, *, by: User | None = None) -> PrintJob:
    (job,) = ask_for_own_books(
        [teacher], year=school.year, period=Period.MID_TERM_1, by=by or User.objects.get(pk=teacher.pk)
    )
    run_job(job.pk)
    job.refresh_from_db()
    return job


def slips_of_4a(school: School) -> PrintJob:
    job = ask_for_slips(school_class=school.class_4a, period=Period.MID_TERM_1, by=school.tuan)
    run_job(job.pk)
    job.refresh_from_db()
    return job


def page_of(job: PrintJob) -> str:
    return reverse("reports:print_job", args=[job.pk])


def who_gets_in(school: School, job: PrintJob) -> set[str]:
    return {
        name
        for name, person in school.people.items()
        if as_person(person).get(page_of(job)).status_code == 200
    }


# -- Who opens what ------------------------------------------------------------------------------------------


def test_an_own_book_opens_to_its_teacher_and_the_office_alone(school: School) -> None:
    assert who_gets_in(school, own_book_of(school, school.thu)) == {"thu", "tuan", "bich", "hoa"}


def test_slips_open_to_the_homeroom_teacher_of_the_class_and_the_office_alone(school: School) -> None:
    assert who_gets_in(school, slips_of_4a(school)) == {"lan", "tuan", "bich", "hoa"}


def test_the_file_goes_where_the_page_does_and_is_logged(school: School) -> None:
    job = own_book_of(school, school.thu, by=school.tuan)
    address = reverse("reports:print_file", args=[job.pk])
    assert as_person(school.minh).get(address).status_code == 403
    answer = confirmed(as_person(school.thu)).get(address)
    assert b"".join(answer.streaming_content) == Path(job.file.path).read_bytes()
    entry = AccessLogEntry.objects.get(kind=AccessLogEntry.Kind.PRINT_DOWNLOADED)
    assert (entry.user, entry.detail) == (school.thu, file_name(job))
    assert file_name(job) == (
        f"THKQGD-ca-nhan-le-thi-thu-GHKI-{school.year.label.replace(' ', '')}-xem-truoc-ban-in-{job.pk}.pdf"
    )


def test_the_list_of_a_teacher_has_the_own_prints_and_no_others(school: School) -> None:
    own_book_of(school, school.thu)
    own_book_of(school, school.minh)
    slips_of_4a(school)
    seen = {name: words(as_person(school.people[name]).get(OWN).content) for name in ("thu", "lan", "tuan")}
    for name, expected in {
        "thu": (True, False, False),
        "lan": (False, False, True),
        "tuan": (True, True, True),
    }.items():
        titles = ("cá nhân · Lê Thị Thu", "cá nhân · Trần Văn Minh", "Phiếu kết quả lớp 4A")
        assert tuple(title in seen[name] for title in titles) == expected


# -- Asking --------------------------------------------------------------------------------------------------


def test_a_teacher_asks_for_the_own_book(school: School) -> None:
    wanted = {"whom": f"gv-{school.thu.pk}", "period": "GHKI", **CONFIRMED}
    answer = as_person(school.thu).post(BOOK, wanted, follow=True)
    job = PrintJob.objects.get()
    assert answer.redirect_chain == [(page_of(job), 302)]
    assert (job.book, job.teacher, job.school_year, job.asked_by) == (
        "canhan",
        school.thu,
        school.year,
        school.thu,
    )
    assert "Đã đặt in sổ THKQGD cá nhân của Lê Thị Thu." in words(answer.content)
    assert "In sổ cá nhân, phiếu kết quả" in words(answer.content)
    assert AccessLogEntry.objects.filter(kind=AccessLogEntry.Kind.PRINT_ASKED, user=school.thu).count() == 1


@pytest.mark.parametrize("whom", ["gv-{minh}", "khoi-4", "lop-{class_4a}"])
def test_a_teacher_cannot_ask_for_another_by_a_direct_post(school: School, whom: str) -> None:
    chosen = whom.format(minh=school.minh.pk, class_4a=school.class_4a.pk)
    answer = as_person(school.thu).post(BOOK, {"whom": chosen, "period": "GHKI", **CONFIRMED})
    assert answer.status_code == 422
    assert "Không có giáo viên, lớp, khối này" in words(answer.content)
    assert not PrintJob.objects.exists()


@pytest.mark.parametrize(
    ("whom", "teachers"),
    [
        ("khoi-4", ["Nguyễn Thị Lan", "Trần Văn Minh", "Lê Thị Thu"]),
        ("khoi-1", ["Đặng Bảo Ngọc"]),
        ("lop", ["Nguyễn Thị Lan", "Lê Thị Thu"]),
    ],
)
def test_the_clerk_asks_for_all_teachers_of_a_grade_or_class(
    school: School, whom: str, teachers: list[str]
) -> None:
    chosen = f"lop-{school.class_4a.pk}" if whom == "lop" else whom
    answer = as_person(school.tuan).post(BOOK, {"whom": chosen, "period": "GHKI", **CONFIRMED}, follow=True)
    assert answer.status_code == 200
    assert {job.teacher.full_name for job in PrintJob.objects.all()} == set(teachers)


def test_the_homeroom_teacher_asks_for_the_slips_of_the_own_class_only(school: School) -> None:
    wanted = {"school_class": school.class_4a.pk, "period": "GHKI", **CONFIRMED}
    answer = as_person(school.lan).post(SLIPS, wanted, follow=True)
    job = PrintJob.objects.get()
    assert answer.redirect_chain == [(page_of(job), 302)]
    assert "Đã đặt in phiếu kết quả lớp 4A." in words(answer.content)
    other = as_person(school.minh).post(SLIPS, wanted)
    assert other.status_code == 422
    assert "Lớp này không có trong các lớp thầy cô in phiếu được" in words(other.content)
    assert as_person(school.thu).post(SLIPS, wanted).status_code == 403
    assert PrintJob.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "field", "message"),
    [
        (BOOK, "whom", "Chọn giáo viên, lớp hoặc khối."),
        (BOOK, "period", "Chọn thời điểm đánh giá."),
        (SLIPS, "school_class", "Chọn lớp cần in phiếu."),
        (SLIPS, "period", "Chọn thời điểm đánh giá."),
    ],
)
def test_what_is_not_chosen_is_named_and_the_rest_kept(
    school: School, address: str, field: str, message: str
) -> None:
    wanted = {"whom": "khoi-4", "school_class": school.class_4b.pk, "period": "CHKI", **CONFIRMED, field: ""}
    answer = as_person(school.tuan).post(address, wanted)
    assert answer.status_code == 422
    assert message in words(answer.content)
    assert field == "period" or '<option value="CHKI" selected>' in answer.content.decode()


def test_a_grade_without_teachers_and_a_teacher_without_sheets_are_refused(school: School) -> None:
    school.ngoc.homeroom_assignments.update(starts_on=school.year.starts_on, ends_on=school.year.starts_on)
    school.ngoc.teaching_assignments.update(starts_on=school.year.starts_on, ends_on=school.year.starts_on)
    client = as_person(school.tuan)
    nobody = client.post(BOOK, {"whom": "khoi-1", "period": "GHKI", **CONFIRMED})
    assert "Không có giáo viên nào phụ trách sổ ở đây" in words(nobody.content)
    nothing = client.post(BOOK, {"whom": f"gv-{school.ngoc.pk}", "period": "GHKI", **CONFIRMED})
    assert "Đặng Bảo Ngọc không phụ trách sổ nào ở thời điểm giữa học kì I" in words(nothing.content)
    assert not PrintJob.objects.exists()


@pytest.mark.parametrize("name", ["lan", "tuan"])
@pytest.mark.parametrize("count", [1, 12])
def test_the_page_takes_the_same_statements_for_one_print_and_for_many(
    school: School, django_assert_num_queries: DjangoAssertNumQueries, name: str, count: int
) -> None:
    PrintJob.objects.bulk_create(
        PrintJob(
            book="canhan", teacher=school.lan, school_year=school.year, period="GHKI", asked_by=school.tuan
        )
        for _ in range(count)
    )
    client = as_person(school.people[name])
    client.get(OWN)
    with django_assert_num_queries({"lan": 11, "tuan": 11}[name]):
        assert words(client.get(OWN).content).count("Sổ THKQGD cá nhân · Nguyễn Thị Lan") == count


# -- After ---------------------------------------------------------------------------------------------------


def test_a_finished_own_book_says_what_was_counted_and_that_it_is_a_preview(school: School) -> None:
    page = words(as_person(school.lan).get(page_of(own_book_of(school, school.lan))).content)
    assert "2 học sinh · 3 sổ ·" in page
    assert "còn sổ chưa khoá ở thời điểm này" in page
    assert "Mỗi sổ một mã, ghi ở chân các trang của sổ" in page


def test_a_teacher_prints_again_from_the_page_of_the_print(school: School) -> None:
    job = own_book_of(school, school.lan)
    html = as_person(school.lan).get(page_of(job)).content.decode()
    assert f'action="{BOOK}?year={school.year.pk}"' in html
    assert f'name="whom" value="gv-{school.lan.pk}"' in html


# -- One pupil's slip ----------------------------------------------------------------------------------------


def test_the_slip_of_each_pupil_is_a_file_of_its_own_and_all_together_a_zip(school: School) -> None:
    job, client = slips_of_4a(school), confirmed(as_person(school.lan))
    page = words(client.get(page_of(job)).content)
    assert "Tải tất cả (ZIP, 2 tệp)" in page
    first, second = school.pupils
    answer = client.get(reverse("reports:pupil_file", args=[job.pk, 2]))
    name = f"PhieuKetQua-4A-GHKI-{pupil_code(second).lower()}-"
    assert name in answer["Content-Disposition"]
    text = " ".join(pages_of(io.BytesIO(b"".join(answer.streaming_content))))
    assert second.full_name in text
    assert first.full_name not in text
    answer = client.get(reverse("reports:class_files", args=[job.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        assert [each.startswith("PhieuKetQua-4A-GHKI-") for each in packed.namelist()] == [True, True]
    for stranger in (school.minh, school.thu):
        address = reverse("reports:pupil_file", args=[job.pk, 1])
        assert as_person(stranger).get(address).status_code == 403


def test_after_a_correction_the_slip_of_that_pupil_is_printed_again_alone(school: School) -> None:
    opened(school)
    job, client = slips_of_4a(school), as_person(school.lan)
    assert "nay đã khác" not in words(client.get(page_of(job)).content)
    first, second = school.pupils
    enter(school.sheet("TOAN"), second, "attainment", "C", by=school.lan)
    page = words(client.get(page_of(job)).content)
    assert "Phiếu của 1 em nay đã khác" in page
    listed = page[page.index("nay đã khác") : page.index("Tải tất cả")]
    assert f"{second.full_name} {pupil_code(second)} In lại" in listed
    assert first.full_name not in listed

    wanted = {"school_class": school.class_4a.pk, "period": "GHKI", "student": second.pk, **CONFIRMED}
    assert client.post(SLIPS, wanted).status_code == 302
    alone = PrintJob.objects.get(student=second)
    run_job(alone.pk)
    alone.refresh_from_db()
    assert (alone.state, alone.pupils_done) == ("done", 1)
    text = " ".join(pages_of(alone.file.path))
    assert second.full_name in text
    assert first.full_name not in text
    assert f"Phiếu kết quả của em {second.full_name} · lớp 4A" in words(client.get(page_of(alone)).content)
    assert file_name(alone).startswith("PhieuKetQua-4A-GHKI-")
    assert f'name="student" value="{second.pk}"' in client.get(page_of(alone)).content.decode()


def test_the_slip_of_one_pupil_is_old_when_that_pupils_results_change_and_not_another_s(
    school: School,
) -> None:
    opened(school)
    first, second = school.pupils
    job = ask_for_slips(
        school_class=school.class_4a, period=Period.MID_TERM_1, student=second, by=school.tuan
    )
    run_job(job.pk)
    enter(school.sheet("TOAN"), first, "attainment", "C", by=school.lan)
    assert not is_outdated(job)
    enter(school.sheet("TOAN"), second, "attainment", "C", by=school.lan)
    assert is_outdated(job)


def test_a_homeroom_teacher_chooses_among_the_pupils_of_the_class_and_of_no_other(school: School) -> None:
    client = as_person(school.lan)
    html = client.get(OWN).content.decode()
    assert f'<option value="{school.pupils[0].pk}">' in html
    stranger = Student.objects.get(enrolments__school_class=school.class_1a, enrolments__position=1)
    wanted = {"school_class": school.class_4a.pk, "period": "GHKI", "student": stranger.pk, **CONFIRMED}
    answer = client.post(SLIPS, wanted)
    assert answer.status_code == 422
    assert "Em này không có trong lớp" in words(answer.content)
    refused = as_person(school.tuan).post(SLIPS, wanted)
    assert f"Em {stranger.full_name} không còn ở lớp 4A" in words(refused.content)
    assert not PrintJob.objects.exists()


def test_only_a_transcript_or_a_slip_is_of_one_pupil_says_the_database(school: School) -> None:
    job = slips_of_4a(school)
    for book in ("thkqgd", "canhan"):
        with pytest.raises(DatabaseError), transaction.atomic():
            PrintJob.objects.filter(pk=job.pk).update(student=school.pupils[0], book=book)


# -- What makes them old -------------------------------------------------------------------------------------


def opened(school: School) -> None:
    open_window(school)
    fill(school.class_4a, school.pupils, Period.MID_TERM_1)


def test_an_own_book_is_old_when_the_own_line_changes_and_not_when_a_colleagues_does(school: School) -> None:
    opened(school)
    lan, thu = own_book_of(school, school.lan), own_book_of(school, school.thu)
    enter(school.sheet("TOAN"), school.pupils[0], "comment", "Em cố gắng.", by=school.lan)
    assert (is_outdated(lan), is_outdated(thu)) == (True, False)
    assert not is_outdated(own_book_of(school, school.lan))
    enter(school.sheet("NN1"), school.pupils[0], "attainment", "C", by=school.thu)
    assert is_outdated(thu)


def test_an_own_book_is_old_when_a_rating_of_the_own_class_changes_or_a_period_is_locked(
    school: School,
) -> None:
    opened(school)
    lan, thu = own_book_of(school, school.lan), own_book_of(school, school.thu)
    enter(school.sheet("NLPC"), school.pupils[0], "rating", "C", by=school.lan, item="yeu_nuoc")
    assert (is_outdated(lan), is_outdated(thu)) == (True, False)
    close_window(school)
    assert is_outdated(thu)


def test_slips_are_old_when_a_line_of_the_class_changes_up_to_their_period(school: School) -> None:
    opened(school)
    job = slips_of_4a(school)
    open_window(school, Period.END_TERM_1)
    enter(school.sheet("TOAN", Period.END_TERM_1), school.pupils[0], "attainment", "C", by=school.lan)
    assert not is_outdated(job)
    enter(school.sheet("NN1"), school.pupils[0], "comment", "Em đọc tốt hơn.", by=school.thu)
    assert is_outdated(job)


def test_a_slip_of_a_later_period_is_old_when_an_earlier_level_changes_and_not_for_its_comment(
    school: School,
) -> None:
    open_window(school)
    enter(school.sheet("TOAN"), school.pupils[0], "attainment", "T", by=school.lan)
    job = ask_for_slips(school_class=school.class_4a, period=Period.END_TERM_1, by=school.tuan)
    run_job(job.pk)
    enter(school.sheet("TOAN"), school.pupils[0], "comment", "Em cố gắng hơn.", by=school.lan)
    assert not is_outdated(job)
    enter(school.sheet("TOAN"), school.pupils[0], "attainment", "C", by=school.lan)
    assert is_outdated(job)


def test_visitors_are_sent_to_the_login() -> None:
    assert reverse("accounts:login") in Client().get(OWN)["Location"]
