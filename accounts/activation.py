"""Activation slips: a one-time code on paper with which a person sets the password of their account (rule R60).

The code stands in the answer that makes it and nowhere else: the database keeps its hash. Whoever needs it again
gets a new one, and the old one is void.
"""

import datetime
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Max

from accounts import clock, permissions
from accounts.account_keepers import account_keepers, require_keeper
from accounts.account_state import is_activated, is_closed, why_shut
from accounts.history import Source, acting, record_bulk
from accounts.models import ActivationSlip, Post, User
from accounts.passwords import change_password, voided
from accounts.sessions import end_sessions

# No vowels, D or W, which Telex and VNI turn into Vietnamese letters; nothing that looks like a neighbour.
ALPHABET = "BCFGHJKMNPQRSTVXZ3479"
CODE_LENGTH, GROUP = 16, 4  # 70 bits
VALID_FOR = datetime.timedelta(days=14)
MOST_WRONG_TRIES = 5

NOT_ACCEPTED = (
    "Tên đăng nhập hoặc mã kích hoạt chưa đúng, hoặc phiếu đã hết hạn, đã dùng hay đã được thay bằng phiếu mới. "
    "Xem lại từng chữ trên phiếu rồi thử lại; sai 5 lần thì phiếu mất hiệu lực, khi đó gặp văn thư để lấy phiếu mới."
)


class SlipsRefused(Exception):
    """No slip was made; the message says why and what to do."""


class ActivationRefused(Exception):
    """The password was not set; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person; the only place where the code is in clear."""

    person: User
    code: str
    valid_until: datetime.datetime


@dataclass(frozen=True, slots=True)
class Activation:
    """An account whose password has been set, and the slip that allowed it."""

    user: User
    slip: ActivationSlip


def latest_slip(people: Sequence[User]) -> int:
    """Stands for the slips that a page was shown with: the newest of these people, or 0."""
    newest = ActivationSlip.objects.filter(user__in=people).aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def make_slips(people: Sequence[User], *, seen: int, by: User) -> list[Slip]:
    """New codes for accounts; their old passwords and slips are void at once and their sessions end.

    `seen` is what `latest_slip` said when the page was shown: of two who press at once one is told. All or
    nothing. Raises PermissionDenied, SlipsRefused.
    """
    require_keeper(by, *people)
    if any(permissions.has_post(person, Post.Kind.CLERK) for person in people):
        raise SlipsRefused("Mật khẩu của văn thư đổi ở trang «Tài khoản quản trị», để lần đổi được ghi lại.")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        slips = write_slips(people, seen=seen, by=by)
        names = ", ".join(f"{each.person.full_name} ({each.person.username})" for each in slips[:3])
        more = f" và {len(slips) - 3} người khác" if len(slips) > 3 else ""
        thing = f"account:{slips[0].person.pk}" if len(slips) == 1 else "accounts:"
        act.says(f"Làm phiếu kích hoạt cho {names}{more}; mật khẩu cũ (nếu có) bị bỏ", thing=thing)
    return slips


def write_slips(
    people: Sequence[User], *, seen: int, by: User, cause: ActivationSlip.Cause | None = None
) -> list[Slip]:
    """Inside an act: voids what there is and writes the new hashes. The caller has asked whether `by` may."""
    locked = list(User.objects.select_for_update(no_key=True).filter(pk__in=[each.pk for each in people]))
    if latest_slip(locked) != seen:
        raise SlipsRefused(
            "Vừa có phiếu mới được làm trong lúc trang này mở. Xem lại; nếu vẫn cần thì làm phiếu lần nữa."
        )
    if shut := [each.full_name for each in locked if is_closed(each)]:
        raise SlipsRefused(f"Tài khoản đã đóng thì không có phiếu: {', '.join(shut)}. Mở lại trước.")
    moment = clock.now()
    _void_slips(locked, at=moment)
    slips = [Slip(person, _new_code(), moment + VALID_FOR) for person in locked]
    ActivationSlip.objects.bulk_create(
        ActivationSlip(
            user=each.person,
            cause=cause or _cause(each.person),
            code_hash=hash_of(each.code),
            made_at=moment,
            made_by=by,
            valid_until=each.valid_until,
        )
        for each in slips
    )
    activated = [person for person in locked if is_activated(person)]
    _void_passwords(activated, by=by)
    first = [person for person in locked if person not in activated]
    record_bulk(first, changed=True, why="Làm phiếu kích hoạt")
    return slips


