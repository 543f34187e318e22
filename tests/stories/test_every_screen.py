"""Every screen stands the audit of axe-core (WCAG 2.2 A and AA), in light and dark, and fits a phone of 390 px."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kimdong.demo.accounts import PASSWORD
from tests.stack import ROOT, Stack
from tests.stories.people import log_in
from tests.stories.sheets import SECONDS, Desk, StaffRoom, blank_sheets, staff_room

AXE = (ROOT / "tests/vendor/axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENS = ((1280, "light"), (1280, "dark"), (390, "light"))
TEACHER = "gvcn.4e"  # has a draft of a request, and a class of the grades that have every kind of cell

PAGES = [
    ("hieutruong", "/"),
    ("hieutruong", "/gradebook/orders/"),
    ("hieutruong", "/gradebook/orders/new/"),
    ("hieutruong", "/gradebook/orders/{order}/"),
    ("hieutruong", "/gradebook/progress/"),
    ("hieutruong", "/approvals/inquiries/"),
    ("hieutruong", "/accounts/training/"),
    ("hieutruong", "/accounts/powers/"),
    ("phohieutruong", "/"),
    ("phohieutruong", "/accounts/access-log/"),
    ("phohieutruong", "/accounts/access-log/?person=kh%C3%B4ng+ai"),
    ("phohieutruong", "/approvals/requests/"),
    ("phohieutruong", "/approvals/requests/{filed}/"),
    ("phohieutruong", "/approvals/requests/{refused}/"),
    ("hieutruong", "/accounts/overview/"),
    ("phohieutruong", "/gradebook/staff/"),
    ("phohieutruong", "/gradebook/staff/{teacher}/"),
    ("phohieutruong", "/gradebook/staff/{teacher}/appoint/"),
    ("phohieutruong", "/gradebook/staff/{teacher}/stand-in/"),
    ("phohieutruong", "/gradebook/assignments/?class={class_4e}"),
    ("phohieutruong", "/gradebook/assignments/upload/"),
    ("phohieutruong", "/gradebook/assignments/{class_4e}/homeroom/"),
    ("phohieutruong", "/gradebook/duties/homeroom/{homeroom}/hand-over/"),
    ("phohieutruong", "/gradebook/grants/"),
    ("phohieutruong", "/gradebook/grants/new/"),
    ("phohieutruong", "/gradebook/groups/"),
    ("vanthu", "/gradebook/staff/{teacher}/edit/"),
    ("vanthu", "/"),
    ("vanthu", "/approvals/requests/{approved}/"),
    ("vanthu", "/approvals/requests/{applied}/"),
    ("vanthu", "/students/classes/"),
    ("vanthu", "/students/classes/{class_4e}/"),
    ("vanthu", "/students/search/?q=nguyen"),
    ("vanthu", "/students/records/"),
    ("vanthu", "/students/pupils/{pupil_4e}/"),
    ("vanthu", "/students/pupils/{pupil_4e}/ids/"),
    ("vanthu", "/students/classes/{class_4e}/edit/"),
    ("vanthu", "/students/classes/{class_4e}/delete/"),
    ("vanthu", "/students/classes/{class_4e}/week/"),
    ("vanthu", "/students/years/"),
    ("vanthu", "/students/years/new/"),
    ("vanthu", "/students/years/{year}/"),
    ("vanthu", "/students/years/{year}/edit/"),
    ("vanthu", "/students/years/{year}/days/new/"),
    ("vanthu", "/students/days/{holiday}/remove/"),
    ("vanthu", "/students/years/{year}/week/"),
    ("vanthu", "/students/years/{year}/classes/new/"),
    ("vanthu", "/gradebook/years/{year}/opening/"),
    ("vanthu", "/gradebook/years/{year}/lines/"),
    (TEACHER, "/students/years/{year}/"),
    ("vanthu", "/students/import/"),
    ("vanthu", "/students/movements/"),
    ("vanthu", "/students/movements/{movement}/"),
    ("vanthu", "/students/newcomers/transferred_in/"),
    ("vanthu", "/students/head-counts/"),
    ("vanthu", "/students/pupils/{pupil}/movements/"),
    ("vanthu", "/students/pupils/{pupil}/movements/transferred_out/"),
    ("vanthu", "/reports/prints/"),
    ("vanthu", "/approvals/inquiries/?who=waiting"),
    ("vanthu", "/approvals/inquiries/{at_clerk}/"),
    ("vanthu", "/accounts/training/"),
    ("vanthu", "/accounts/training/people/{trained}/"),
    ("vanthu", "/gradebook/sheets/{last_year_4e}/TOAN/CN/"),
    (TEACHER, "/accounts/me/"),
    (TEACHER, "/accounts/password/"),
    (TEACHER, "/accounts/sessions/"),
    (TEACHER, "/accounts/second-factor/set-up/"),
    ("vanthu", "/accounts/me/"),
    ("vanthu", "/accounts/people/"),
    ("vanthu", "/accounts/people/{teacher}/"),
    ("vanthu", "/accounts/people/{teacher}/slip/"),
    ("vanthu", "/accounts/people/{teacher}/reopen/"),
    ("vanthu", "/accounts/people/{teacher}/release/"),
    ("vanthu", "/accounts/people/{teacher}/second-factor/"),
    ("vanthu", "/gradebook/accounts/new/"),
    ("vanthu", "/gradebook/accounts/upload/"),
    ("vanthu", "/gradebook/accounts/{teacher}/close/"),
    ("phohieutruong", "/accounts/admin/"),
    ("phohieutruong", "/accounts/admin/log/"),
    (TEACHER, "/"),
    (TEACHER, "/approvals/requests/{draft}/"),
    (TEACHER, "/approvals/inquiries/new/?page=/gradebook/orders/"),
    (TEACHER, "/approvals/inquiries/{answered}/"),
    (TEACHER, "/accounts/guides/"),
    (TEACHER, "/accounts/guides/homeroom/"),
    (TEACHER, "/students/classes/{class_4e}/"),
    (TEACHER, "/students/pupils/{pupil_4e}/"),
    (TEACHER, "/students/pupils/{pupil_4e}/person/"),
    (TEACHER, "/students/pupils/{pupil_4e}/address/"),
    (TEACHER, "/students/pupils/{pupil_4e}/year/"),
    (TEACHER, "/students/classes/{class_4e}/records/"),
    (TEACHER, "/students/classes/{class_4e}/measures/"),
    (TEACHER, "/students/classes/{class_4e}/papers/"),
    (TEACHER, "/students/classes/{class_4e}/papers/?paper=slips"),
    (TEACHER, "/gradebook/sheets/{class_4e}/TOAN/{period}/"),
    (TEACHER, "/gradebook/sheets/{class_4e}/TOAN/{period}/?read=1"),
    (TEACHER, "/gradebook/sheets/{class_4e}/NLPC/{period}/"),
]


@pytest.fixture(scope="module")
def places(application: Stack) -> dict[str, object]:
    """What the addresses above leave open."""
    found = dict(application.fetch("SELECT state, min(id) FROM approvals_correctionrequest GROUP BY 1"))
    order = application.fetch("SELECT min(id) FROM gradebook_entryorder")[0][0]
    before, now = application.fetch("SELECT id FROM students_schoolclass WHERE name = '4E' ORDER BY year_id")
    period = application.fetch(
        "SELECT period FROM gradebook_entrywindow WHERE now() >= opens_at AND now() < closes_at"
    )
    homeroom = application.fetch(
        "SELECT id FROM students_homeroomassignment WHERE school_class_id = %s", now[0]
    )[0][0]
    pupil = application.fetch(
        "SELECT min(student_id) FROM students_enrolment WHERE school_class_id = %s", now[0]
    )[0][0]
    inquiries = dict(application.fetch("SELECT state, max(id) FROM approvals_inquiry GROUP BY 1"))
    return {
        **found,
        "homeroom": homeroom,
        "at_clerk": inquiries["new"],
        "answered": inquiries["answered"],
        "trained": application.fetch("SELECT min(person_id) FROM accounts_trainingrecord")[0][0],
        "order": order,
        "movement": application.fetch("SELECT max(id) FROM students_movement")[0][0],
        "pupil": application.fetch(
            "SELECT min(student_id) FROM students_enrolment WHERE school_class_id = %s", now[0]
        )[0][0],
        "teacher": application.fetch("SELECT id FROM accounts_user WHERE username = %s", TEACHER)[0][0],
        "last_year_4e": before[0],
        "class_4e": now[0],
        "pupil_4e": pupil,
        "period": period[0][0],
        "year": application.fetch("SELECT max(year) FROM students_schoolyear")[0][0],
        "holiday": application.fetch("SELECT max(id) FROM students_calendarentry")[0][0],
    }


@pytest.fixture(scope="module")
def page_of(chromium: Browser, application: Stack) -> Iterator[Callable[[str], Page]]:
    """The page of a person, who logs in when first asked for."""
    known: dict[str, Page] = {}

    def find(username: str) -> Page:
        if username not in known:
            known[username] = log_in(chromium, application, username).page
        return known[username]

    yield find
    for page in known.values():
        page.context.close()


@pytest.fixture(scope="module")
def teacher_room(chromium: Browser, application: Stack, places: dict[str, object]) -> StaffRoom:
    """`places` first: it looks for the one period that the demo has open."""
    return staff_room(chromium, application, blank_sheets(application), TEACHER)


@pytest.fixture
def desk(teacher_room: StaffRoom) -> Iterator[Desk]:
    yield teacher_room.sit(teacher_room.next_sheet())
    teacher_room.leave()


def faults(page: Page) -> list[str]:
    """What axe-core finds, one sentence a rule, with the first element that breaks it."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", TAGS)
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]


