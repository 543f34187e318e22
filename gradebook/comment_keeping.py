"""Acts on the bank of comments, and who keeps the school's: the vice-principal all of it, a khối trưởng that of the
grade, the head of another tổ that of the lines and grades which it teaches today (PLAN IV.2, IV.4). One's own bank
everybody keeps alone.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from accounts import permissions
from accounts.clock import today
from accounts.held_powers import powers_of
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action, who_could
from gradebook.comment_bank import BY_CODE, FIRST, LAST, LIMIT, SUBJECTS, Entry, Whose
from gradebook.comment_places import place_problem, tidy_places
from gradebook.grading import plain_text
from gradebook.models import BankComment, HiddenComment, TeachingAssignment
from gradebook.regulation import GRADES

# First key of the advisory locks of the banks; the second is whose: an account, 0 for the school's.
_BANK_LOCKS = 35
WHO_KEEPS = (
    "Ngân hàng nhận xét của trường do Phó Hiệu trưởng giữ; khối trưởng giữ phần của khối mình, tổ trưởng bộ môn giữ "
    "phần của các môn mà tổ đang dạy."
)


class CommentRefused(Exception):
    """An act that cannot be done as asked; the message is for the user. `field` is where it was asked."""

    def __init__(self, message: str, field: str = "text") -> None:
        super().__init__(message)
        self.message, self.field = message, field


@dataclass(frozen=True, slots=True)
class Keeping:
    """Which part of the school's bank a person keeps: everything, or some grades of some subjects."""

    everything: bool
    grades: Mapping[str, frozenset[int]]

    @property
    def is_some(self) -> bool:
        return self.everything or bool(self.grades)

    def grades_of(self, subject: str) -> tuple[int, ...]:
        return GRADES if self.everything else tuple(sorted(self.grades.get(subject, ())))

    def covers(self, entry: Entry) -> bool:
        """Nobody changes what other grades are offered: a comment for all grades is the vice-principal's."""
        return set(range(entry.first_grade, entry.last_grade + 1)) <= set(self.grades_of(entry.subject))

    def why_not(self, entry: Entry) -> str:
        """The refusal in words, with what the person may choose instead."""
        kept = self.grades_of(entry.subject)
        label = BY_CODE[entry.subject].label
        if not kept:
            return f"Tổ của thầy cô không dạy {label}. {WHO_KEEPS}"
        return f"{label}: tổ của thầy cô giữ nhận xét của khối {', '.join(map(str, kept))}. Hãy chọn trong các khối ấy."


def keeping_of(user: User) -> Keeping:
    """No statement, but one for who heads a tổ that is not of a grade."""
    if permissions.may(user, Action.KEEP_COMMENTS):
        return Keeping(everything=True, grades={})
    powers = powers_of(user)
    found: dict[str, set[int]] = defaultdict(set)
    if powers.headed_grades:
        for subject in SUBJECTS:
            found[subject.code] |= powers.headed_grades
    elif powers.headed_teams:
        lines = TeachingAssignment.objects.held_on(today()).filter(teacher__team__in=powers.headed_teams)
        for code, grade in lines.values_list("line__code", "school_class__grade_level"):
            found[code].add(grade)
    return Keeping(everything=False, grades={code: frozenset(grades) for code, grades in found.items()})


def require_keeps(user: User, entry: Entry) -> None:
    """Raises Refused unless the person keeps this comment of the school's bank."""
    keeping = keeping_of(user)
    if not keeping.covers(entry):
        raise permissions.Refused(keeping.why_not(entry), who_could(Action.KEEP_COMMENTS))


