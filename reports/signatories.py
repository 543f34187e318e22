"""Who signs a book: the principal (or the deputy) and the homeroom teacher of the day it speaks of."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accounts.models import Post, User
from accounts.signing import title_by
from accounts.signing_titles import PRINCIPAL_TITLE
from reports.book_content import Signature
from students.models import HomeroomAssignment, SchoolClass, SchoolYear


@dataclass(frozen=True, slots=True)
class Signatories:
    """The leaders of all times and the homeroom teachers of some classes, oldest first."""

    posts: tuple[Post, ...]
    homerooms: Mapping[int, tuple[HomeroomAssignment, ...]]

    def principal(self, year: SchoolYear, in_office_on: datetime.date) -> Signature:
        """Whoever is principal on that day, with room for the date; no name when nobody is."""
        in_office = [p for p in self._in_office(in_office_on) if p.kind == Post.Kind.PRINCIPAL]
        if not in_office:
            return Signature("", PRINCIPAL_TITLE, year.place)
        holder = in_office[0].holder
        return Signature(holder.full_name, self._title_of(holder.pk, in_office_on), year.place)

    def approval(self, year: SchoolYear, by: User, on: datetime.date) -> Signature:
        """The person who approved; "KT. HIỆU TRƯỞNG" when that is a vice-principal and not the principal."""
        return Signature(by.full_name, self._title_of(by.pk, on), year.place, on)

    def _title_of(self, holder_id: int, day: datetime.date) -> tuple[str, ...]:
        return title_by(post for post in self._in_office(day) if post.holder_id == holder_id)

    def homeroom_teacher(self, school_class: SchoolClass, on: datetime.date) -> str:
        """The name of the class's homeroom teacher of that day, else of the last one before; "" for none."""
        begun = [each for each in self.homerooms.get(school_class.pk, ()) if each.starts_on <= on]
        return begun[-1].teacher.full_name if begun else ""

    def _in_office(self, day: datetime.date) -> list[Post]:
        return [p for p in self.posts if p.starts_on <= day and (p.ends_on is None or p.ends_on >= day)]


def read_signatories(class_ids: Collection[int]) -> Signatories:
    """Reads who signs for these classes. Two statements."""
    leaders = (Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL)
    posts = Post.objects.filter(kind__in=leaders).select_related("holder").order_by("starts_on", "id")
    homerooms: dict[int, list[HomeroomAssignment]] = defaultdict(list)
    assignments = HomeroomAssignment.objects.filter(school_class_id__in=class_ids)
    for assignment in assignments.select_related("teacher").order_by("starts_on"):
        homerooms[assignment.school_class_id].append(assignment)
    return Signatories(tuple(posts), {key: tuple(value) for key, value in homerooms.items()})
