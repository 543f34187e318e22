"""What a password must be, decided here for each person (rule R62), and the act of changing one's own.

Fourteen characters, or eight with a second factor; none of the passwords that everybody tries first, and not made of
one's own name, date of birth or telephone number.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.words import folded

ALONE, WITH_SECOND_FACTOR = 14, 8
WORDS_FILE = Path(__file__).parent / "data" / "predictable_passwords.txt"
# What must be left of a password when its predictable parts are taken out; and the shortest own word taken out.
LEFT, SHORTEST_WORD = 5, 3


def minimum_length(user: User | None) -> int:
    return WITH_SECOND_FACTOR if user is not None and user.second_factor_since else ALONE


def is_long_enough(password: str, user: User) -> bool:
    return len(password) >= minimum_length(user)


class LongEnough:
    """Length by person: who has a second factor may have a shorter one."""

    def validate(self, password: str, user: User | None = None) -> None:
        least = minimum_length(user)
        if len(password) < least:
            raise ValidationError(
                f"Mật khẩu có {len(password)} kí tự, cần ít nhất {least}. {_advice(least)}",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return f"Ít nhất {ALONE} kí tự; đã bật xác thực hai lớp thì ít nhất {WITH_SECOND_FACTOR}."


def _advice(least: int) -> str:
    if least == ALONE:
        return "Ghép vài từ không liên quan thành một câu dễ nhớ; khoảng trắng và dấu tiếng Việt dùng được."
    return "Khoảng trắng và dấu tiếng Việt dùng được."


class NotCommon(CommonPasswordValidator):
    """Django's list of 20,000 passwords that are tried first."""

    def get_error_message(self) -> str:
        return "Mật khẩu này nằm trong danh sách những mật khẩu hay bị thử nhất. Xin chọn mật khẩu khác."

    def get_help_text(self) -> str:
        return "Không dùng mật khẩu quá phổ biến."


class NotPredictable:
    """Refuses what is made of common words, keyboard runs, years and one's own data, and of little else."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = folded(password)
        for part in sorted({*_common_words(), *own_words(user)}, key=len, reverse=True):
            rest = rest.replace(part, " ")
        if len(set(_without_runs(rest))) < LEFT:
            raise ValidationError(
                "Mật khẩu dễ đoán: gần như chỉ gồm tên, ngày sinh, số điện thoại của thầy cô, từ thông dụng, "
                "năm hoặc dãy phím liền nhau. Thêm vài từ không liên quan.",
                code="password_predictable",
            )

    def get_help_text(self) -> str:
        return "Không ghép từ tên, ngày sinh, số điện thoại của mình hay dãy phím như 123456, qwerty."


class NotTheLast:
    """A change is a change: the password in use, or the one that a slip has made void, does not come again (R61)."""

    def validate(self, password: str, user: User | None = None) -> None:
        former = user.password.removeprefix(UNUSABLE_PASSWORD_PREFIX) if user is not None else ""
        if former and check_password(password, former):
            raise ValidationError(
                "Mật khẩu mới trùng với mật khẩu cũ. Đặt mật khẩu khác.", code="password_repeated"
            )

    def get_help_text(self) -> str:
        return "Khác mật khẩu cũ."


def voided(password: str) -> str:
    """The stored form of a password that nobody gets in with any more, of which `NotTheLast` still knows."""
    return f"{UNUSABLE_PASSWORD_PREFIX}{password.removeprefix(UNUSABLE_PASSWORD_PREFIX)}"


@cache
def _common_words() -> frozenset[str]:
    return frozenset(WORDS_FILE.read_text(encoding="utf-8").split())


def own_words(user: User | None) -> set[str]:
    """Names, numbers and dates of the person in the forms in which they are typed into passwords."""
    if user is None:
        return set()
    names = folded(user.full_name).split()
    words = {"".join(names[start:]) for start in range(len(names))} | set(names)
    words |= {"".join(names[::-1]), "".join(names[-1:] + names[:-1])}
    for typed in (user.username, user.second_username, user.staff_code, user.phone, user.email):
        words |= {folded(typed or ""), *re.split(r"[^0-9a-z]+", folded(typed or ""))}
    if user.birth_date:
        forms = ("%d%m%Y", "%d%m%y", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y")
        words |= {user.birth_date.strftime(form) for form in forms}
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _without_runs(text: str) -> str:
    """Without years, runs like 1234, dcba or 0000 and what stands between words."""
    text = re.sub(r"(19|20)\d\d", " ", text)
    kept = [
        letter
        for index, letter in enumerate(text)
        if index == 0 or ord(letter) - ord(text[index - 1]) not in (-1, 0, 1)
    ]
    return re.sub(r"[\W_]", "", "".join(kept))


def change_password(user: User, password: str, *, by: User, why: str = "Tự đổi mật khẩu") -> None:
    """Sets a password that the rules have let through: hash, moment, history row (which holds no hash).

    Ending the person's other sessions is the caller's: only a view knows which session is this one.
    """
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        act.says(f"{why}: {user.username}", thing=f"account:{user.pk}")
        user.set_password(password)
        user.password_changed_at = clock.now()
        record_change(user, why, "password", "password_changed_at")


def record_change(user: Any, why: str, *fields: str) -> None:
    """Saves these fields of an account, with the reason beside them in the history."""
    user._change_reason = why  # noqa: SLF001 - where simple-history looks for it
    user.save(update_fields=fields)
