"""Somebody leaves the school: one act ends account, posts, homerooms and lessons on one day (rules R59, R60)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts import permissions, terms
from accounts.account_life import CLOSED, AccountRefused, close_account, posts_ending, why_not_closed
from accounts.history import Source, acting
from accounts.models import Post, User
from gradebook.models import TeachingAssignment
from students.models import HomeroomAssignment


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a leaver holds today and later, all of which ends with the last day."""

    posts: Sequence[Post]
    homerooms: Sequence[HomeroomAssignment]
    lessons: Sequence[TeachingAssignment]

    @property
    def assignments(self) -> list[Any]:
        return [*self.homerooms, *self.lessons]

    @property
    def falls_vacant(self) -> bool:
        """A seat that nobody takes back: a substitute's returns to the regular teacher."""
        return any(each.substitutes_for_id is None for each in self.assignments)


def why_not_leaving(user: User, last_day: datetime.date) -> str:
    """What stands against the day, for the preview as for the act; "" if nothing does."""
    return why_not_closed(user, last_day) or _begins_later(what_would_end(user, last_day), last_day)


def _begins_later(leaving: Leaving, last_day: datetime.date) -> str:
    later = min((each.starts_on for each in leaving.assignments if each.starts_on > last_day), default=None)
    if later is None:
        return ""
    return (
        f"Có phân công chủ nhiệm hoặc giảng dạy từ ngày {later:%d/%m/%Y}, sau ngày này. Chọn ngày cuối từ ngày đó trở "
        "đi; phân công chưa bắt đầu thì Phó Hiệu trưởng bỏ trước."
    )


def what_would_end(user: User, last_day: datetime.date) -> Leaving:
    """Three statements."""
    related = ("school_class", "substitutes_for")
    return Leaving(
        posts=list(posts_ending(user, last_day)),
        homerooms=list(_ending(user.homeroom_assignments, last_day).select_related(*related)),
        lessons=list(_ending(user.teaching_assignments, last_day).select_related(*related, "line")),
    )


def _ending(held: Any, last_day: datetime.date) -> Any:
    return held.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last_day))


def end_service(user: User, *, last_day: datetime.date, reason: str, by: User) -> User:
    """Closes the account after `last_day` and ends everything the person holds on that day, with history.

    What the person entered, signed and decided stays theirs. Raises PermissionDenied, AccountRefused.
    """
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        user = close_account(user, last_day=last_day, reason=reason, by=by)
        leaving = what_would_end(user, last_day)
        if problem := _begins_later(leaving, last_day):
            raise AccountRefused(problem, "last_day")
        for each in leaving.assignments:
            terms.end(each, last_day=last_day, reason=CLOSED)
        act.says(
            f"Đóng tài khoản {user.username} ({user.full_name}) sau ngày {last_day:%d/%m/%Y}: {reason}",
            thing=f"account:{user.pk}",
        )
    return user
