"""A long report or list is drawn by the worker as a print: asked for, followed, taken, kept; a short one at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry, Post, User
from approvals.data_purposes import begin_register
from reports import papers, pdf
from reports.kept_reports import Keeping, digest_of, keep_report
from reports.models import PrintJob
from reports.movement_report import KIND
from reports.print_jobs import run_job
from reports.print_register import Narrowing, all_lines
from reports.read_back import squeezed, text_of
from tests.accounts.test_rate_limit import pressed
from tests.approvals.papers import entered_school, filed
from tests.gradebook.school import CONFIRMED, make_school
from tests.gradebook.year_end import confirm, ended_school
from tests.reports.kept import term_1

pytestmark = pytest.mark.django_db
REPORT = f"{reverse('reports:report_paper', args=['bien-dong-si-so'])}?period=CHKI"
LIST = reverse("reports:year_end_list_paper", args=["len-lop"])


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture(autouse=True)
def few_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the small school's papers were long."""
    monkeypatch.setattr(papers, "SHORT_CELLS", 2)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of what was drawn."""
    found: list[str] = []
    render = pdf.render

    def noting(template_name: str, context: dict[str, object], *, title: str) -> bytes:
        found.append(title)
        return render(template_name, context, title=title)

    monkeypatch.setattr(pdf, "render", noting)
    return found


def as_(user: User, *, confirmed: bool = False) -> Client:
    client = Client()
    client.force_login(user)
    if confirmed:
        client.post(reverse("accounts:confirm"), {"lasting": "exports", "next": "/", **CONFIRMED})
    return client


def made(client: Client, address: str) -> PrintJob:
    """Asked for as its page does, and drawn by the worker."""
    answer = client.post(address)
    job = PrintJob.objects.latest("pk")
    assert answer.headers["Location"] == f"{reverse('reports:print_job', args=[job.pk])}?take"
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_a_long_report_is_not_drawn_while_its_reader_waits_but_asked_for_and_taken(drawn: list[str]) -> None:
    school = make_school(pupils=3)
    client = as_(school.son)
    page = client.get(REPORT).content.decode()
    assert "Máy in nền sẽ vẽ" in page
    assert "Đặt bản in" in page
    assert not drawn
    job = made(client, REPORT)
    assert (job.state, job.title) == ("done", f"Biến động sĩ số, {term_1(school).words}")
    told = client.get(f"{reverse('reports:print_job', args=[job.pk])}?take").content.decode()
    file = reverse("reports:print_file", args=[job.pk])
    assert f'content="0;url={file}"' in told
    assert job.lines_label in told
    content = b"".join(client.get(file).streaming_content)  # type: ignore[attr-defined]
    words = text_of(content)
    for each in ("BÁO CÁO BIẾN ĐỘNG SĨ SỐ", "4A", "4B", "chưa chốt", "HIỆU TRƯỞNG"):
        assert squeezed(each) in words
    kinds = AccessLogEntry.objects.filter(user=school.son).values_list("kind", flat=True)
    assert {"print_asked", "print_downloaded"} <= set(kinds)


def test_the_same_figures_asked_for_again_are_not_drawn_again(drawn: list[str]) -> None:
    school = make_school(pupils=3)
    client = as_(school.tuan)
    first = made(client, REPORT)
    second = made(client, REPORT)
    assert first.pk != second.pk
    assert first.content_hash == second.content_hash
    assert len(drawn) == 1


def test_two_clicks_make_one_print_of_a_report() -> None:
    client = as_(make_school(pupils=3).tuan)
    assert client.post(REPORT).headers["Location"] == client.post(REPORT).headers["Location"]


def test_a_report_that_is_being_drawn_is_given_back_to_whoever_asks_for_the_same_later() -> None:
    school = make_school(pupils=3)
    as_(school.tuan).post(REPORT)
    begun = PrintJob.objects.get()
    PrintJob.objects.filter(pk=begun.pk).update(
        state="running", attempts=1, started_at=clock.now(), asked_at=clock.now() - timedelta(minutes=1)
    )
    for asker in (school.tuan, school.hoa):
        assert reverse("reports:print_job", args=[begun.pk]) in as_(asker).post(REPORT).headers["Location"]
    assert PrintJob.objects.count() == 1


def test_a_kept_copy_and_one_table_of_it_are_prints_too(drawn: list[str]) -> None:
    school = make_school(pupils=3)
    moment = term_1(school)
    kept = keep_report(KIND, moment, Keeping(digest_of(KIND.read(moment))), by=school.tuan)
    address = reverse("reports:kept_report_paper", args=[kept.pk])
    whole = made(as_(school.hoa), address)
    assert whole.title == str(kept)
    table = made(as_(school.hoa), f"{address}?table=term1")
    assert table.title.startswith(f"{kept}: ")
    assert as_(school.hoa).post(f"{address}?table=none").status_code == 404
    assert len(drawn) == 2


def test_a_print_of_a_report_stands_in_the_register_and_says_that_nobody_follows_its_figures() -> None:
    school = make_school(pupils=3)
    job = made(as_(school.tuan), REPORT)
    (line,) = all_lines(Narrowing(school.year))
    assert (line.printed, line.is_outdated) == (job, False)
    client = as_(school.bich)
    page = client.get(reverse("reports:register")).content.decode()
    assert job.title in page
    assert "Còn đúng<" not in page
    own = client.get(reverse("reports:print_job", args=[job.pk])).content.decode()
    assert "Không theo dõi: số liệu lúc in" in page
    assert "Không theo dõi: số liệu lúc in" in own
    assert line.standing == "Không theo dõi: số liệu lúc in"


def test_a_long_list_is_of_the_classes_that_its_asker_sees_and_asks_for_the_password() -> None:
    school = ended_school()
    confirm(school)
    assert as_(school.ngoc).post(LIST).status_code == 422
    job = made(as_(school.ngoc, confirmed=True), LIST)
    assert job.paper["seen_by"] == school.ngoc.pk
    assert job.pupils_done == len(school.pupils)
    file = reverse("reports:print_file", args=[job.pk])
    assert as_(school.ngoc).get(file).status_code == 422
    content = b"".join(as_(school.ngoc, confirmed=True).get(file).streaming_content)  # type: ignore[attr-defined]
    assert all(squeezed(pupil.full_name) in text_of(content) for pupil in school.pupils)
    assert as_(school.lan, confirmed=True).get(file).status_code == 403
    other = made(as_(school.hoa, confirmed=True), LIST)
    assert (other.pk == job.pk, other.paper["seen_by"]) == (False, None)


def test_who_may_no_longer_see_a_report_gets_no_print_of_it() -> None:
    school = make_school(pupils=3)
    client = as_(school.son)
    client.post(REPORT)
    job = PrintJob.objects.latest("pk")
    Post.objects.filter(holder=school.son).delete()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "Thống kê, báo cáo của trường" in job.failure
    assert client.get(reverse("reports:print_job", args=[job.pk])).status_code == 403


def test_a_report_is_cancelled_by_who_asked_for_it() -> None:
    school = make_school(pupils=3)
    client = as_(school.son)
    client.post(REPORT)
    job = PrintJob.objects.latest("pk")
    page = client.get(reverse("reports:print_job", args=[job.pk])).content.decode()
    assert "Huỷ in" in page
    client.post(reverse("reports:print_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_the_slips_for_parents_and_the_register_of_corrections_are_prints_when_they_are_long() -> None:
    school = entered_school()
    request = filed(school)
    begin_register(by=User.objects.get(pk=school.tuan.pk))
    lan, tuan = as_(school.lan, confirmed=True), as_(school.tuan, confirmed=True)
    for client, address, words in (
        (lan, reverse("reports:parent_slips", args=[school.class_4a.pk]), school.pupils[0].full_name),
        (lan, reverse("reports:consent_slips", args=[school.class_4a.pk]), school.pupils[0].full_name),
        (tuan, reverse("reports:correction_register_paper"), request.label),
    ):
        assert "Đặt bản in" in client.get(address).content.decode()
        job = made(client, address)
        assert client.get(reverse("reports:print_job", args=[job.pk])).status_code == 200
        file = client.get(reverse("reports:print_file", args=[job.pk]))
        assert squeezed(words) in text_of(b"".join(file.streaming_content))  # type: ignore[attr-defined]
    assert as_(school.minh).get(reverse("reports:print_job", args=[job.pk - 1])).status_code == 403


def test_the_clerk_who_takes_every_paper_twice_and_looks_at_each_page_again_meets_no_limit():
    school = make_school()
    clerk = as_(school.tuan)
    for _paper in range(24):
        assert [clerk.get(REPORT).status_code for _look in range(4)] == [200] * 4
        assert clerk.post(REPORT).status_code == 302


def test_who_goes_on_asking_for_papers_is_told_until_when():
    school = make_school()
    pressed(school.tuan, "paper_drawn", 119)
    clerk = as_(school.tuan)
    assert clerk.post(REPORT).status_code == 302
    assert clerk.post(REPORT).status_code == 429
    assert clerk.get(REPORT).status_code == 200
