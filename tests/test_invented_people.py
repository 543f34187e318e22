"""Demonstration data is made of invented people: by whom and how is said here, and checked as far as a test can.

Pupils and staff of the two lists in kimdong/demo/data were made up for this project; who enters grade 1 later is put
together from lists of given names and surnames by the seed (kimdong/demo/rosters.py); telephone numbers, addresses and
identity numbers are drawn by it (kimdong/demo/records.py). No list of a real school was ever used.
"""

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

DATA = Path(__file__).resolve().parent.parent / "kimdong/demo/data"
PEOPLE_OF_THE_PLAN = ("Lâm Thị Bích Liên", "Phạm Thị Vân Anh", "Lê Thị Thu Hà")
"""The staff whom the school's own plan names: real people, and so nobody of the demo."""


def cells():
    for path in sorted(DATA.glob("*.xlsx")):
        for page in load_workbook(path):
            for row in page.iter_rows(values_only=True):
                yield from (str(value) for value in row if value is not None)


@pytest.fixture(scope="module")
def words():
    return list(cells())


def test_nobody_whom_the_plan_names_is_in_the_demo(words):
    assert [name for name in PEOPLE_OF_THE_PLAN if name in words] == []


def test_its_readme_says_where_each_file_comes_from_and_that_all_are_invented():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert "All people here are invented." in readme
    assert [
        path.name for path in DATA.iterdir() if path.name != "README.md" and path.name not in readme
    ] == []


def test_identity_numbers_are_running_numbers_and_addresses_lead_nowhere(words):
    """A number of the state ends in six digits by chance; these count the lines of the list, so they are nobody's."""
    ids = [word for word in words if re.fullmatch(r"031\d{9}", word)]
    assert [int(each[-6:]) for each in ids] == list(range(1, len(ids) + 1))
    mail = [word for word in words if "@" in word]
    assert mail
    assert [each for each in mail if not each.endswith(".example")] == []
