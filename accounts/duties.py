"""What people hold on a day, in words: posts, the class they lead, the lines they teach. Constant statements."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from accounts.dates import Term
from accounts.models import Post, User

# Relations of the apps above, by their names on User: no import.
_RELATED = {
    "posts": ("team",),
    "homeroom_assignments": ("school_class",),
    "teaching_assignments": ("school_class", "line"),
}


@dataclass(slots=True)
class Duties:
    """What one person holds; `kinds` are the post kinds, "homeroom" and "subject"."""

    kinds: set[str] = field(default_factory=set)
    posts: list[str] = field(default_factory=list)
    homerooms: list[str] = field(default_factory=list)
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def words(self) -> list[str]:
        """As in "Tổ (khối) trưởng Tổ 4", "Chủ nhiệm lớp 4A", "Tiếng Việt, Toán 4A", "Tin học 4A, 4B"."""
        together: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for name, classes in self.lines.items():
            together[tuple(classes)].append(name)
        taught = [f"{', '.join(names)} {', '.join(classes)}" for classes, names in together.items()]
        return [*self.posts, *self.homerooms, *taught]

    def add(self, relation: str, row: Any) -> None:
        stand_in = " (làm thay)" if row.substitutes_for_id else ""
        if relation == "posts":
            self.kinds.add(row.kind)
            self.posts.append(f"{row.duty_label}{stand_in}")
        elif relation == "homeroom_assignments":
            self.kinds.add("homeroom")
            self.homerooms.append(f"{row.duty_label}{stand_in}")
        else:
            self.kinds.add("subject")
            self.lines[str(row.line)].append(f"{row.school_class.name}{stand_in}")


def duties_on(day: datetime.date, people: Collection[User]) -> dict[int, Duties]:
    """Of each person; who holds nothing has empty Duties. Three statements, whatever the number of people."""
    found = {each.pk: Duties() for each in people}
    for relation in _RELATED:
        for row in held_by(relation, people).held_on(day).order_by(*_order(relation)):
            found[row.person_id].add(relation, row)
    return found


def held_by(relation: str, people: Collection[User]) -> Any:
    """The rows of a relation of User's that belong to these people, with what their words need."""
    model: type[Term] = User._meta.get_field(relation).related_model  # type: ignore[assignment]  # noqa: SLF001 - Django's documented API
    rows = model._default_manager.filter(**{f"{model.PERSON}__in": people})  # noqa: SLF001 - as above
    return rows.select_related(*_RELATED[relation])


def _order(relation: str) -> tuple[str, ...]:
    if relation == "posts":
        return ("pk",)
    classes = ("school_class__grade_level", "school_class__name")
    return (*classes, "line__pk") if relation == "teaching_assignments" else classes


def post_kinds() -> list[tuple[str, str]]:
    """Choices for a filter: the posts, then the two duties of teachers."""
    return [*Post.Kind.choices, ("homeroom", "Giáo viên chủ nhiệm"), ("subject", "Giáo viên bộ môn")]
