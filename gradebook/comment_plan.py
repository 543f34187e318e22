"""A file of comments → what taking it in would do to a bank, row by row; and the act, all or nothing.

The file adds what the bank has not. Where the person says so, the bank of the file's lines becomes what the file says:
what it does not name is taken out, and of the shipped comments hidden.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.db.models import Model

from accounts import permissions
from accounts.history import Source, acting, record_bulk, record_deleted
from accounts.models import User
from gradebook.comment_bank import BY_CODE, Entry, Whose, entry_of, hidden_keys, shipped
from gradebook.comment_files import Read
from gradebook.comment_keeping import Keeping, hold_bank, keeping_of
from gradebook.models import BankComment, HiddenComment

Key = tuple[str, str, str]
WHY = "Nạp từ Excel"


class Deed(StrEnum):
    """What becomes of a comment; SHOW and HIDE are of the shipped ones."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    SHOW = "show"
    HIDE = "hide"

    @property
    def label(self) -> str:
        return {
            "add": "Thêm",
            "change": "Đổi khối",
            "remove": "Bỏ khỏi ngân hàng",
            "show": "Dùng lại nhận xét có sẵn",
            "hide": "Ẩn nhận xét có sẵn",
        }[self.value]

    @property
    def kind(self) -> str:
        """How its state looks (_state.html)."""
        return {"add": "open", "show": "open", "change": "warning"}.get(self.value, "refused")


@dataclass(frozen=True, slots=True)
class Step:
    """`row` is the stored one that is changed or removed; `refusal` says why the person may not."""

    deed: Deed
    entry: Entry
    place: str = ""
    row: BankComment | None = None
    refusal: str = ""

    @property
    def label(self) -> str:
        return BY_CODE[self.entry.subject].label

    @property
    def old_grades(self) -> str:
        """Of a comment that is to be for other grades."""
        return (entry_of(self.row).grades or "mọi khối") if self.row and self.deed == Deed.CHANGE else ""


@dataclass(frozen=True, slots=True)
class CommentPlan:
    steps: tuple[Step, ...]
    kept: int

    @property
    def refused(self) -> list[Step]:
        return [step for step in self.steps if step.refusal]

    @property
    def counts(self) -> list[tuple[Deed, int]]:
        found = [(deed, sum(step.deed == deed for step in self.steps)) for deed in Deed]
        return [(deed, number) for deed, number in found if number]

    @property
    def fingerprint(self) -> str:
        """Differs once taking the file in would do something else than was shown."""
        told = repr([(step.deed, step.entry, step.refusal) for step in self.steps])
        return hashlib.sha256(told.encode()).hexdigest()

    def of(self, *deeds: Deed) -> list[Step]:
        return [step for step in self.steps if step.deed in deeds]


class PlanChanged(Exception):
    """The bank has changed since the dry run, or something in the file may not be done; nothing was written."""


def plan_bank(rows: Sequence[Read], *, whose: Whose, replaces: bool, by: User) -> CommentPlan:
    """What taking the rows in would do now. Writes nothing."""
    bank = _Bank(rows, whose, by)
    steps = [step for row in rows for step in bank.steps_for(row)]
    if replaces:
        steps += bank.steps_for_the_rest()
    touched = {step.place for step in steps if step.place}
    return CommentPlan(tuple(steps), sum(row.place not in touched for row in rows))


def take_in_bank(
    rows: Sequence[Read], *, whose: Whose, replaces: bool, previewed: str, by: User
) -> CommentPlan:
    """Carries out just what the dry run with that fingerprint showed, or raises PlanChanged.

    As many statements for a file of hundreds as for one comment.
    """
    with acting(by, role=permissions.post_label(by), source=Source.EXCEL):
        hold_bank(None if whose == Whose.SCHOOL else by)
        plan = plan_bank(rows, whose=whose, replaces=replaces, by=by)
        if plan.refused or plan.fingerprint != previewed:
            raise PlanChanged(
                "Ngân hàng vừa có thay đổi sau khi xem trước, chưa ghi gì. Xem lại bản mới dưới đây rồi nạp lần nữa."
            )
        _carry_out(plan, owner=None if whose == Whose.SCHOOL else by)
    return plan


