"""The roll on a telephone of 390 px: quick, without a network, with the tab closed, sent twice."""

import datetime
import re
from collections.abc import Iterator
from itertools import cycle

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.open_rolls import open_rolls
from tests.stack import Stack
from tests.stories.people import Person, log_in

SECONDS = 10_000
TEACHER = "gvcn.4e"


@pytest.fixture(scope="module")
def teacher(chromium: Browser, application: Stack) -> Iterator[Person]:
    person = log_in(chromium, application, TEACHER, width=390)
    yield person
    assert person.complaints == []
    person.page.context.close()


@pytest.fixture(scope="module")
def rolls(application: Stack) -> Iterator[str]:
    """Addresses of rolls that may be changed, in turn; each story takes the next."""
    return cycle(open_rolls(application, TEACHER))


def pupil(page: Page, number: int):
    return page.locator(".roll-list li").nth(number)


def mark(page: Page, number: int, kind: str) -> None:
    """One tap."""
    pupil(page, number).locator(f'label:has(input[value="{kind}"])').click()


def stored(application: Stack, path: str) -> tuple[int, list[str]]:
    """The roll's version and the kinds of its absences."""
    pk, day, session = re.match(r"/students/classes/(\d+)/roll/([\d-]+)/(\w+)/", path).groups()
    place = (int(pk), datetime.date.fromisoformat(day), session)
    version = application.fetch(
        "SELECT version FROM students_rollcall WHERE school_class_id = %s AND day = %s AND session = %s",
        *place,
    )
    kinds = application.fetch(
        "SELECT kind FROM students_absence a JOIN students_rollcall r ON r.id = a.roll_call_id"
        " WHERE school_class_id = %s AND day = %s AND session = %s AND kind <> ''",
        *place,
    )
    return version[0][0], sorted(kind for (kind,) in kinds)


def clear(page: Page) -> None:
    """All there: what the demo has drawn is taken back, unsaved."""
    page.locator(".roll-list").evaluate(
        "list => { for (const each of list.querySelectorAll('input[value=\\'\\']')) each.checked = true; }"
    )


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu điểm danh").click()


def test_three_absent_take_four_taps(teacher: Person, application: Stack, rolls: Iterator[str]):
    path = next(rolls)
    teacher.go(path)
    clear(teacher.page)
    mark(teacher.page, 2, "P")
    mark(teacher.page, 11, "P")
    mark(teacher.page, 20, "K")
    save(teacher.page)
    expect(teacher.page.locator("[data-status]")).to_contain_text("vắng 3 (P 2, K 1)", timeout=SECONDS)
    assert stored(application, path)[1] == ["K", "P", "P"]


def test_a_tap_on_the_name_goes_round(teacher: Person, rolls: Iterator[str]):
    teacher.go(next(rolls))
    clear(teacher.page)
    for expected in ("P 1, K 0", "P 0, K 1", "P 0, K 0"):
        pupil(teacher.page, 0).locator("[data-next]").click()
        expect(teacher.page.locator("[data-count]")).to_contain_text(expected)


def test_without_a_network_it_is_kept_outlives_the_tab_and_arrives_once(
    teacher: Person, application: Stack, rolls: Iterator[str]
):
    path = next(rolls)
    context = teacher.page.context
    # No other page of the school is open that could send it first.
    teacher.page.goto("about:blank")
    tab = teacher.second_tab(path)
    clear(tab)
    before = stored(application, path)[0]
    context.set_offline(True)
    mark(tab, 5, "K")
    save(tab)
    expect(tab.locator("[data-status]")).to_contain_text("giữ trên máy này", timeout=SECONDS)
    tab.close()
    context.set_offline(False)
    teacher.go("/")
    expect(teacher.page.locator("#messages")).to_contain_text("Đã gửi điểm danh", timeout=SECONDS)
    assert stored(application, path) == (before + 1, ["K"])


def test_back_on_the_network_the_open_page_sends_by_itself(
    teacher: Person, application: Stack, rolls: Iterator[str]
):
    path = next(rolls)
    teacher.go(path)
    clear(teacher.page)
    mark(teacher.page, 1, "P")
    teacher.page.context.set_offline(True)
    save(teacher.page)
    expect(teacher.page.locator("[data-status]")).to_contain_text("Mất mạng", timeout=SECONDS)
    teacher.page.context.set_offline(False)
    expect(teacher.page.locator("[data-status]")).to_contain_text("vắng 1", timeout=SECONDS)
    assert stored(application, path)[1] == ["P"]
    meets_another_roll(teacher, path)
    assert stored(application, path)[1] == ["P"]


def meets_another_roll(teacher: Person, path: str) -> None:
    """What a phone kept while somebody else called the roll waits for a choice, and can be let go."""
    page, conflict = teacher.page, teacher.page.locator("[data-conflict]")

    def as_if_called_before() -> None:
        teacher.go(path)
        page.evaluate("document.querySelector('[data-roll-form] [name=version]').value = 0")
        mark(page, 1, "K")
        save(page)
        expect(conflict).to_contain_text(
            "đang lưu vắng có phép; của thầy cô vắng không phép", timeout=SECONDS
        )

    as_if_called_before()
    teacher.go("/students/attendance/")
    waiting = page.locator("#messages [data-waiting]")
    expect(waiting).to_contain_text("còn giữ trên máy này")
    waiting.get_by_role("button", name="Bỏ bản này").click()
    as_if_called_before()
    conflict.get_by_role("link", name="Giữ bản đã lưu").click()
    expect(page.locator("[data-told]")).to_contain_text("Đã điểm danh lúc", timeout=SECONDS)
    expect(conflict).to_have_count(0)
    teacher.go("/")
    expect(waiting).to_have_count(0)
    as_if_called_before()
    mark(page, 1, "P")
    conflict.get_by_role("button", name="Lưu bản của tôi").click()
    expect(page.locator("[data-status]")).to_contain_text("vắng 1 (P 1", timeout=SECONDS)


def test_an_answer_that_is_lost_does_not_count_the_roll_twice(
    teacher: Person, application: Stack, rolls: Iterator[str]
):
    path = next(rolls)
    page = teacher.page
    teacher.go(path)
    clear(page)
    before = stored(application, path)[0]
    lost = []

    def lose_first(route) -> None:
        route.fetch()
        lost.append(route)
        route.abort()

    page.route("**/roll/**", lose_first, times=1)
    mark(page, 3, "P")
    save(page)
    expect(page.locator("[data-status]")).to_contain_text("vắng 1", timeout=SECONDS)
    assert lost
    assert stored(application, path) == (before + 1, ["P"])
