"""Direct requests of somebody who means harm: past the pages, straight at the addresses.

That one person's things are shut to another is walked page by page in test_access.py; here is what tries to get round.
"""
# ruff: noqa: F811 - the fixture `things` is that of test_access.py

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from accounts import clock
from accounts.models import AccessLogEntry, Post, User
from approvals.models import CorrectionRequest, Evidence
from gradebook.models import SubjectResult
from gradebook.regulation import Period
from reports.models import PrintJob
from students.models import HomeroomAssignment
from tests.gradebook.school import CONFIRMED, PASSWORD, value_of
from tests.stack import ROOT
from tests.test_access import (  # noqa: F401 - fixtures
    PAGES,
    Things,
    in_last_years_class,
    label,
    sheet_of,
    the_school,
    things,
    things_of_module,
)

pytestmark = pytest.mark.django_db
POSTS = [page for page in PAGES if page.method == "post"]
SHEET = "gradebook:sheet"


def client_of(user: User, **how: object) -> Client:
    client = Client(**how)
    client.force_login(user)
    return client


def write_mark(client: Client, address: str, things: Things, **headers: str):
    change = {
        "student": things.school.pupils[0].pk,
        "item": "TOAN",
        "field": "mark",
        "value": "10",
        "version": 0,
    }
    return client.post(address, {"changes": [change]}, content_type="application/json", headers=headers)


def test_a_mark_posted_into_another_teachers_sheet_is_refused_logged_and_not_written(things):
    address = reverse(SHEET, args=sheet_of(Period.END_TERM_1)(things))
    for name in ("minh", "thu", "dung", "bich", "hoa", "tuan", "son"):
        assert write_mark(client_of(things.school.people[name]), address, things).status_code == 403
    assert value_of(things.school.sheet(period=Period.END_TERM_1), things.school.pupils[0]) == ""
    assert AccessLogEntry.objects.filter(kind="refused", path=address).count() == 7


def test_the_class_of_yesterday_and_the_class_of_last_year_take_no_mark(things):
    lan = things.school.lan
    former = in_last_years_class(things)
    assert (
        write_mark(client_of(lan), reverse(SHEET, args=sheet_of(Period.YEAR_END)(former)), former).status_code
        == 403
    )
    starts = things.school.year.starts_on
    HomeroomAssignment.objects.filter(teacher=lan).update(ends_on=starts)
    lan.teaching_assignments.update(ends_on=starts)
    before = SubjectResult.objects.count()
    address = reverse(SHEET, args=sheet_of(Period.END_TERM_1)(things))
    assert write_mark(client_of(lan), address, things).status_code == 403
    assert SubjectResult.objects.count() == before


def test_evidence_of_another_is_refused_and_the_refusal_tells_nothing_of_it(things):
    of_lan = client_of(things.school.minh).get(reverse("approvals:evidence", args=[things.evidence.pk]))
    assert of_lan.status_code == 403
    assert not any(
        words in of_lan.content.decode()
        for words in (things.evidence.name, things.filed.label, things.school.lan.full_name)
    )


FORGED = {
    "role": "principal",
    "post": "principal",
    "user": "1",
    "user_id": "1",
    "proposer": "1",
    "is_superuser": "1",
    "acting_role": "Hiệu trưởng",
    "by": "bich",
}


def test_a_role_or_a_person_named_by_field_header_or_cookie_changes_nothing(things):
    client = client_of(things.school.minh)
    for name, value in FORGED.items():
        client.cookies[name] = value.encode("ascii", "replace").decode()
    headers = {"X-User": "bich", "X-Role": "principal", "Remote-User": "bich", "X-Forwarded-User": "bich"}
    address = reverse("gradebook:order_new")
    assert client.get(address, FORGED, headers=headers).status_code == 403
    assert client.post(address, FORGED, headers=headers).status_code == 403
    act = reverse("approvals:request_act", args=[things.filed.pk, "approve"])
    assert client_of(things.school.lan).post(act, FORGED, headers=headers).status_code == 403
    assert not User.objects.filter(is_superuser=True).exists()
    assert Post.objects.filter(holder=things.school.minh).count() == 0


