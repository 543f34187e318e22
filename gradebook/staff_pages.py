"""What the pages of staff show: the list, a person with what they hold, a class with who answers for it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts import posts
from accounts.clock import today
from accounts.dates import Term
from accounts.duties import Duties, duties_on, held_by
from accounts.models import Grant, Post, User
from accounts.overview import grants_reaching
from gradebook import assignments
from gradebook.class_lines import lines_of
from gradebook.models import TeachingAssignment
from students.models import HomeroomAssignment, SchoolClass, SchoolYear
from students.names import search_key

# Word of the address → the rows it is about.
KINDS: dict[str, type[Term]] = {
    "post": Post,
    "homeroom": HomeroomAssignment,
    "line": TeachingAssignment,
}
_RELATIONS = {"post": "posts", "homeroom": "homeroom_assignments", "line": "teaching_assignments"}


def kind_of(term: Term) -> str:
    return next(word for word, model in KINDS.items() if isinstance(term, model))


def may_move(by: User, term: Any) -> bool:
    """Whether `by` may hand over or end this: never their own, but for the principal's post."""
    if isinstance(term, Post):
        return (
            posts.may_appoint(by, term.kind, term.holder)
            or posts.may_hand_over_own(by, term)
            or posts.may_give_back(by, term)
        )
    return assignments.may_assign(by, term.teacher)


# -- The list ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaffLine:
    person: User
    duties: Duties


def read_staff_list(
    *, text: str = "", team: str = "", duty: str = "", state: str = "active"
) -> list[StaffLine]:
    """Those who fit the filters, by name. Four statements.

    A school has a hundred or two of staff: names are folded and compared here, "hoa" finds "Hoà" and "Hóa".
    """
    people = User.objects.select_related("team").order_by("sort_key", "pk")
    if state:
        people = people.filter(is_active=state == "active")
    if team:
        people = people.filter(team__pk=team)
    wanted = search_key(text)
    found = [each for each in people if wanted in search_key(f"{each.full_name} {each.staff_code}")]
    duties = duties_on(today(), found)
    return [StaffLine(each, duties[each.pk]) for each in found if not duty or duty in duties[each.pk].kinds]


# -- A person ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One row of what a person holds, held or will hold; `note` names the other of a substitution."""

    label: str
    days: str
    word: str
    state: str
    note: str
    hand_over_url: str = ""
    end_url: str = ""
    undo_url: str = ""


@dataclass(frozen=True, slots=True)
class PersonPage:
    person: User
    now: list[DutyLine]
    past: list[DutyLine]
    replaced: list[DutyLine]
    grants: list[Grant]
    teaches: bool


def read_person(person: User, *, by: User) -> PersonPage:
    """Record, duties, who stands in, grants. Eight statements at most."""
    own: list[Any] = []
    others: list[Any] = []
    for kind, relation in _RELATIONS.items():
        own += held_by(relation, [person]).select_related("substitutes_for")
        stand_ins = KINDS[kind]._default_manager.filter(substitutes_for=person)  # noqa: SLF001 - Django's name
        related = ("team",) if kind == "post" else ("school_class",)
        others += stand_ins.exclude(ends_on__lt=today()).select_related(KINDS[kind].PERSON, *related)
    own.sort(key=lambda term: (term.starts_on, term.pk))
    is_over = [term for term in own if term.ends_on and term.ends_on < today()]
    return PersonPage(
        person=person,
        now=[_duty_line(term, by) for term in own if term not in is_over],
        past=[_duty_line(term, by) for term in reversed(is_over)],
        replaced=[_stand_in_line(term, by) for term in others],
        grants=grants_reaching([person], today())[person.pk],
        teaches=any(not isinstance(term, Post) for term in own if term not in is_over),
    )


def _duty_line(term: Any, by: User) -> DutyLine:
    word, state = _standing(term, today())
    note = f"làm thay {term.substitutes_for.full_name}" if term.substitutes_for else ""
    return DutyLine(term.duty_label, term.days.label, word, state, note, **_addresses(term, by))


