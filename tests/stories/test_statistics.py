"""The principal looks at the statistics of the demo school: every number is what a plain query of one's own counts."""

from collections import Counter
from collections.abc import Callable, Mapping

import pytest_django
from playwright.sync_api import Page, expect

from accounts.sealed import unseal
from gradebook.regulation import line_by_code
from students.head_counts import NOT_A_MINORITY
from tests.stack import Stack

LEVELS = "/reports/statistics/muc-dat-duoc/?period=GHKI"
RESULTS = "/reports/statistics/ket-qua-nam/?year={year}"

# The rows of the books of a period, of who sat in a class on the day on which it was locked; codes stand veiled.
OF_GHKI = """
    SELECT l.code, r.attainment, s.gender, s.ethnic_code, s.disability_code
    FROM gradebook_subjectresult r
    JOIN gradebook_subjectline l ON l.id = r.line_id
    JOIN students_student s ON s.id = r.student_id
    JOIN gradebook_entrywindow w ON w.year_id = l.year_id AND w.period = r.period
    JOIN students_enrolment e ON e.student_id = s.id
        AND (w.closes_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN e.starts_on AND coalesce(e.ends_on, 'infinity')
    JOIN students_schoolclass c ON c.id = e.school_class_id AND c.year_id = l.year_id AND c.grade_level = l.grade_level
    WHERE r.period = 'GHKI' AND l.year_id = (SELECT max(year_id) FROM students_schoolclass) AND r.attainment <> ''
"""
OF_THE_YEAR = """
    SELECT result, count(*) FROM gradebook_yearoutcome o JOIN students_schoolclass c ON c.id = o.school_class_id
    WHERE c.year_id = %s GROUP BY 1
"""
# Of each row of the table the figures by the keys of their columns; each figure carries the address of its list.
READ = """() => {
    const found = {};
    for (const row of document.querySelectorAll('.figure-table tbody tr')) {
        const own = found[row.querySelector('th').textContent.trim()] ??= {};
        for (const link of row.querySelectorAll('td a')) {
            const query = new URL(link.href).searchParams;
            own[`${query.get('group')}.${query.get('column')}`] = Number(link.textContent.replaceAll('.', ''));
        }
    }
    return found;
}"""


def figures_on(page: Page) -> Mapping[str, Mapping[str, int]]:
    """By row and by group and column; a zero has no link and is not there."""
    return page.evaluate(READ)


def test_levels_are_those_that_a_plain_query_counts(
    application: Stack, page_of: Callable[[str], Page], settings: pytest_django.Settings
) -> None:
    page = page_of("hieutruong")
    page.goto(application.address + LEVELS)
    shown = figures_on(page)
    settings.DATA_KEYS = (application.environment["KIMDONG_SECRET_KEY"],)
    counted = counted_of(application.fetch(OF_GHKI))
    assert len({(code, level) for code, level, _group in counted}) > 30
    for (code, level, group), number in counted.items():
        row = shown[line_by_code(code).short_name]
        assert row.get(f"{group}.{level.lower()}", 0) == number, (code, level, group)


def counted_of(rows: list[tuple[str, ...]]) -> Counter[tuple[str, str, str]]:
    """By line, level and group of pupils, as the page calls it."""
    found: Counter[tuple[str, str, str]] = Counter()
    for code, level, gender, ethnic_group, disability in rows:
        found[code, level, "tat-ca"] += 1
        found[code, level, "nu"] += gender == "female"
        found[code, level, "dan-toc"] += unseal(ethnic_group, "ethnic_code") not in NOT_A_MINORITY
        found[code, level, "khuyet-tat"] += unseal(disability, "disability_code") != ""
    return found


def test_a_number_opens_the_list_of_as_many_pupils(
    application: Stack, page_of: Callable[[str], Page]
) -> None:
    page = page_of("hieutruong")
    page.goto(application.address + LEVELS)
    row = page.locator(".figure-table tbody tr", has=page.get_by_role("rowheader", name="Toán", exact=True))
    link = row.locator("a[href*='column=c&group=tat-ca']")
    number = int(link.inner_text())
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Toán · Chưa hoàn thành · toàn trường")
    assert page.locator("table.list tbody tr").count() == number


def test_results_of_last_year_are_those_the_principal_approved(
    application: Stack, page_of: Callable[[str], Page]
) -> None:
    ((year,),) = application.fetch("SELECT min(year_id) FROM students_schoolclass")
    page = page_of("hieutruong")
    page.goto(application.address + RESULTS.format(year=year))
    school = figures_on(page)["Toàn trường"]
    for result, number in application.fetch(OF_THE_YEAR, year):
        assert school[f"tat-ca.{result.lower()}"] == number
    assert school["tat-ca.tat-ca"] == 1049
