"""What stands in the chain as it is stored is read as a person reads it."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from accounts.admin_log import KINDS
from accounts.history import Source
from accounts.sealed import veil
from approvals.audit_words import THINGS, value_words
from students.code_lists import disability_kinds, policy_groups

_NAMED = re.compile(r'(?:thing|under)=f?"([a-z_]+)[:"]')
APPS = ("accounts", "approvals", "gradebook", "kimdong", "reports", "students")


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        (
            {"rows": [["Sĩ số đầu ngày 01/11/2026", "35"], ["Nghỉ có phép", "2"]]},
            "Sĩ số đầu ngày 01/11/2026: 35; Nghỉ có phép: 2",
        ),
        (["4A", "4B", "4C"], "4A, 4B, 4C"),
        ({}, ""),
    ],
)
def test_figures_that_were_answered_are_told_as_lines(stored, words):
    assert value_words("approvals_reconciliationreply", "figures", stored) == words


def test_every_kind_of_thing_that_an_act_names_has_words():
    files = [file for app in APPS for file in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    named = {kind for file in files for kind in _NAMED.findall(file.read_text())} | KINDS.keys()
    assert {"reconciliation", "request", "year", "purpose", "data_incident"} <= named
    assert named - THINGS.keys() == set()


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("reconciliation:2", "đợt đối chiếu số 2"),
        ("year:2026", "năm học 2026 - 2027"),
        ("roll_over:2026", "xếp lớp năm học 2026 - 2027"),
        ("accounts:", "tài khoản"),
        ("purpose", "mục đích xử lí dữ liệu cá nhân"),
        ("data_incident:1", "sự cố dữ liệu cá nhân số 1"),
        ("", ""),
    ],
)
def test_what_an_act_was_about_is_told_in_words(stored, words):
    assert value_words("accounts_adminaction", "thing", stored) == words


@pytest.mark.parametrize(
    ("column", "code", "name"),
    [
        ("ethnic_code", "02", "Tày"),
        ("religion_code", "01", "Phật giáo"),
        ("disability_code", "03", disability_kinds().names["03"]),
        ("policy_code", "01", policy_groups().names["01"]),
        ("ethnic_code", "", ""),
    ],
)
def test_a_code_of_the_sectors_lists_is_told_by_its_name(column, code, name):
    salt = uuid4().bytes
    assert value_words("students_student", column, veil(code, column, salt=salt, room=8)) == name


@pytest.mark.parametrize("source", Source)
def test_the_door_by_which_a_change_came_is_told_in_words(source):
    told = value_words("accounts_adminaction", "source", source.value)
    assert told == source.label
    assert told != source.value
