"""The guides cannot go stale: each step's page is opened as that role, and is still that of its picture (PLAN III.2).

`make guides` makes pictures and fingerprints anew by this same code. No pixels are compared: the demo's dates move.
What is compared are headings, labels and names of buttons, without figures and names of periods, which move with the
calendar.
"""

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from accounts.guides import GUIDES, PICTURE_HEIGHT, PICTURE_WIDTH, Guide, Step
from accounts.powers import Role
from tests.stack import ROOT, Stack
from tests.stories.people import log_in

ALL_PROCESSES = True
MAKES_ANEW = "KIMDONG_MAKE_GUIDES" in os.environ
FOLDER = ROOT / "static/guides"
FINGERPRINTS = FOLDER / "fingerprints.json"
ADVICE = "the page is no longer the one in the guide's picture: read the step again, then run `make guides`"

PEOPLE = {
    Role.PRINCIPAL: "hieutruong",
    Role.VICE_PRINCIPAL: "phohieutruong",
    Role.CLERK: "vanthu",
    Role.GRADE_HEAD: "khoitruong4",
    Role.HOMEROOM: "gvcn.4e",
    Role.SUBJECT: "gvbm.tienganh.1",
    Role.INSPECTOR: "nguoikiemtra",
}
INSPECTOR = """
from accounts.clock import today
from accounts.history import Source, acting
from accounts.models import Post, User
from kimdong.demo.accounts import PASSWORD
with acting(None, role="Kiểm thử", source=Source.SYSTEM):
    user = User.objects.create_user(
        "nguoikiemtra", PASSWORD, staff_code="KT1", full_name="Người kiểm tra", sort_key="k"
    )
    Post.objects.create(holder=user, kind=Post.Kind.INSPECTOR, starts_on=today())
"""
TOP_BAR = 48
PERIODS = r"(Giữa|Cuối) học kì I+|Cuối năm học|GHKI+|CHKI\b"
# Headings, labels and buttons of the page itself; names in a table are those of pupils and classes, and what is of
# the day (the roll) is there on school days only.
WORDS = """() => [...document.querySelectorAll(
    'main :is(h1, h2, h3, label, legend, summary, button, a.btn, a.chip)')]
    .filter(each => each.checkVisibility() && !each.closest('table, .trainees, .history, [data-of-the-day]'))
    .map(each => each.textContent.replace(/\\s+/g, ' ').trim())"""
# Everything with a name on the whole page.
NAMED = """() => [...document.querySelectorAll(
    ':is(h1, h2, h3, label, legend, summary, button, a, th, option, .state, .chip)')]
    .filter(each => each.checkVisibility() || each.tagName === 'OPTION')
    .map(each => each.textContent.replace(/\\s+/g, ' ').trim())"""
# The named controls, as the picture points at them.
OUTLINE = """names => {
    const places = 'main :is(h2, label, legend, summary, button, a.btn, a.chip, thead th)';
    for (const each of document.querySelectorAll(places)) {
        const text = each.textContent.replace(/\\s+/g, ' ').trim();
        if (!names.some(name => text === name || text.startsWith(name + ' '))) continue;
        each.style.outline = '2px solid #c2410c';
        each.style.outlineOffset = '2px';
    }
}"""


@pytest.fixture(scope="module")
def places(application: Stack) -> dict[str, Any]:
    """What the addresses of the steps leave open."""
    application.manage("shell", "--command", INSPECTOR)
    requests = dict(application.fetch("SELECT state, min(id) FROM approvals_correctionrequest GROUP BY 1"))
    inquiries = dict(
        application.fetch(
            "SELECT desk, max(id) FROM approvals_inquiry WHERE state IN ('new', 'accepted') GROUP BY 1"
        )
    )
    own = application.fetch("SELECT max(id) FROM students_schoolclass WHERE name = '4E'")
    taught = application.fetch(
        "SELECT max(a.school_class_id) FROM gradebook_teachingassignment a JOIN accounts_user u ON u.id = a.teacher_id"
        " WHERE u.username = 'gvbm.tienganh.1'"
    )
    period = application.fetch(
        "SELECT period FROM gradebook_entrywindow WHERE now() >= opens_at AND now() < closes_at"
    )
    return {
        **requests,
        "at_clerk": inquiries["clerk"],
        "at_head": inquiries["grade_head"],
        "own_class": own[0][0],
        "taught_class": taught[0][0],
        "period": period[0][0],
    }


@pytest.fixture(scope="module")
def opened(
    chromium: Browser, application: Stack, places: dict[str, Any]
) -> Iterator[Callable[[Guide, Step], Page]]:
    """Opens a step's page as a person of the guide's role, who logs in when first asked for."""
    known: dict[Role, Page] = {}

    def open_page(guide: Guide, step: Step) -> Page:
        if guide.role not in known:
            known[guide.role] = log_in(chromium, application, PEOPLE[guide.role]).page
        page = known[guide.role]
        answer = page.goto(application.address + step.address.format_map(places))
        assert answer.status == 200
        return page

    yield open_page
    for page in known.values():
        page.context.close()


@pytest.fixture(scope="module")
def fingerprints() -> Iterator[dict[str, list[str]]]:
    """Those stored beside the pictures; when made anew, those of today are stored at the end."""
    if not MAKES_ANEW:
        yield json.loads(FINGERPRINTS.read_text(encoding="utf-8"))
        return
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    made: dict[str, list[str]] = {}
    yield made
    text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)
    FINGERPRINTS.write_text(f"{text}\n", encoding="utf-8")


def fingerprint(page: Page) -> list[str]:
    """The words of the page, each once, in its order, without what moves with the calendar."""
    words = (re.sub(PERIODS, "‹thời điểm›", text) for text in page.evaluate(WORDS))
    plain = (re.sub(r"\S*\d\S*", "‹số›", text) for text in words)
    return list(dict.fromkeys(plain))


def picture(page: Page, step: Step) -> bytes:
    """The named controls outlined, from the head of the page or from what the step shows."""
    page.evaluate(OUTLINE, list(step.names))
    if step.shows:
        for _before_and_after_its_pictures_have_come in range(2):
            page.locator(f"main {step.shows}").first.evaluate("each => each.scrollIntoView({block: 'start'})")
            page.wait_for_load_state("networkidle")
    whole = page.locator("main").bounding_box()
    left, top = whole["x"], whole["y"]
    if step.shows:
        part = page.locator(f"main {step.shows}").first.bounding_box()
        top = max(TOP_BAR, min(part["y"] - 12, page.viewport_size["height"] - PICTURE_HEIGHT))
    shot = page.screenshot(
        clip={"x": left, "y": top, "width": PICTURE_WIDTH, "height": PICTURE_HEIGHT},
        animations="disabled",
    )
    saved = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").save(saved, "WEBP", quality=72, method=6)
    return saved.getvalue()


@pytest.mark.parametrize(
    ("guide", "step"),
    [(guide, step) for guide in GUIDES for step in guide.steps],
    ids=[guide.name_of(step) for guide in GUIDES for step in guide.steps],
)
def test_a_step_still_shows_the_page_it_speaks_of(
    opened: Callable[[Guide, Step], Page], fingerprints: dict[str, list[str]], guide: Guide, step: Step
):
    page = opened(guide, step)
    there = page.evaluate(NAMED)
    assert [name for name in step.names if not any(name in text for text in there)] == [], ADVICE
    if MAKES_ANEW:
        fingerprints[guide.name_of(step)] = fingerprint(page)
        (ROOT / "static" / guide.picture(step)).write_bytes(picture(page, step))
    assert fingerprint(page) == fingerprints[guide.name_of(step)], ADVICE
