"""One person, one staff record (rule R60): how a code is written, what cannot be a name or a birth date, and who is
known already under another code."""

import datetime
from collections.abc import Iterable

from accounts.clock import today
from accounts.models import User
from students.names import looks_like_a_name, search_key

YOUNGEST, EARLIEST = 18, datetime.date(1940, 1, 1)


def name_problem(full_name: str) -> str:
    """Why nobody is called that, and what to do; "" when it can be."""
    if full_name and not looks_like_a_name(full_name):
        return f"«{full_name}» có kí tự không có trong họ tên. Ghi họ và tên bằng chữ cái."
    return ""


def birth_problem(day: datetime.date | None) -> str:
    """Why nobody who works here is born that day; "" when it can be, or is not known."""
    if day is None:
        return ""
    now = today()
    grown = day.replace(year=day.year + YOUNGEST, day=min(day.day, 28))
    if day >= EARLIEST and grown <= now:
        return ""
    return f"ngày sinh {day:%d/%m/%Y} không thể đúng với cán bộ (phải đủ {YOUNGEST} tuổi). Kiểm tra lại năm sinh."


def people_known_as(
    names: Iterable[tuple[str, datetime.date | None]],
) -> dict[tuple[str, datetime.date], User]:
    """Who has a record with this name, tone marks or not, and birth date. One statement, however many are asked."""
    wanted = {(search_key(name), day) for name, day in names if day}
    found = User.objects.filter(birth_date__in={day for _name, day in wanted}) if wanted else []
    known = {(search_key(user.full_name), user.birth_date): user for user in found if user.birth_date}
    return {key: user for key, user in known.items() if key in wanted}
