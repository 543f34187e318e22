"""The access log: what is in it, who reads it, how it is searched, that it is kept (rules R57, R65, R69)."""

import datetime
import io
import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts import access_log_views
from accounts.access_log import LINES_PER_PAGE, Wanted, entries
from accounts.models import AccessLogEntry
from accounts.words import bare_words
from tests.gradebook.school import CONFIRMED

pytestmark = pytest.mark.django_db
LOG, FILE = "/accounts/access-log/", "/accounts/access-log/excel/"
KIND = AccessLogEntry.Kind


@pytest.fixture
def as_(client, school):
    def log_in(name):
        client.force_login(school.people[name])
        return client

    return log_in


def add(school, who="lan", kind=KIND.REFUSED, **more):
    """A line as `log_access` writes it."""
    user = school.people.get(who)
    line = AccessLogEntry(
        kind=kind, user=user, username=who, method="GET", path="/gradebook/orders/new/", **more
    )
    line.words = " ".join(bare_words(f"{line.target} {line.detail} {line.path}"))
    line.save()
    return line


def text(response):
    main = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def found(client, **filters):
    """The details of the lines that the page shows, in its order."""
    return [line.detail for line in client.get(LOG, filters).context["page"].lines]


def test_a_line_says_who_with_which_post_did_what_when_and_from_where(school, as_):
    as_("ngoc").get("/gradebook/orders/new/", REMOTE_ADDR="192.168.1.20")
    shown = text(as_("hoa").get(LOG))
    line = AccessLogEntry.objects.get()
    assert "Đặng Bảo Ngọc Giáo viên chủ nhiệm Bị từ chối" in shown
    assert "Mở /gradebook/orders/new/ 192.168.1.20" in shown
    assert line.post == "Giáo viên chủ nhiệm"


def test_logging_in_out_and_failing_are_lines_and_the_password_is_in_none(school, client):
    client.post("/accounts/login/", {"username": "lan", "password": "sai rồi, sai rồi"})
    client.force_login(school.lan)
    client.post("/accounts/logout/")
    lines = list(AccessLogEntry.objects.order_by("pk").values_list("kind", "username"))
    assert lines == [("sign_in_failed", "lan"), ("signed_out", "lan")]
    assert not AccessLogEntry.objects.filter(words__contains="sai roi").exists()


def test_what_is_searched_in_an_address_is_not_in_the_log(school, as_):
    as_("ngoc").get("/gradebook/orders/new/?q=Nguyễn+Minh+An")
    line = AccessLogEntry.objects.get()
    assert "An" not in f"{line.path}{line.detail}{line.words}"


@pytest.mark.parametrize(
    ("filters", "lines"),
    [
        ({"person": "Nguyễn Thị Lan"}, ["lan"]),
        ({"person": "nguyen lan"}, ["lan"]),
        ({"person": "LAN"}, ["lan"]),
        ({"person": "nobody"}, ["nobody"]),
        ({"person": "không ai cả"}, []),
        ({"kind": "downloaded"}, ["minh"]),
        ({"text": "mo khoa"}, ["minh"]),
        ({"text": "Mở Khóa"}, ["minh"]),
        ({"text": "/gradebook/orders"}, ["nobody", "minh", "lan"]),
        ({"text": "%"}, []),
        ({"text": "10.0.0.9"}, ["lan"]),
        ({"text": "8.8.8.8"}, []),
        ({"address": "10.0.0.9"}, ["lan"]),
        ({"address": "::ffff:10.0.0.9"}, ["lan"]),
        ({"since": "2026-01-01", "until": "01/02/2026"}, ["nobody"]),
        ({"person": "lan", "kind": "downloaded"}, []),
    ],
)
def test_the_log_is_searched_by_person_kind_day_address_and_words(school, as_, filters, lines):
    day = datetime.datetime(2026, 2, 1, 23, 59, tzinfo=datetime.UTC) - datetime.timedelta(hours=7)
    add(school, "lan", detail="lan", address="10.0.0.9")
    add(school, "minh", KIND.DOWNLOADED, detail="minh", target="Lệnh mở khoá sổ")
    add(school, "nobody", KIND.SIGN_IN_FAILED, detail="nobody", at=day)
    client = as_("bich")
    assert sorted(found(client, **filters)) == sorted(lines)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"since": "hôm qua"}, "«Từ ngày» chưa đúng. Ghi ngày/tháng/năm"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "«Đến ngày» đứng trước «Từ ngày»"),
        ({"address": "192.168"}, "Địa chỉ máy chưa đúng"),
        ({"kind": "x"}, "Không có việc đó trong nhật kí"),
    ],
)
def test_a_bad_filter_is_told_and_stays_as_it_was_typed(school, as_, filters, message):
    for address in (LOG, FILE):
        response = as_("hoa").get(address, filters)
        assert response.status_code == 422
        assert message in text(response)
        assert all(value in response.content.decode() for value in filters.values())