def _stand_in_line(term: Any, by: User) -> DutyLine:
    word, state = _standing(term, today())
    note = f"{term.person.full_name} làm thay"
    return DutyLine(term.duty_label, term.days.label, word, state, note, **_addresses(term, by))


def _standing(term: Term, day: datetime.date) -> tuple[str, str]:
    if term.ends_on and term.ends_on < day:
        return "Đã hết", "neutral"
    return ("Sắp bắt đầu", "waiting") if term.starts_on > day else ("Đang giữ", "ok")


def _addresses(term: Any, by: User) -> dict[str, str]:
    """Where the person looking on may change it; nothing for what is over."""
    if (term.ends_on and term.ends_on < today()) or not may_move(by, term):
        return {}
    if isinstance(term, Post) and term.kind == Post.Kind.PRINCIPAL:
        acts = _acts_on_principal(term, by)
    else:
        acts = ["hand-over"]
        if term.starts_on >= today():
            acts.append("undo")
        if term.starts_on <= today():
            acts.append("end")
    return {f"{act.replace('-', '_')}_url": _address(term, act) for act in acts}


def _acts_on_principal(post: Post, by: User) -> list[str]:
    """Handed over by its holder, taken back before it begins, given back by a stand-in; never ended."""
    acts = ["hand-over"] if posts.may_hand_over_own(by, post) else []
    if post.starts_on > today():
        acts.append("undo")
    elif posts.may_give_back(by, post):
        acts.append("end")
    return acts


def _address(term: Term, act: str) -> str:
    return reverse("gradebook:duty", args=[kind_of(term), term.pk, act])


# -- A class -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeatLine:
    """Who leads the class, or teaches a line of it: today, and what is to come."""

    label: str
    line_id: int | None
    holders: list[DutyLine]
    is_empty_today: bool

    @property
    def rows(self) -> int:
        """How many rows of the table the seat takes."""
        return len(self.holders) + self.is_empty_today


def read_class(school_class: SchoolClass, *, by: User) -> list[SeatLine]:
    """The homeroom and each line in the books' order. Three statements."""
    homerooms = _still(HomeroomAssignment.objects.filter(school_class=school_class))
    taught: dict[int, list[Any]] = defaultdict(list)
    for term in _still(TeachingAssignment.objects.filter(school_class=school_class).select_related("line")):
        taught[term.line_id].append(term)
    return [
        _seat("Chủ nhiệm lớp", None, homerooms, by),
        *(_seat(line.line.name, line.pk, taught[line.pk], by) for line in lines_of(school_class)),
    ]


def _still(terms: Any) -> list[Any]:
    """Those of today and to come."""
    wanted = terms.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today()))
    return list(wanted.select_related("teacher", "substitutes_for", "school_class").order_by("starts_on"))


def _seat(label: str, line_id: int | None, terms: Iterable[Any], by: User) -> SeatLine:
    terms = list(terms)
    holders = [_holder_line(term, by) for term in terms]
    return SeatLine(label, line_id, holders, all(term.starts_on > today() for term in terms))


def _holder_line(term: Any, by: User) -> DutyLine:
    word, state = _standing(term, today())
    note = f"làm thay {term.substitutes_for.full_name}" if term.substitutes_for else ""
    return DutyLine(term.teacher.full_name, term.days.label, word, state, note, **_addresses(term, by))


def class_to_show(year: SchoolYear | None, asked: str) -> tuple[list[SchoolClass], SchoolClass | None]:
    """The classes of a year and the one asked for, or the first."""
    classes = list(SchoolClass.objects.filter(year=year).select_related("year")) if year else []
    chosen = next((each for each in classes if str(each.pk) == asked), None)
    return classes, chosen or next(iter(classes), None)


def class_of(teacher: User) -> str:
    """The key of the class that the teacher leads or teaches today, to begin with; "" for none."""
    for kind in ("homeroom", "line"):
        held = held_by(_RELATIONS[kind], [teacher]).held_on(today()).first()
        if held:
            return str(held.school_class_id)
    return ""
