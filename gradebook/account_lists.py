"""A staff list → accounts: what it would do row by row, and doing it (PLAN IV.3: the clerk gives out accounts).

Accounts and contacts only. Posts, homerooms and teaching assignments in the same file are the vice-principal's to
carry out (`gradebook.staffing`); here they are read over.
"""

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts import clock, permissions
from accounts.account_life import WHO_CREATES
from accounts.activation import Slip, latest_slip, write_slips
from accounts.grants import joins_by_grant, opened_to_teams
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from gradebook.login_names import propose
from gradebook.staff_identity import birth_problem, name_problem, people_known_as
from gradebook.staffing import LoginNames, new_person, teams_of
from students.cell_values import Problem
from students.names import search_key
from students.staff_files import StaffRow

# What a list may change of a known person: how to reach them. Names and birth dates are changed one by one.
CONTACTS = (("phone", "điện thoại"), ("email", "thư điện tử"))
# Of all lists on their way in one at a time: names are proposed on what the one before has written.
_LIST_LOCK = 40


class Deed(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"
    REFUSE = "refuse"

    @property
    def looks(self) -> tuple[str, str]:
        return _LOOKS[self]


_LOOKS = {
    Deed.CREATE: ("Tài khoản mới", "open"),
    Deed.CHANGE: ("Đổi liên hệ", "warning"),
    Deed.KEEP: ("Đã có, giữ nguyên", "neutral"),
    Deed.REFUSE: ("Bị từ chối", "refused"),
}


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """One row of the list with what would be done; `row` is None where no name could be read."""

    place: str
    name: str
    code: str
    deed: Deed
    username: str = ""
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    row: StaffRow | None = None

    @property
    def word(self) -> str:
        return self.deed.looks[0]

    @property
    def kind(self) -> str:
        return self.deed.looks[1]


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """What carrying out a list would do now; `general` are problems of the file as a whole."""

    rows: tuple[PlannedAccount, ...]
    general: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[Deed]:
        return Counter(row.deed for row in self.rows)

    @property
    def created(self) -> int:
        return self.counts[Deed.CREATE]

    @property
    def changed(self) -> int:
        return self.counts[Deed.CHANGE]

    @property
    def kept(self) -> int:
        return self.counts[Deed.KEEP]

    @property
    def error_count(self) -> int:
        return sum(len(row.reasons) for row in self.rows) + len(self.general)

    @property
    def changes_anything(self) -> bool:
        return bool(self.created or self.changed)

    @property
    def in_order(self) -> list[PlannedAccount]:
        """What is refused first; else as in the file."""
        return sorted(self.rows, key=lambda row: row.deed != Deed.REFUSE)

    @property
    def fingerprint(self) -> str:
        """Tells whether what is carried out is what was shown."""
        told = [
            (each.place, each.code, each.deed.value, each.username, repr(each.changes)) for each in self.rows
        ]
        return hashlib.sha256(repr(told).encode()).hexdigest()


class ListRefused(Exception):
    """Nothing was written: the list has errors, or its plan is no longer what was shown."""


def plan_accounts(rows: Sequence[StaffRow], problems: Iterable[Problem] = ()) -> AccountPlan:
    """What the list would do, row by row. Four statements, however long it is."""
    several = len({row.sheet for row in rows}) > 1
    known = {user.staff_code: user for user in User.objects.filter(staff_code__in=[row.code for row in rows])}
    taken = {
        name
        for pair in User.objects.values_list("username", "second_username")
        for name in pair
        if name is not None
    }
    wrong: dict[tuple[str, int], list[str]] = {}
    for problem in problems:
        wrong.setdefault((problem.sheet, problem.row), []).append(_words(problem))
    newcomers = [row for row in rows if row.code not in known]
    namesakes = people_known_as((row.full_name, row.birth_date) for row in newcomers)
    opened = opened_to_teams(row.team for row in newcomers)
    planned = []
    for row in rows:
        reasons = (*wrong.pop((row.sheet, row.row), ()), *_strange(row, namesakes))
        if row.code not in known and row.team in opened:
            reasons = (*reasons, f"Cột «Tổ»: {joins_by_grant(row.team, opened[row.team])}")
        each = _plan_row(row, known.get(row.code), reasons, taken, several)
        taken.add(each.username)
        planned.append(each)
    general = tuple(words for place, found in wrong.items() if not place[1] for words in found)
    for (sheet, number), found in wrong.items():
        if number:
            place = _place(sheet, number, named=several)
            planned.append(PlannedAccount(place, "", "", Deed.REFUSE, reasons=tuple(found)))
    return AccountPlan(tuple(planned), general)


def _strange(row: StaffRow, namesakes: Mapping[tuple[str, datetime.date], User]) -> Iterable[str]:
    """What cannot be of a member of staff, and who has an account already under another code."""
    if problem := name_problem(row.full_name):
        yield f"Cột «Họ và tên»: {problem}"
    if problem := birth_problem(row.birth_date):
        yield f"Cột «Ngày sinh»: {problem}"
    same = namesakes.get((search_key(row.full_name), row.birth_date)) if row.birth_date else None
    if same and same.staff_code != row.code:
        yield (
            f"Cột «Mã cán bộ»: {same.full_name}, cùng ngày sinh, đã có tài khoản với mã «{same.staff_code}». Ghi mã "
            "đó; nếu đúng là người khác, bỏ hàng này và tạo riêng ở trang «Thêm tài khoản»."
        )


def _words(problem: Problem) -> str:
    cell = f"Ô {problem.column_letter}{problem.row}" if problem.column_letter else ""
    heading = f" «{problem.header}»" if problem.header else ""
    text = problem.message[:1].upper() + problem.message[1:]
    return f"{cell}{heading}: {text}" if cell else text


def _place(sheet: str, number: int, *, named: bool) -> str:
    return f"Trang «{sheet}», hàng {number}" if named else f"Hàng {number}"


def _plan_row(
    row: StaffRow, user: User | None, reasons: tuple[str, ...], taken: set[str], several: bool
) -> PlannedAccount:
    place = _place(row.sheet, row.row, named=several)
    if user is not None and search_key(user.full_name) != search_key(row.full_name):
        other = (
            f"Cột «Mã cán bộ»: mã «{row.code}» là của {user.full_name}, không phải {row.full_name}. "
            "Sửa mã; nếu người này đổi tên thì sửa tên trong tệp theo tên đang lưu."
        )
        reasons = (*reasons, other)
    if reasons or not row.code:
        return PlannedAccount(place, row.full_name, row.code, Deed.REFUSE, reasons=reasons, row=row)
    if user is None:
        name = propose(row.full_name, taken)
        return PlannedAccount(place, row.full_name, row.code, Deed.CREATE, username=name, row=row)
    changes = tuple(
        Change(label, getattr(user, field), getattr(row, field))
        for field, label in CONTACTS
        if getattr(row, field) and getattr(row, field) != getattr(user, field)
    )
    deed = Deed.CHANGE if changes else Deed.KEEP
    return PlannedAccount(place, row.full_name, row.code, deed, user.username, changes, row=row)


def carry_out_accounts(
    rows: Sequence[StaffRow], problems: Iterable[Problem], *, previewed: str, by: User
) -> tuple[AccountPlan, list[Slip]]:
    """Creates the missing accounts with a slip each and changes contacts, all or nothing.

    `previewed` is the fingerprint of the plan that was shown. Raises PermissionDenied, ListRefused.
    """
    permissions.require(by, Action.CREATE_ACCOUNTS, WHO_CREATES)
    with acting(by, role="Văn thư", source=Source.EXCEL) as act:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LIST_LOCK])
        plan = plan_accounts(rows, problems)
        if plan.error_count:
            raise ListRefused("Tệp còn chỗ phải sửa nên chưa hàng nào được ghi.")
        if plan.fingerprint != previewed:
            raise ListRefused(
                "Danh sách tài khoản vừa thay đổi trong lúc xem trước, nên chưa ghi gì. Xem lại rồi bấm lần nữa."
            )
        new = _create(plan)
        _change(plan)
        slips = write_slips(new, seen=latest_slip(new), by=by) if new else []
        act.says(
            f"Nạp danh sách cán bộ: {plan.created} tài khoản mới, đổi liên hệ {plan.changed}, giữ nguyên {plan.kept}",
            thing="accounts:",
        )
    return plan, slips


def _create(plan: AccountPlan) -> list[User]:
    wanted = [(each.row, each.username) for each in plan.rows if each.deed == Deed.CREATE and each.row]
    teams = teams_of([row for row, _name in wanted])
    new = [new_person(row, LoginNames(name), teams, make_password(None)) for row, name in wanted]
    moment = clock.now()
    for person in new:
        person.opened_at = moment
    record_bulk(User.objects.bulk_create(new), changed=False, why="Tạo tài khoản từ danh sách cán bộ")
    return new


def _change(plan: AccountPlan) -> None:
    rows: dict[str, Any] = {each.code: each.row for each in plan.rows if each.deed == Deed.CHANGE}
    people = list(User.objects.select_for_update(no_key=True).filter(staff_code__in=rows))
    for person in people:
        for field, _label in CONTACTS:
            setattr(person, field, getattr(rows[person.staff_code], field) or getattr(person, field))
    User.objects.bulk_update(people, [field for field, _label in CONTACTS])
    record_bulk(people, changed=True, why="Đổi liên hệ theo danh sách cán bộ")