class _Bank:
    """The bank as it stands, of the subjects that the file speaks of."""

    def __init__(self, rows: Sequence[Read], whose: Whose, by: User) -> None:
        self.subjects = {row.entry.subject for row in rows}
        self.named = {row.entry.key for row in rows}
        self.is_school = whose == Whose.SCHOOL
        owner = None if self.is_school else by
        stored = BankComment.objects.filter(owner=owner, subject__in=self.subjects).order_by("pk")
        self.stored = {entry_of(row).key: row for row in stored}
        supplied = shipped() if self.is_school else ()
        self.shipped = {entry.key: entry for entry in supplied if entry.subject in self.subjects}
        self.hidden = hidden_keys(self.subjects) if self.is_school else set()
        self.keeping = keeping_of(by) if self.is_school else Keeping(everything=True, grades={})

    def steps_for(self, read: Read) -> Iterator[Step]:
        entry, key = read.entry, read.entry.key
        row, supplied = self.stored.get(key), self.shipped.get(key)
        if row is not None:
            if entry_of(row) != entry:
                yield self._step(Deed.CHANGE, entry, read.place, row)
        elif supplied == entry:
            if key in self.hidden:
                yield self._step(Deed.SHOW, entry, read.place)
        else:
            yield self._step(Deed.ADD, entry, read.place)
            if supplied is not None and key not in self.hidden:
                yield self._step(Deed.HIDE, supplied, read.place)

    def steps_for_the_rest(self) -> Iterator[Step]:
        """Only what the person keeps: a tổ trưởng's file says nothing of other grades."""
        for key, row in self.stored.items():
            if key not in self.named and self.keeping.covers(entry_of(row)):
                yield Step(Deed.REMOVE, entry_of(row), row=row)
        for key, entry in self.shipped.items():
            if key not in self.named | self.hidden and self.keeping.covers(entry):
                yield Step(Deed.HIDE, entry)

    def _step(self, deed: Deed, entry: Entry, place: str, row: BankComment | None = None) -> Step:
        for each in (entry, entry_of(row)) if row else (entry,):
            if not self.keeping.covers(each):
                return Step(deed, entry, place, row, refusal=self.keeping.why_not(each))
        return Step(deed, entry, place, row)


def _carry_out(plan: CommentPlan, *, owner: User | None) -> None:
    new = [
        BankComment(
            owner=owner,
            subject=step.entry.subject,
            level=step.entry.level,
            first_grade=step.entry.first_grade,
            last_grade=step.entry.last_grade,
            text=step.entry.text,
        )
        for step in plan.of(Deed.ADD)
    ]
    record_bulk(BankComment.objects.bulk_create(new), changed=False, why=WHY)
    changed = list(_with_new_grades(plan.of(Deed.CHANGE)))
    BankComment.objects.bulk_update(changed, ["first_grade", "last_grade"])
    record_bulk(changed, changed=True, why=WHY)
    _remove([step.row for step in plan.of(Deed.REMOVE) if step.row])
    hidden = [
        HiddenComment(subject=each.entry.subject, level=each.entry.level, text=each.entry.text)
        for each in plan.of(Deed.HIDE)
    ]
    record_bulk(HiddenComment.objects.bulk_create(hidden), changed=False, why=WHY)
    shown = {step.entry.key for step in plan.of(Deed.SHOW)}
    if shown:
        rows = HiddenComment.objects.filter(subject__in={subject for subject, _level, _text in shown})
        _show_again([row for row in rows if (row.subject, row.level, row.text) in shown])


def _with_new_grades(steps: Iterable[Step]) -> Iterator[BankComment]:
    for step in steps:
        if step.row:
            step.row.first_grade, step.row.last_grade = step.entry.first_grade, step.entry.last_grade
            yield step.row


def _remove(rows: Sequence[BankComment]) -> None:
    _delete(rows, "DELETE FROM gradebook_bankcomment WHERE id = ANY(%s)")


def _show_again(rows: Sequence[HiddenComment]) -> None:
    _delete(rows, "DELETE FROM gradebook_hiddencomment WHERE id = ANY(%s)")


def _delete(rows: Sequence[Model], statement: str) -> None:
    """Not QuerySet.delete(): simple-history would add a row of its own for each, one by one."""
    record_deleted(rows, why=WHY)
    with connection.cursor() as cursor:
        cursor.execute(statement, [[row.pk for row in rows]])
