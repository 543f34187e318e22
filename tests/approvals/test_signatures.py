"""Kí xác nhận sổ THKQGD: who signs what and when, what breaks a signature, and that none is ever changed."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, connection, transaction

from accounts.models import AuditEntry, User
from approvals import corrections
from approvals.book_looks import note_look
from approvals.book_standing import read_books
from approvals.consequences import foreseen
from approvals.models import BookSignature
from approvals.signature_rules import State
from approvals.signatures import SigningRefused, Wanted, sign_books
from gradebook.models import SubjectResult
from gradebook.progress_sheets import read_led_and_taught
from gradebook.sheets import Field
from students.models import SchoolYear
from tests.approvals.papers import approved
from tests.approvals.signed_books import GHKI, complete_school, look, own_books, sign
from tests.gradebook.school import add_pupils, close_window, enter, open_window

pytestmark = pytest.mark.django_db

TOAN, TV, CLASS_BOOK = "Toán lớp 4A", "Tiếng Việt lớp 4A", "Sổ của lớp 4A"


def the_school():
    return complete_school()


def states(person):
    return {title: book.state for title, book in own_books(person).items()}


def test_a_teacher_signs_each_own_book_once_the_period_is_locked_and_complete(school):
    assert states(school.lan) == {TV: State.DUE, TOAN: State.DUE, CLASS_BOOK: State.DUE}
    (signature,) = sign(school.lan, TOAN)
    assert (signature.signer, signature.role, signature.number) == (school.lan, "GVCN 4A, môn Toán", 1)
    assert states(school.lan) == {TV: State.DUE, TOAN: State.SIGNED, CLASS_BOOK: State.DUE}


def test_all_own_books_of_a_period_are_signed_in_one_act_at_one_moment(school):
    signed = sign(school.lan, TOAN, TV, CLASS_BOOK)
    assert len({each.signed_at for each in signed}) == 1
    assert set(states(school.lan).values()) == {State.SIGNED}
    (link,) = {each.actor for each in AuditEntry.objects.filter(table_name="approvals_booksignature")}
    assert link == "lan"


def test_nobody_signs_a_book_of_somebody_else(school):
    book = own_books(school.lan)[TOAN]
    others = [person for name, person in school.people.items() if name != "lan"]
    for person in others:
        with pytest.raises(PermissionDenied):
            sign_books([Wanted(book.key, book.now.digest)], GHKI, by=User.objects.get(pk=person.pk))
    of_thu = own_books(school.thu)["Ngoại ngữ 1 lớp 4A"]
    with pytest.raises(PermissionDenied):  # not even the homeroom teacher of the class
        sign_books([Wanted(of_thu.key, of_thu.now.digest)], GHKI, by=User.objects.get(pk=school.lan.pk))
    assert not BookSignature.objects.exists()


def test_in_a_closed_year_nothing_is_signed_any_more_by_the_act_or_past_it(school):
    (signature,) = sign(school.lan, TOAN)
    SchoolYear.objects.update(state="closed")
    with pytest.raises(SigningRefused, match="đã đóng"):
        sign(school.lan, TV)
    signature.pk, signature.number = None, 2
    with pytest.raises(Error), transaction.atomic():
        signature.save(force_insert=True)


def test_an_open_book_is_not_signed(school):
    open_window(school)
    assert states(school.lan)[TOAN] == State.OPEN
    with pytest.raises(SigningRefused, match="Sổ đang mở"):
        sign(school.lan, TOAN)


def test_gaps_refuse_and_are_named_and_the_class_book_waits_for_every_sheet_of_the_class(school):
    SubjectResult.objects.filter(line__code="NN1", student=school.pupils[1]).update(comment="")
    assert states(school.lan) == {TV: State.DUE, TOAN: State.DUE, CLASS_BOOK: State.GAPS}
    with pytest.raises(SigningRefused) as refusal:
        sign(school.lan, TOAN, CLASS_BOOK)
    (problem,) = refusal.value.problems
    assert problem.why == f"Còn 1 ô trống: Ngoại ngữ 1 – {school.pupils[1].full_name} (nhận xét)."
    assert not BookSignature.objects.exists()


def test_what_changed_since_the_page_was_opened_is_not_signed_unseen(school):
    book = own_books(school.lan)[TOAN]
    SubjectResult.objects.filter(line__code="TOAN", student=school.pupils[0]).update(mark=3)
    with pytest.raises(SigningRefused, match="Nội dung vừa thay đổi"):
        sign_books([Wanted(book.key, book.now.digest)], GHKI, by=User.objects.get(pk=school.lan.pk))


def test_a_book_whose_contents_the_signer_has_not_opened_is_not_signed_by_the_act_or_past_it(school):
    lan = User.objects.get(pk=school.lan.pk)
    book = own_books(lan)[TOAN]
    wanted = [Wanted(book.key, book.now.digest)]
    note_look(book.ref, book.now, by=school.hoa)  # somebody else's look is not the signer's
    with pytest.raises(SigningRefused, match="chưa xem nội dung sổ như hiện nay"):
        sign_books(wanted, GHKI, by=lan)
    signature = BookSignature(
        school_class=book.ref.school_class, line=book.ref.line, period=GHKI, number=1, signer=lan, role="GVCN 4A",
        version=1, content=book.now.text, digest=book.now.digest, pupils=sorted(book.now.rows),
    )  # fmt: skip
    with pytest.raises(Error, match="has not looked"), transaction.atomic():
        signature.save()
    look(lan, TOAN)
    (signed,) = sign_books(wanted, GHKI, by=lan)
    assert signed.digest == book.now.digest


def test_a_look_at_what_stood_there_before_is_no_look_at_what_stands_there_now(school):
    look(school.lan, TOAN)
    row = SubjectResult.objects.filter(line__code="TOAN", student=school.pupils[0])
    before = row.get().mark
    row.update(mark=3)
    book = own_books(school.lan)[TOAN]
    assert (book.looked_at, book.has_changed_since_look) == (None, True)
    with pytest.raises(SigningRefused, match="chưa xem nội dung"):
        sign_books([Wanted(book.key, book.now.digest)], GHKI, by=User.objects.get(pk=school.lan.pk))
    row.update(mark=before)
    assert own_books(school.lan)[TOAN].looked_at


@pytest.mark.parametrize(
    "statement", ["UPDATE approvals_booklook SET digest = ''", "DELETE FROM approvals_booklook"]
)
def test_the_database_refuses_a_look_changed_or_removed(school, statement):
    look(school.lan, TOAN)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_signature_that_holds_is_not_given_twice(school):
    sign(school.lan, TOAN)
    with pytest.raises(SigningRefused, match="còn hiệu lực"):
        sign(school.lan, TOAN)


def test_a_correction_breaks_the_signatures_of_the_line_and_of_the_class_and_asks_for_new_ones(school):
    sign(school.lan, TOAN, TV, CLASS_BOOK)
    request = approved(school, "1")
    books = [
        "Chữ kí sổ Toán lớp 4A, Giữa học kì I, của Nguyễn Thị Lan",
        "Chữ kí sổ của lớp 4A, Giữa học kì I",
    ]
    told = foreseen(request)
    assert [line.startswith(book) for line, book in zip(told, books, strict=True)] == [True, True]
    (_results, *withdrawn) = corrections.carry_out(request, by=school.tuan).effects.splitlines()
    assert [line.startswith(book) for line, book in zip(withdrawn, books, strict=True)] == [True, True]
    assert states(school.lan) == {TV: State.SIGNED, TOAN: State.DUE_AGAIN, CLASS_BOOK: State.DUE_AGAIN}
    sign(school.lan, TOAN)
    assert states(school.lan)[TOAN] == State.SIGNED
    numbers = BookSignature.objects.filter(line__code="TOAN").values_list("number", flat=True)
    assert sorted(numbers) == [1, 2]


def test_a_comment_breaks_the_line_and_not_the_class_book_which_has_no_comments_of_lines(school):
    sign(school.lan, TOAN, CLASS_BOOK)
    SubjectResult.objects.filter(line__code="TOAN", student=school.pupils[0]).update(comment="Khác.")
    assert states(school.lan) == {TV: State.DUE, TOAN: State.DUE_AGAIN, CLASS_BOOK: State.SIGNED}


def test_a_value_put_back_makes_the_signature_hold_again(school):
    sign(school.lan, TOAN)
    rows = SubjectResult.objects.filter(line__code="TOAN", student=school.pupils[0])
    before = rows.get().mark
    rows.update(mark=2)
    assert states(school.lan)[TOAN] == State.DUE_AGAIN
    rows.update(mark=before)
    assert states(school.lan)[TOAN] == State.SIGNED


def test_a_book_that_is_opened_again_keeps_its_signature_until_something_changes(school):
    sign(school.lan, TOAN)
    open_window(school)
    assert states(school.lan)[TOAN] == State.SIGNED
    enter(school.sheet(), school.pupils[0], Field.MARK, "1", by=school.lan)
    assert states(school.lan)[TOAN] == State.CHANGED
    close_window(school)
    assert states(school.lan)[TOAN] == State.DUE_AGAIN


def test_who_comes_after_the_lock_breaks_nothing_until_a_result_is_brought(school):
    sign(school.lan, TOAN)
    (newcomer,) = add_pupils(school.class_4a, 1)
    assert own_books(school.lan)[TOAN].seal == "holds"
    SubjectResult.objects.create(
        student=newcomer, line=school.lines[4, "TOAN"], period=GHKI, attainment="T", mark=9, comment="Tốt."
    )
    assert states(school.lan)[TOAN] == State.DUE_AGAIN


COLUMNS = "school_class_id, line_id, period, signer_id, role, version, pupils"
COPIED = (
    f"INSERT INTO approvals_booksignature ({COLUMNS}, number, content, digest)"  # noqa: S608 - our own names
    f" SELECT {COLUMNS}, {{}}, digest FROM approvals_booksignature"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals_booksignature SET signed_at = now()",
        "DELETE FROM approvals_booksignature",
        COPIED.format("2, content || ' '"),
        COPIED.format("1, content"),
    ],
    ids=["changed", "removed", "forged", "doubled"],
)
def test_the_database_refuses_a_signature_changed_removed_forged_or_doubled(school, statement):
    sign(school.lan, CLASS_BOOK)
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_number_of_statements_is_that_of_one_book(school, django_assert_max_num_queries):
    sign(school.lan, TOAN)
    lan = User.objects.get(pk=school.lan.pk)
    with django_assert_max_num_queries(13):
        read_books(read_led_and_taught(lan), list(type(GHKI))[:4])