def stands_on_every_screen(page: Page) -> None:
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 850})
        page.emulate_media(color_scheme=scheme)
        # A button on its way from one scheme's colours to the other's has the contrast of neither.
        page.evaluate("for (const each of document.getAnimations()) each.finish()")
        assert (width, scheme, faults(page)) == (width, scheme, [])
        sideways = page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]")
        assert max(sideways) <= width


def test_the_audit_finds_what_is_wrong(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    page.evaluate(
        """() => {
            document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="data:,"><input name="x">');
            document.querySelector('h1').id = 'id_username';
        }"""
    )
    assert {each.split(":")[0] for each in faults(page)} >= {"image-alt", "label"}
    page.close()


def test_the_log_in_page_also_when_it_refuses(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    stands_on_every_screen(page)
    page.get_by_label("Tên đăng nhập").fill("vanthu")
    page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.close()


def test_the_pages_of_the_second_step(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    page.get_by_label("Tên đăng nhập").fill("phohieutruong")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Mã 6 số").fill("000000")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.get_by_role("link", name="mã dự phòng").click()
    expect(page.get_by_label("Mã dự phòng")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.close()


def test_the_page_of_a_lock(chromium: Browser, application: Stack):
    page = chromium.new_page()
    page.goto(f"{application.address}/accounts/login/")
    for _ in range(5):
        page.get_by_label("Tên đăng nhập").fill("khong.co.ai")
        page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
        page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Tạm khoá đăng nhập")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(page)
    page.close()


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_the_page_stands_the_audit(
    application: Stack, places: dict[str, object], page_of: Callable[[str], Page], username: str, address: str
):
    page = page_of(username)
    answer = page.goto(application.address + address.format_map(places))
    assert answer.status == 200
    stands_on_every_screen(page)


def test_a_sheet_with_refused_unsaved_and_doubtful_cells(desk: Desk):
    desk.enter(0, "mark", "11")
    desk.enter(1, "attainment", "x")
    desk.enter(2, "attainment", "h")
    desk.enter(2, "mark", "10")
    desk.press("Control+s")
    expect(desk.note(2, "mark")).to_be_visible(timeout=SECONDS)
    desk.context.set_offline(True)
    desk.enter(1, "comment", "Em tiến bộ.")
    stands_on_every_screen(desk.page)


def test_a_sheet_in_conflict(desk: Desk):
    other = desk.new_tab()
    other.enter(0, "mark", "9")
    other.save()
    other.page.close()
    desk.enter(0, "mark", "7")
    desk.press("Control+s")
    expect(desk.page.get_by_role("button", name="Giữ của tôi")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(desk.page)


def test_the_story_of_a_cell_over_the_sheet_and_on_a_page_of_its_own(desk: Desk):
    desk.enter(0, "mark", "9")
    desk.save()
    desk.press("F2")
    expect(desk.page.get_by_role("dialog")).to_contain_text("9", timeout=SECONDS)
    stands_on_every_screen(desk.page)
    desk.open(f"{desk.sheet.path}history/{desk.sheet.pupils[0][0]}/{desk.sheet.code}/mark/")
    stands_on_every_screen(desk.page)


def test_a_locked_sheet_and_its_way_to_a_request(desk: Desk):
    desk.enter(0, "mark", "9")
    desk.save()
    desk.sheet.lock()
    desk.enter(0, "mark", "10")
    desk.press("Control+s")
    expect(desk.status).to_contain_text(re.compile("Đã khoá từ"), timeout=SECONDS)
    stands_on_every_screen(desk.page)
    later = desk.new_tab()
    expect(later.page.get_by_role("button", name="Đưa vào phiếu")).to_be_visible(timeout=SECONDS)
    stands_on_every_screen(later.page)
    later.open(f"{desk.sheet.path}?propose=1")
    stands_on_every_screen(later.page)


def test_a_refused_page_says_why_on_every_screen(desk: Desk):
    answer = desk.page.goto(f"{desk.sheet.stack.address}/gradebook/orders/new/")
    assert answer.status == 403
    stands_on_every_screen(desk.page)