def test_a_replayed_form_acts_once(things):
    hoa = client_of(things.school.hoa)
    act = reverse("approvals:request_act", args=[things.filed.pk, "approve"])
    assert [hoa.post(act, {"note": "Đúng.", **CONFIRMED}).status_code for _time in range(2)] == [302, 409]
    assert CorrectionRequest.history.filter(id=things.filed.pk, state="approved").count() == 1
    tuan = client_of(things.school.tuan)
    typed = {"book": "thkqgd", "school_class": things.school.class_4a.pk, "period": "CHKI", **CONFIRMED}
    first, second = (tuan.post(reverse("reports:prints"), typed) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert PrintJob.objects.filter(period="CHKI").count() == 1


@pytest.mark.parametrize(
    "target",
    [
        "https://xau.example/",
        "//xau.example/",
        "/\\xau.example",
        "javascript:alert(1)",
        "http:xau.example",
        "\t//xau.example",
    ],
)
def test_no_address_sends_anybody_to_another_site(things, target):
    client = Client()
    answer = client.post(
        reverse("accounts:login"),
        {"username": "lan", "password": PASSWORD, "next": target},
        query_params={"next": target},
    )
    assert "xau.example" not in answer.get("Location", "")
    assert "javascript" not in answer.get("Location", "")
    logged_in = client_of(things.school.lan)
    for name in ("accounts:login", "accounts:logout"):
        answer = logged_in.post(reverse(name), {"next": target}, query_params={"next": target})
        assert "xau.example" not in answer.get("Location", "")
        assert "javascript" not in answer.get("Location", "")


@pytest.mark.parametrize("page", POSTS, ids=label)
def test_no_post_acts_without_its_token(page, things):
    person = things.school.people[next(iter(sorted(page.allowed)))]
    client = client_of(person, enforce_csrf_checks=True)
    before = everything()
    extra = {"content_type": page.content_type} if page.content_type else {}
    answer = client.post(reverse(page.name, args=page.arguments(things)), dict(page.data), **extra)
    assert answer.status_code == 403
    assert "Nội dung gửi đi chưa được nhận" in answer.content.decode()
    assert everything() == before
    assert AccessLogEntry.objects.latest("pk").detail.startswith("Nội dung gửi đi không mang mã")


def everything() -> list[object]:
    """What the posts of the table could change."""
    requests = CorrectionRequest.objects.order_by("pk").values_list("pk", "state", "reason")
    return [*requests, Evidence.objects.count(), PrintJob.objects.count(), SubjectResult.objects.count()]


@pytest.mark.parametrize(
    "host", ["xau.example", "testserver.xau.example", "testserver@xau.example", "testserver:80@xau", ""]
)
def test_a_poisoned_host_gets_no_page(things, host):
    client = client_of(things.school.lan)
    assert client.get("/", headers={"host": host or " "}).status_code == 400
    answer = client.get("/", headers={"X-Forwarded-Host": host or " "})
    assert "xau.example" not in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../kimdong/settings.py",
        "/static/%2e%2e/kimdong/settings.py",
        "/static/..%2f..%2fetc/passwd",
        "/approvals/evidence/..%2f..%2fetc%2fpasswd/",
        "/approvals/evidence/1%00/",
        "/reports/prints/../../private/",
        "/gradebook/sheets/1/..%2f..%2f/GHKI/",
    ],
)
def test_no_address_climbs_out_of_its_folder(things, path):
    answer = client_of(things.school.bich).get(path)
    assert answer.status_code in (400, 404)
    assert b"SECRET_KEY" not in answer.content
    assert b"root:" not in answer.content


@pytest.mark.parametrize("page", {page.name: page for page in PAGES}.values(), ids=label)
def test_a_method_that_a_page_does_not_know_does_nothing(page, things):
    client = client_of(things.school.people[next(iter(sorted(page.allowed)))])
    address = reverse(page.name, args=page.arguments(things))
    before = everything()
    for method in ("put", "patch", "delete", "trace"):
        saved = transaction.savepoint()
        status = getattr(client, method)(address).status_code
        transaction.savepoint_rollback(saved)
        assert (method, status) == (method, 405)
    assert everything() == before