def test_a_bad_filter_does_not_speak_of_saving(school, as_):
    shown = text(as_("hoa").get(LOG, {"since": "hôm qua"}))
    assert "Chưa tìm được" in shown
    assert "Chưa lưu được" not in shown


def test_a_page_of_the_log_in_is_named_in_words(school, as_):
    as_("hoa").post("/accounts/logout/")
    shown = text(as_("bich").get(LOG))
    assert "Trang «Đăng xuất»" in shown
    assert "/accounts/logout/" not in shown


def test_an_empty_answer_says_what_to_do(school, as_):
    assert "Không dòng nhật kí nào hợp với các ô lọc trên" in text(as_("hoa").get(LOG, {"person": "xyz"}))


def test_pages_go_back_in_time_without_a_gap_and_without_counting(school, as_):
    for number in range(LINES_PER_PAGE * 2 + 1):
        add(school, detail=f"{number:03}")
    client = as_("hoa")
    seen, before = [], ""
    for length in (LINES_PER_PAGE, LINES_PER_PAGE, 1):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(LOG, {"before": before, "kind": "refused"}).context["page"]
        assert not [each for each in captured if 'COUNT(*) AS "__count"' in each["sql"]]
        assert len(page.lines) == length
        seen += [line.detail for line in page.lines]
        before = page.older
    assert (seen, before) == (sorted(seen, reverse=True), 0)
    assert len(set(seen)) == LINES_PER_PAGE * 2 + 1
    assert found(client, before="x") == found(client)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "access_log_latest"),
        (Wanted(person="lan"), "access_log_of_a_"),
        (Wanted(kind="downloaded"), "access_log_of_a_kind"),
        (Wanted(address="10.0.0.9"), "access_log_of_an_address"),
        (Wanted(text="mo khoa"), "access_log_words"),
    ],
)
def test_every_filter_has_an_index(school, wanted, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"SET LOCAL {'enable_sort' if wanted == Wanted() else 'enable_indexscan'} = off")
    lines = entries(wanted)
    # A few lines are always read by their order; what the filter alone would use is the question.
    plan = (lines if wanted == Wanted() else lines.order_by()).explain()
    assert index in plan


def test_the_filtered_lines_leave_as_a_workbook_that_says_who_took_it_and_the_log_has_that(school, as_):
    add(school, detail="=HYPERLINK(1)", target="Sổ lớp 4A")
    add(school, "minh", KIND.DOWNLOADED, detail="khác")
    hoa = as_("hoa")
    assert "Gõ lại mật khẩu" in hoa.get(FILE, {"kind": "refused"}).content.decode()
    hoa.post("/accounts/confirm/", {"next": LOG, "lasting": "exports", **CONFIRMED})
    response = hoa.get(FILE, {"kind": "refused"})
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert rows[0][0] == "Nhật kí truy cập"
    assert rows[1][0].startswith("Người xuất: Võ Thị Hoa (Phó Hiệu trưởng), lúc ")
    assert rows[2][0] == "Lọc theo Việc: Bị từ chối"
    assert rows[3][:3] == ["Thời điểm", "Họ và tên", "Tên đăng nhập"]
    assert [rows[4][1], rows[4][5], rows[4][6]] == ["Nguyễn Thị Lan", "Sổ lớp 4A", "=HYPERLINK(1)"]
    assert isinstance(rows[4][0], datetime.datetime)
    assert len(rows) == 5
    line = AccessLogEntry.objects.latest("pk")
    assert (line.kind, line.user, line.detail) == ("bulk_exported", school.hoa, "1 dòng")


def test_more_lines_than_a_file_holds_are_refused_with_the_remedy(school, as_, monkeypatch):
    monkeypatch.setattr(access_log_views, "MOST_EXPORTED", 1)
    add(school)
    add(school)
    response = as_("hoa").get(FILE)
    assert response.status_code == 422
    assert "Chọn khoảng ngày hẹp hơn" in text(response)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_accesslogentry SET detail = ''",
        "DELETE FROM accounts_accesslogentry",
        "TRUNCATE accounts_accesslogentry",
    ],
)
def test_the_database_keeps_a_line_for_twelve_months(school, statement):
    add(school)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="kept for 12 months"), transaction.atomic():
            cursor.execute(statement)


def test_a_line_of_more_than_twelve_months_may_be_deleted_and_still_not_changed(school):
    old = add(school, at=datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=367))
    with pytest.raises(DatabaseError, match="kept for 12 months"), transaction.atomic():
        AccessLogEntry.objects.filter(pk=old.pk).update(detail="khác")
    assert old.delete()[0] == 1
