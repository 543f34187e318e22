"""The second factor: a code from an app on the telephone, and ten codes on paper for when it is lost (rule R62).

django-otp keeps the secrets, compares the codes and takes each only once; the rules of the school are here. That a
person has a second factor, and since when, stands on the account itself (`User.second_factor_since`), with its history.
"""

import hashlib
import secrets
import time
from base64 import b32encode

import django_otp
import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from accounts import clock, permissions
from accounts.account_keepers import WHO_KEEPS, may_keep_account
from accounts.held_powers import powers_of
from accounts.history import Source, acting
from accounts.models import User
from accounts.passwords import is_long_enough, record_change
from accounts.permissions import Refused, require
from accounts.powers import NEED_SECOND_FACTOR, Action
from accounts.sessions import end_sessions

NAME = "ứng dụng xác thực"
RECOVERY_CODES, GROUPS_OF_A_CODE, GROUP = 10, 3, 4
# Without those that look alike on paper: 0 and o, 1 and l and i.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


class WrongCode(Exception):
    """The code is not the one that the app shows now, or it has been used already."""


def is_required(user: User) -> bool:
    """The principal, the vice-principal and the clerk do not get in without."""
    return bool(powers_of(user).roles & NEED_SECOND_FACTOR)


def has_one(user: User) -> bool:
    return user.second_factor_since is not None


# -- Setting up ----------------------------------------------------------------------------------------------


def new_key() -> str:
    """A fresh secret, as django-otp keeps it (hexadecimal)."""
    return random_hex(20)


def key_words(key: str) -> str:
    """The secret as an app takes it by hand: base32 in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def picture(user: User, key: str) -> SafeString:
    """The QR code as SVG with attributes only, which the content security policy lets through."""
    address = TOTPDevice(user=user, key=key).config_url
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None))  # noqa: S308 - segno's own output, from a key that we made


def set_up(user: User, *, key: str, code: str) -> list[str]:
    """Takes a new telephone instead of any old one, once `code` shows that it has the secret.

    Returns the recovery codes, which nobody can read afterwards. Raises WrongCode with nothing written.
    """
    with acting(user, role=permissions.post_label(user), source=Source.PAGE) as act:
        act.says("Đặt xác thực hai lớp của mình")
        TOTPDevice.objects.filter(user=user).delete()
        device = TOTPDevice.objects.create(user=user, name=NAME, key=key)
        if not device.verify_token(_digits(code)):
            raise WrongCode
        _record(user, has=True, why="Đặt xác thực hai lớp")
        return _write_codes(user)


def renew_codes(user: User) -> list[str]:
    """Ten new recovery codes; the old ones are good for nothing from now on."""
    with acting(user, role=permissions.post_label(user), source=Source.PAGE) as act:
        act.says("Làm mã dự phòng mới của mình")
        record_change(user, "Lập mã dự phòng mới", "second_factor_since")
        return _write_codes(user)


def codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def _write_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="mã dự phòng")
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_print_of(code)) for code in codes)
    return codes


def _new_code() -> str:
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS_OF_A_CODE))
    return "-".join(groups)


def _print_of(code: str) -> str:
    """What is kept of a recovery code: sixteen letters of its hash, the most that django-otp's column holds."""
    letters = "".join(filter(str.isalnum, code.lower()))
    return b32encode(hashlib.sha256(letters.encode()).digest())[:16].decode()


# -- Logging in ----------------------------------------------------------------------------------------------


def is_right_code(user: User, code: str) -> bool:
    """Whether it is the app's code of now, one step early or late, and not used before; uses it up."""
    return _verify(user, TOTPDevice.objects.filter(user=user).first(), _digits(code))


def is_right_recovery_code(user: User, code: str) -> bool:
    """Whether it is one of the codes on paper; uses it up."""
    return _verify(user, StaticDevice.objects.filter(user=user).first(), _print_of(code))


def _verify(user: User, device: TOTPDevice | StaticDevice | None, token: str) -> bool:
    return device is not None and django_otp.verify_token(user, device.persistent_id, token) is not None


def _digits(code: str) -> str:
    return "".join(filter(str.isdigit, code))


def demo_code(user: User, key: str = "") -> str:
    """In the demo only: the next code that will be taken, for those who have no app at hand. Never in production."""
    if not settings.IS_DEMO:
        return ""
    device = TOTPDevice(user=user, key=key) if key else TOTPDevice.objects.filter(user=user).first()
    if device is None:
        return ""
    totp = TOTP(device.bin_key)
    totp.time = time.time()
    # A code used in this half minute is not taken again; the next one is already good.
    totp.drift = max(0, min(1, device.last_t + 1 - totp.t()))
    return f"{totp.token():06d}"


# -- Taking away ---------------------------------------------------------------------------------------------


def why_not_removed(user: User, password: str) -> str:
    """What stands against doing without, given the password that is then the only guard."""
    if is_required(user):
        return (
            "Chức vụ của thầy cô phải đăng nhập bằng hai lớp nên không bỏ được; chỉ đổi được sang máy khác."
        )
    alone = User(username=user.username)
    if not is_long_enough(password, alone):
        return "Mật khẩu hiện nay quá ngắn để dùng một mình. Đổi mật khẩu dài ít nhất 14 kí tự trước, rồi bỏ sau."
    return ""


def remove(user: User) -> None:
    """One's own, where it is not required; the caller has asked `why_not_removed`."""
    with acting(user, role=permissions.post_label(user), source=Source.PAGE) as act:
        act.says("Bỏ xác thực hai lớp của mình")
        _take_away(user, "Tự bỏ xác thực hai lớp")


def may_reset(by: User, user: User) -> bool:
    """Whoever keeps the account: the clerk for most, a leader for clerk and leaders; nobody for themselves."""
    return may_keep_account(by, user)


def reset_second_factor(user: User, *, by: User) -> None:
    """For a lost telephone: takes the second factor away and ends the person's sessions.

    Whoever must have one, or has a password too short to stand alone, sets up a new one at the next log-in.
    """
    require(by, Action.RESET_SECOND_FACTOR)
    if not may_reset(by, user):
        raise Refused(
            "Không đặt lại được xác thực hai lớp của tài khoản này.",
            WHO_KEEPS,
        )
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        _take_away(user, "Đặt lại xác thực hai lớp")
        end_sessions(user, by=by)
        act.says(
            f"Đặt lại xác thực hai lớp cho {user.full_name} ({user.username})", thing=f"account:{user.pk}"
        )


def _take_away(user: User, why: str) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    _record(user, has=False, why=why)


def _record(user: User, *, has: bool, why: str) -> None:
    user.second_factor_since = clock.now() if has else None
    record_change(user, why, "second_factor_since")
