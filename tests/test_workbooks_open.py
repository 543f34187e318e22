"""Every Excel file that the school can take opens in LibreOffice as it was written (issue 7, «Show it»).

They are found in the table of who may open what: an export that is not in EXPORTS fails.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import User
from accounts.tables import XLSX
from reports.kinds import KINDS
from students.models import Student
from tests.reports.papers import as_confirmed
from tests.spreadsheet import as_libreoffice_reads, differences, sheets_of
from tests.test_access import PAGES, Things, the_school, things, things_of_module

__all__ = ["the_school", "things", "things_of_module"]
pytestmark = pytest.mark.django_db

EXPORTS = {
    "accounts:access_log_file",
    "approvals:audit_class_differences",
    "approvals:audit_file",
    "approvals:audit_pupil_differences",
    "approvals:correction_register_file",
    "gradebook:assignment_file",
    "gradebook:comment_file",
    "gradebook:old_year_file",
    "gradebook:own_sheets_file",
    "gradebook:progress_file",
    "gradebook:progress_missing_file",
    "gradebook:readiness_file",
    "gradebook:roll_over_file",
    "gradebook:sheet_file",
    "gradebook:year_end_list_file",
    "reports:kept_report_excel",
    "reports:monthly_report_excel",
    "reports:register_file",
    "reports:report_excel",
    "reports:report_form",
    "reports:sector_file",
    "reports:statistics_compare_file",
    "reports:statistics_file",
    "reports:statistics_pupils_file",
    "students:attendance_file",
    "students:head_counts_file",
    "students:movements_file",
    "students:roster_blank",
    "students:roster_file",
}
# What their pages are asked for so that there is a file.
TODAY = f"{clock.today():%Y-%m-%d}"
MOMENTS = {"first": f"{TODAY}T00:00", "last": f"{TODAY}T23:59", "file": "1"}
ASKED = {
    "approvals:audit_class_differences": MOMENTS,
    "approvals:audit_pupil_differences": MOMENTS,
    "reports:sector_file": {"shape": "hoc-sinh", "scope": "truong", "period": "GHKI"},
    "students:head_counts_file": {"day": TODAY, "since": TODAY},
}
IS_FILE = re.compile(r"_(file|files|excel|form|blank)$")
IS_ERROR = re.compile(r"#[A-Z]|Err:\d")
FORMULA = "=HYPERLINK(1)"
"""As somebody might be called who wishes the reader ill."""


def workbooks(things: Things) -> Iterator[tuple[str, bytes]]:
    """The name of each page that gives one, as the first person who may takes it after the password."""
    people = {name: as_confirmed(things.school.people[name]) for name in ("bich", "hoa", "tuan", "lan")}
    pages = {page.name: page for page in PAGES if page.method == "get"}
    for name, page in pages.items():
        who = next((each for each in people if each in page.allowed), None)
        if who and (IS_FILE.search(name) or name in ASKED):
            asked = {**page.data, **ASKED.get(name, {})}
            answer = people[who].get(reverse(name, args=page.arguments(things)), asked)
            if answer.headers.get("Content-Type") == XLSX:
                yield name, answer.getvalue()


def reports(client: Client) -> Iterator[tuple[str, bytes]]:
    """Each report of the registry, and its form, from the links on its page."""
    for kind in KINDS:
        page = client.get(f"/reports/figures/{kind.slug}/").text
        for link in re.findall(r'href="([^"]*/(?:excel|form)/\?[^"]*)"', page):
            yield f"{kind.slug}-{link.split('/')[-2]}", client.get(html.unescape(link)).getvalue()


def test_every_workbook_opens_in_libreoffice_with_every_cell_as_written(
    things: Things, tmp_path: Path
) -> None:
    Student.objects.filter(pk=things.school.pupils[0].pk).update(home_address=FORMULA, full_name=FORMULA)
    User.objects.filter(pk=things.school.thu.pk).update(full_name=FORMULA)
    found = dict(workbooks(things))
    assert set(found) == EXPORTS
    found |= reports(as_confirmed(things.school.bich))
    given = {name.replace(":", "."): content for name, content in found.items()}
    read = as_libreoffice_reads(given, tmp_path)
    for name in given:
        assert differences(read[name], sheets_of(tmp_path / "given" / f"{name}.xlsx")) == [], name
    cells = {
        str(cell) for sheets in read.values() for rows in sheets.values() for row in rows for cell in row
    }
    assert not {cell for cell in cells if IS_ERROR.match(cell)}
    assert any(FORMULA in cell for cell in cells)
