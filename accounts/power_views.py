"""«Ai được làm gì»: the table of powers as a page of the handbook (PLAN III.1; rule R59)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import permissions
from accounts.held_powers import powers_of
from accounts.powers import TABLE, Action, Area, Role, Rule
from accounts.requests import SignedInRequest


@dataclass(frozen=True, slots=True)
class Cell:
    """What one role may do: `whose` in words, empty where it may not."""

    role: str
    whose: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Line:
    words: str
    source: str
    cells: tuple[Cell, ...]
    is_granted: bool

    @property
    def groups(self) -> list[Cell]:
        """The same for a narrow screen: the roles that may do it with the same things stand together."""
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            if cell.whose:
                found.setdefault(cell.whose, []).append(cell)
        return [
            Cell(_together(cells, len(found)), whose, any(cell.is_mine for cell in cells))
            for whose, cells in found.items()
        ]


@require_safe
def powers(request: SignedInRequest) -> HttpResponse:
    """Everybody reads it: nobody has to ask what a colleague may see. The reader's own roles stand out."""
    permissions.require(request.user, Action.SEE_HANDBOOK)
    mine = powers_of(request.user).roles
    context = {
        "columns": len(Role) + 2,
        "roles": [{"label": role.label, "is_mine": role in mine} for role in Role],
        "areas": [{"label": area.label, "lines": list(_lines(area, mine))} for area in _areas()],
    }
    return render(request, "accounts/powers.html", context)


def _together(cells: list[Cell], groups: int) -> str:
    """Names of roles; where everybody with an account is among them, nobody has to be named."""
    if cells[-1].role != Role.STAFF.label:
        return ", ".join(cell.role for cell in cells)
    return Role.STAFF.label if groups == 1 else "Mọi người khác"


def _areas() -> list[Area]:
    used = {rule.area for rule in TABLE}
    return [area for area in Area if area in used]


def _lines(area: Area, mine: frozenset[Role]) -> Iterator[Line]:
    for rule in TABLE:
        if rule.area == area:
            cells = tuple(Cell(role.label, _whose(rule, role), role in mine) for role in Role)
            yield Line(rule.words[0].upper() + rule.words[1:], rule.plan_sections, cells, rule.is_grantable)


def _whose(rule: Rule, role: Role) -> str:
    """What everybody may do, each role may; its own further reach comes first."""
    whose = rule.who.get(role) or rule.who.get(Role.STAFF)
    return whose.label if whose else ""
