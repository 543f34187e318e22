"""The audit of axe-core (WCAG 2.2 A and AA) that every screen stands: light at a desk, dark on a phone of 390 px.

The addresses stand in the files test_screens_of_….py, which leave open what `places` finds in the demo school.
"""

import datetime
from typing import Any

from playwright.sync_api import Page

from tests.stack import ROOT, Stack

AXE = (ROOT / "tests/vendor/axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = 1280
# Each width and each scheme once: a dark desk and a light phone show what these two have shown.
SCREENS = ((WIDE, "light"), (390, "dark"))
# What the other screen can break: colours, and what is covered, too small, hidden or shown on a telephone alone.
ONLY_ON_THE_OTHER = [
    *(
        "color-contrast",
        "link-in-text-block",
        "target-size",
        "scrollable-region-focusable",
        "aria-hidden-focus",
    ),
    *("meta-viewport", "button-name", "link-name", "label", "select-name", "summary-name"),
]
TEACHER = "gvcn.4e"  # has a draft of a request, and a class of the grades that have every kind of cell


# One call a screen: each call is a way through three processes.
LOOK = """async options => {
    // A button on its way from one scheme's colours to the other's has the contrast of neither.
    for (const each of document.getAnimations()) each.finish();
    // A bar that stays in view lies over what is half scrolled under it; a window that has just become narrower scrolls
    // by itself to where the cursor is.
    for (const each of document.querySelectorAll("body *")) {
        if (getComputedStyle(each).position === "sticky") each.style.position = "static";
    }
    scrollTo(0, 0);
    const { violations } = await axe.run(options);
    return {
        faults: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 160)}`),
        width: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
    };
}"""


def faults(page: Page, *, only: list[str] = TAGS) -> list[str]:
    """What axe-core finds, one sentence a rule, with the first element that breaks it."""
    return _look(page, only)["faults"]


def stands_on_every_screen(page: Page) -> None:
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 850})
        page.emulate_media(color_scheme=scheme)
        seen = _look(page, TAGS if width == WIDE else ONLY_ON_THE_OTHER)
        assert not seen["faults"], f"{width} px, {scheme}: {seen['faults']}"
        assert seen["width"] <= width


def _look(page: Page, only: list[str]) -> dict[str, Any]:
    if not page.evaluate("() => 'axe' in window"):  # half a megabyte, once a page
        page.evaluate(AXE)
    return page.evaluate(LOOK, {"runOnly": only, "resultTypes": ["violations"]})


def places_in(application: Stack) -> dict[str, object]:
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
    findings = dict(application.fetch("SELECT state, min(id) FROM approvals_finding GROUP BY 1"))
    return {
        **found,
        "asked": findings["asked"],
        "inspection": application.fetch("SELECT max(id) FROM approvals_inspection")[0][0],
        "round": application.fetch("SELECT max(id) FROM approvals_reconciliationround")[0][0],
        "reply": application.fetch(
            "SELECT id FROM approvals_reconciliationreply WHERE school_class_id = %s", now[0]
        )[0][0],
        "homeroom": homeroom,
        "at_clerk": inquiries["new"],
        "answered": inquiries["answered"],
        "trained": application.fetch("SELECT min(person_id) FROM accounts_trainingrecord")[0][0],
        "order": order,
        "announcement": application.fetch("SELECT max(id) FROM approvals_announcement")[0][0],
        "board": application.fetch("SELECT id FROM approvals_keptdocument WHERE kind = 'board'")[0][0],
        "decision": application.fetch("SELECT min(id) FROM gradebook_resultsdecision")[0][0],
        "movement": application.fetch("SELECT max(id) FROM students_movement")[0][0],
        "teacher": application.fetch("SELECT id FROM accounts_user WHERE username = %s", TEACHER)[0][0],
        "last_year_4e": before[0],
        "class_4e": now[0],
        "pupil_4e": pupil,
        "period": period[0][0],
        "month": f"{datetime.date.today():%Y-%m}",  # noqa: DTZ011 - the demo school's present is this machine's
        "last_year": application.fetch("SELECT min(year) FROM students_schoolyear")[0][0],
        "year": application.fetch("SELECT max(year) FROM students_schoolyear")[0][0],
        "holiday": application.fetch("SELECT max(id) FROM students_calendarentry")[0][0],
    }
