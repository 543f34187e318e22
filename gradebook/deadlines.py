"""How long until a lock, and when to warn of it: three days before and one day before (issue 5, part 6)."""

import datetime

THREE_DAYS = datetime.timedelta(days=3)
ONE_DAY = datetime.timedelta(days=1)


def warning_kind(left: datetime.timedelta) -> str:
    """The state that a page shows the time left as: "warning" on the last day, "waiting" on the last three."""
    if left <= ONE_DAY:
        return "warning"
    return "waiting" if left <= THREE_DAYS else "open"


def is_near(left: datetime.timedelta) -> bool:
    return left <= THREE_DAYS


def time_left(left: datetime.timedelta) -> str:
    """«còn 3 ngày», «còn 2 ngày 5 giờ», «còn 5 giờ», «còn 1 giờ 20 phút».

    Rounded down, so that nobody counts on more than there is; on the last three days to the hour, in the last three
    hours to the minute.
    """
    minutes = max(int(left.total_seconds() // 60), 0)
    hours = minutes // 60
    if hours < 1:
        return f"còn {minutes} phút"
    if hours < 3 and minutes % 60:
        return f"còn {hours} giờ {minutes % 60} phút"
    if hours < 24:
        return f"còn {hours} giờ"
    days, rest = divmod(hours, 24)
    return f"còn {days} ngày {rest} giờ" if days < 3 and rest else f"còn {days} ngày"
