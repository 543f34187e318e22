"""The register of a period's books as one reader sees it, narrowed to a tổ, a teacher or a class, and who owes what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from accounts import permissions
from accounts.models import Team, User
from accounts.powers import Action
from approvals.book_standing import Book, last_unsigned, read_books
from approvals.signature_tasks import locked_periods, owed_period
from gradebook.progress_sheets import Holder, read_sight
from gradebook.regulation import Period

NOBODY = "chưa phân công"


@dataclass(frozen=True, slots=True)
class Scope:
    """To what the register is narrowed; each choice with its name, None where nothing was chosen."""

    team: tuple[int, str] | None = None
    teacher: tuple[int, str] | None = None
    school_class: tuple[int, str] | None = None

    @property
    def query(self) -> str:
        """As the address says it, with a leading «&»; "" for everything."""
        chosen = {"team": self.team, "teacher": self.teacher, "class": self.school_class}
        said = urlencode({name: each[0] for name, each in chosen.items() if each})
        return f"&{said}" if said else ""

    @property
    def label(self) -> str:
        """«tổ 4, lớp 4A»; "" for everything."""
        words = ("", self.team), ("", self.teacher), ("lớp ", self.school_class)
        return ", ".join(f"{word}{each[1]}" for word, each in words if each)


@dataclass(frozen=True, slots=True)
class Owing:
    """A teacher with the books that still lack the signature of whoever holds them; `holder` None: nobody does."""

    holder: Holder | None
    team: str
    books: tuple[Book, ...]

    @property
    def name(self) -> str:
        return self.holder.name if self.holder else NOBODY

    @property
    def with_gaps(self) -> int:
        """Of them those that cannot be signed before their gaps are filled."""
        return sum(not book.state.may_be_signed for book in self.books)


@dataclass(frozen=True, slots=True)
class Register:
    """`books` are all in sight, `here` those within the scope; the choices are what could be narrowed to."""

    period: Period
    books: tuple[Book, ...]
    here: tuple[Book, ...]
    scope: Scope
    teams: tuple[tuple[int, str], ...]
    teachers: tuple[tuple[int, str], ...]
    classes: tuple[tuple[int, str], ...]
    team_of: Mapping[int, Team]

    @property
    def owing(self) -> tuple[Owing, ...]:
        """By teacher in the order of names, whoever nobody holds last."""
        owed: dict[Holder | None, list[Book]] = defaultdict(list)
        for book in self.here:
            if book.state.is_owed:
                owed[book.holder].append(book)
        holders = sorted(
            owed, key=lambda each: (each is None, each.sort_key if each else "", each.pk if each else 0)
        )
        return tuple(Owing(each, self._team(each), tuple(owed[each])) for each in holders)

    def _team(self, holder: Holder | None) -> str:
        team = self.team_of.get(holder.pk) if holder else None
        return team.name if team else ""


def read_register(user: User, query: Mapping[str, str]) -> Register:
    """`?period=`, `?team=`, `?teacher=`, `?class=` choose; unknown values mean what is asked most.

    Fourteen statements at most. Without a period it is the first of which the reader owes a signature, for which
    `owed_period` asks before; else, for who reminds signers, the last that is locked with a book nobody has signed,
    four statements more.
    """
    asked = query.get("period", "")
    asked_period = asked if asked in set(Period) else owed_period(user) or ""
    sight = read_sight(user, Action.SEE_SIGNATURES)
    if not asked_period and permissions.may_anywhere(user, Action.REMIND_SIGNERS):
        asked_period = last_unsigned(sight, locked_periods(sight)) or ""
    period = sight.chosen_period(asked_period)
    if period is Period.SUPPLEMENTARY:
        period = Period.YEAR_END
    books = read_books(sight, [period])
    team_of = _teams({book.holder.pk for book in books if book.holder})
    teams = _named((team.pk, team.name, team.name) for team in team_of.values())
    scope = Scope(team=_chosen(teams, query.get("team")))
    in_team = [book for book in books if _is_in(book, scope, team_of)]
    held = (book.holder for book in in_team if book.holder)
    teachers = _named((each.pk, each.name, each.sort_key) for each in held)
    classes = tuple({book.ref.school_class.pk: book.ref.school_class.name for book in books}.items())
    scope = Scope(scope.team, _chosen(teachers, query.get("teacher")), _chosen(classes, query.get("class")))
    here = tuple(book for book in in_team if _is_in(book, scope, team_of))
    return Register(period, books, here, scope, teams, teachers, classes, team_of)


def _teams(people: set[int]) -> dict[int, Team]:
    found = User.objects.filter(pk__in=people, team__isnull=False).select_related("team")
    return {each.pk: each.team for each in found if each.team}


def _named(rows: Iterable[tuple[int, str, str]]) -> tuple[tuple[int, str], ...]:
    """Each once, in the order of their keys."""
    return tuple((pk, name) for _key, pk, name in sorted({(key, pk, name) for pk, name, key in rows}))


def _chosen(choices: tuple[tuple[int, str], ...], asked: str | None) -> tuple[int, str] | None:
    return next((each for each in choices if str(each[0]) == asked), None)


def _is_in(book: Book, scope: Scope, team_of: Mapping[int, Team]) -> bool:
    holder = book.holder.pk if book.holder else None
    team = team_of.get(holder) if holder else None
    return (
        (scope.team is None or (team is not None and team.pk == scope.team[0]))
        and (scope.teacher is None or holder == scope.teacher[0])
        and (scope.school_class is None or book.ref.school_class.pk == scope.school_class[0])
    )
