"""What an entry of the handbook says, and whom it is for."""

from dataclasses import dataclass

from accounts.powers import RULES, Action, Area, Role

TEACHERS = (Role.HOMEROOM, Role.SUBJECT)
LEADERS = (Role.PRINCIPAL, Role.VICE_PRINCIPAL)
OFFICE = (*LEADERS, Role.CLERK)


@dataclass(frozen=True, slots=True)
class Entry:
    """«Muốn `want` thì `how`», for the acts that it is about; `page` is the name of an address without arguments."""

    want: str
    how: str
    acts: tuple[Action, ...]
    page: str = ""
    roles: tuple[Role, ...] = ()

    @property
    def area(self) -> Area:
        return RULES[self.acts[0]].area

    def is_for(self, role: Role) -> bool:
        return role in (self.roles or RULES[self.acts[0]].who)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a role may do in one part of the system."""

    label: str
    entries: tuple[Entry, ...]