@contextmanager
def slips_of_the_keeper_alone(person: User) -> Iterator[None]:
    """Around what gives a post: a slip by whoever kept the account until then opens no account that has risen."""
    before = account_keepers([person])
    yield
    if account_keepers([person]) != before:
        _void_slips([person], at=clock.now())


def _void_slips(people: Sequence[User], *, at: datetime.datetime) -> None:
    good = ActivationSlip.objects.filter(user__in=people, used_at__isnull=True, voided_at__isnull=True)
    good.update(voided_at=at)


def _cause(person: User) -> ActivationSlip.Cause:
    """Somebody who has logged in before, or has a password, gets it reset; for the others the account is new."""
    is_known = person.last_login is not None or is_activated(person)
    return ActivationSlip.Cause.RESET if is_known else ActivationSlip.Cause.NEW


def _void_passwords(people: Sequence[User], *, by: User) -> None:
    for person in people:
        person.password = voided(person.password)
        end_sessions(person, by=by)
    User.objects.bulk_update(people, ["password"])
    record_bulk(people, changed=True, why="Bỏ mật khẩu cũ, làm phiếu kích hoạt mới")


def _new_code() -> str:
    return in_groups("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def in_groups(letters: str) -> str:
    """«BCFG-HJKM-NPQR-STVX», as a code is printed."""
    return "-".join(letters[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP))


def letters_of(code: str) -> str:
    """The letters alone, however they were typed."""
    return "".join(letter for letter in code.upper() if letter in ALPHABET)


def hash_of(code: str) -> str:
    """70 random bits need no slow hash."""
    return hashlib.sha256(letters_of(code).encode()).hexdigest()


def activate(*, username: str, code: str, password: str) -> Activation:
    """Sets the password that a slip allows to set, once. Five wrong codes make the slip void.

    Raises ActivationRefused; ValidationError for a password that the rules refuse, with the slip still good.
    """
    with transaction.atomic():
        slip = _good_slip(username)
        if slip is not None and not hmac.compare_digest(slip.code_hash, hash_of(code)):
            _count_wrong_try(slip)
            slip = None
        if slip is not None:
            return _use(slip, password)
    raise ActivationRefused(NOT_ACCEPTED)


def _good_slip(username: str) -> Any:
    """The slip of an account, locked: of two who use it at once the second finds it used."""
    try:
        user = User.objects.get_by_natural_key(username)
    except User.DoesNotExist:
        return None
    return (
        ActivationSlip.objects.select_for_update(of=("self",))
        .select_related("user", "made_by")
        .filter(user=user, used_at__isnull=True, voided_at__isnull=True, valid_until__gt=clock.now())
        .first()
    )


def _count_wrong_try(slip: ActivationSlip) -> None:
    slip.wrong_tries += 1
    if slip.wrong_tries >= MOST_WRONG_TRIES:
        slip.voided_at = clock.now()
    slip.save(update_fields=["wrong_tries", "voided_at"])


def _use(slip: ActivationSlip, password: str) -> Activation:
    user = slip.user
    if why := why_shut(user):
        raise ActivationRefused(why)
    validate_password(password, user)
    with acting(user, role=permissions.post_label(user), source=Source.PAGE) as act:
        change_password(user, password, by=user, why="Kích hoạt bằng phiếu, tự đặt mật khẩu")
        slip.used_at = clock.now()
        slip.save(update_fields=["used_at"])
        act.says("Kích hoạt tài khoản bằng phiếu, tự đặt mật khẩu", thing=f"account:{user.pk}")
    return Activation(user, slip)