def hold_bank(owner: User | None) -> None:
    """One at a time writes to a bank, until its transaction ends: two that add the same would meet in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_BANK_LOCKS, owner.pk if owner else 0])


def checked(entry: Entry) -> Entry:
    """The entry as it will be stored. Raises CommentRefused."""
    text = tidy_places(" ".join(plain_text(entry.text).split()))
    if not text:
        raise CommentRefused("Nội dung nhận xét còn trống: hãy ghi câu nhận xét.")
    if len(text) > LIMIT:
        raise CommentRefused(
            f"Nhận xét dài {len(text)} kí tự, quá giới hạn {LIMIT}: hãy bớt {len(text) - LIMIT} kí tự."
        )
    problem = place_problem(text)
    if problem:
        raise CommentRefused(problem)
    if not FIRST <= entry.first_grade <= entry.last_grade <= LAST:
        raise CommentRefused("Khối ghi từ nhỏ đến lớn, trong các khối 1 đến 5.", "last_grade")
    subject = BY_CODE[entry.subject]
    if entry.level not in {level.value for level in subject.levels}:
        allowed = ", ".join(f"{level.value} ({level.label})" for level in subject.levels)
        raise CommentRefused(f"{subject.label} có các mức {allowed}.", "level")
    return Entry(entry.subject, entry.level, text, entry.first_grade, entry.last_grade)


def add_comment(
    whose: Whose,
    entry: Entry,
    *,
    by: User,
    replaces: Entry | None = None,
    source: Source = Source.PAGE,
) -> BankComment:
    """Puts a comment into the person's own bank or the school's; hides the shipped one that it `replaces`.

    Raises Refused for the wrong person, CommentRefused where it stands there already.
    """
    entry = checked(entry)
    owner = by if whose == Whose.OWN else None
    with acting(by, role=permissions.post_label(by), source=source):
        if owner is None:
            require_keeps(by, entry)
        hold_bank(owner)
        _refuse_twice(entry, owner)
        if replaces is not None and owner is None:
            hide_shipped(replaces, by=by)
        return BankComment.objects.create(owner=owner, **_fields(entry))


def change_comment(pk: int, entry: Entry, *, seen: str, by: User) -> BankComment:
    """`seen` is the text that the person saw. Raises as `add_comment`, and where somebody changed it meanwhile."""
    entry = checked(entry)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        row = _held(pk, by, seen)
        if row.owner_id is None:
            require_keeps(by, entry)
        _refuse_twice(entry, row.owner, but=row.pk)
        for name, value in _fields(entry).items():
            setattr(row, name, value)
        row.save()
        return row


def remove_comment(pk: int, *, seen: str, by: User) -> None:
    """Takes a comment out of the bank; its history stays. Raises as `change_comment`."""
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        _held(pk, by, seen).delete()


def hide_shipped(entry: Entry, *, by: User) -> None:
    """No teacher is offered this shipped comment any longer. Doing it twice is no fault."""
    require_keeps(by, entry)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        HiddenComment.objects.get_or_create(subject=entry.subject, level=entry.level, text=entry.text)


def show_shipped(entry: Entry, *, by: User) -> None:
    """Offers it again."""
    require_keeps(by, entry)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE):
        for row in HiddenComment.objects.filter(subject=entry.subject, level=entry.level, text=entry.text):
            row.delete()


def _held(pk: int, by: User, seen: str) -> BankComment:
    """The row, its bank held, if it is still as it was seen and the person's to change."""
    hold_bank(by)
    row = BankComment.objects.filter(pk=pk).first()
    if row is not None and row.owner_id is None:
        hold_bank(None)
        row = BankComment.objects.filter(pk=pk).first()
    if row is None or (row.owner_id is not None and row.owner_id != by.pk):
        raise CommentRefused("Nhận xét này không còn trong ngân hàng: có thể người khác vừa xoá.")
    if row.owner_id is None:
        require_keeps(by, Entry(row.subject, row.level, row.text, row.first_grade, row.last_grade))
    if row.text != seen:
        raise CommentRefused(f"Người khác vừa sửa nhận xét này thành «{row.text}». Xem lại rồi lưu lần nữa.")
    return row


def _refuse_twice(entry: Entry, owner: User | None, but: int | None = None) -> None:
    same = BankComment.objects.filter(owner=owner, subject=entry.subject, level=entry.level, text=entry.text)
    if same.exclude(pk__in=[] if but is None else [but]).exists():
        raise CommentRefused("Nhận xét này đã có trong ngân hàng, ở đúng môn và mức ấy.")


def _fields(entry: Entry) -> dict[str, str | int]:
    return {
        "subject": entry.subject,
        "level": entry.level,
        "text": entry.text,
        "first_grade": entry.first_grade,
        "last_grade": entry.last_grade,
    }