def test_an_override_of_the_method_is_not_heard(things):
    act = reverse("approvals:request_act", args=[things.filed.pk, "cancel"])
    headers = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    assert client_of(things.school.lan).get(act, {"_method": "POST"}, headers=headers).status_code == 405
    things.filed.refresh_from_db()
    assert things.filed.state == "filed"


def test_the_logged_address_is_the_peers_and_no_header_forges_it(things):
    headers = {
        "X-Forwarded-For": "1.2.3.4",
        "X-Real-IP": "1.2.3.4",
        "Forwarded": "for=1.2.3.4",
        "Client-IP": "1.2.3.4",
    }
    client_of(things.school.minh).get(
        reverse("gradebook:order_new"), headers=headers, REMOTE_ADDR="192.168.1.9"
    )
    assert AccessLogEntry.objects.latest("pk").address == "192.168.1.9"


FILES = [
    ("lan", "gradebook:sheet_file", sheet_of(Period.MID_TERM_1), "attachment"),
    ("lan", "approvals:evidence", lambda things: [things.evidence.pk], "inline"),
    ("hoa", "accounts:access_log_file", lambda _things: [], "attachment"),
    ("tuan", "reports:print_file", lambda things: [things.print_job.pk], "attachment"),
]


@pytest.mark.parametrize(("person", "name", "arguments", "shown"), FILES, ids=[each[1] for each in FILES])
def test_every_file_leaves_with_headers_that_keep_it_harmless(things, person, name, arguments, shown):
    things.print_job.file.save("books/x.pdf", ContentFile(b"%PDF-1.7"), save=False)
    PrintJob.objects.update(state="running")
    PrintJob.objects.update(
        state="done", file=things.print_job.file.name, pages=1, pupils_asked=0, finished_at=clock.now()
    )
    client = client_of(things.school.people[person])
    client.post(reverse("accounts:confirm"), {"next": "/", "lasting": "exports", **CONFIRMED})
    answer = client.get(reverse(name, args=arguments(things)))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(shown)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["Content-Security-Policy"].endswith("sandbox")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    answer.getvalue()


def test_files_leave_by_one_module_only():
    """FileResponse and Content-Disposition anywhere else would be a way out that the test above does not see."""
    apps = ("accounts", "students", "gradebook", "approvals", "reports", "kimdong")
    found = {
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if re.search(
            r"FileResponse\(|StreamingHttpResponse|Content-Disposition", path.read_text(encoding="utf-8")
        )
    }
    assert found == {"accounts/file_answers.py"}


def test_five_files_of_ten_megabytes_are_not_too_large_and_a_form_without_files_of_six_is(things):
    lan = client_of(things.school.lan)
    address = reverse("approvals:attach", args=[things.draft.pk])
    files = [SimpleUploadedFile(f"{number}.jpg", b"x" * 10 * 1024 * 1024) for number in range(5)]
    assert (
        lan.post(address, {"reason": "Ghi nhầm.", "files": files}).status_code == 422
    )  # no pictures, and told so
    too_much = lan.post(
        address, "reason=" + "x" * 6 * 1024 * 1024, content_type="application/x-www-form-urlencoded"
    )
    assert too_much.status_code == 413


def test_a_field_of_six_megabytes_among_files_is_too_large_too_and_told_so(things):
    address = reverse("approvals:attach", args=[things.draft.pk])
    typed = {"reason": "x" * 6 * 1024 * 1024, "files": [SimpleUploadedFile("1.jpg", b"x")]}
    body = encode_multipart(BOUNDARY, typed)
    # A stream that ends as a server's does; the test client's own refuses to be read to its end.
    stream = {"wsgi.input": io.BytesIO(body)}
    answer = client_of(things.school.lan).generic("POST", address, body, MULTIPART_CONTENT, **stream)
    assert answer.status_code == 413
    assert "Nội dung gửi lên quá lớn" in answer.content.decode()
