"""What stands in the chain as it is stored is read as a person reads it."""

import pytest

from approvals.audit_words import value_words


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
