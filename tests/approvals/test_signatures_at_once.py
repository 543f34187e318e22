"""A signature and a correction, a save or a second signature at the same moment: what is signed is what stands."""

import pytest

from accounts.models import User
from approvals import corrections
from approvals.models import BookSignature
from approvals.signatures import SigningRefused, Wanted, sign_books
from approvals.signed_content import content_of
from tests.approvals.papers import approved
from tests.approvals.signed_books import GHKI, complete_school, look, own_books
from tests.at_once import at_once

TOAN = "Toán lớp 4A"


@pytest.mark.usefixtures("committed")
def test_signed_and_corrected_at_once_by_two_the_book_has_one_signature_that_is_of_what_stood_then():
    school = complete_school()
    request = approved(school, "1")
    look(school.lan, TOAN)
    book = own_books(school.lan)[TOAN]
    outcomes = []

    def sign():
        try:
            sign_books([Wanted(book.key, book.now.digest)], GHKI, by=User.objects.get(pk=school.lan.pk))
        except SigningRefused:
            outcomes.append("refused")
        else:
            outcomes.append("signed")

    at_once(sign, lambda: corrections.carry_out(request, by=school.tuan), sign)
    assert outcomes.count("signed") <= 1
    signed = [content_of(each.content) for each in BookSignature.objects.all()]
    assert signed == [book.now] * outcomes.count("signed")
    # Whichever came first: the corrected book has no signature that holds, and says so.
    assert own_books(school.lan)[TOAN].state in {"due", "due_again"}
    assert (own_books(school.lan)[TOAN].state == "due_again") == ("signed" in outcomes)
