"""The clerk's act on a person's record; powers are given elsewhere (accounts.posts, gradebook.assignments)."""

from accounts import permissions
from accounts.grants import joins_by_grant, opened_to_teams
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from accounts.terms import Problem, TermRefused
from students.names import sort_key


def save_record(person: User, *, fields: list[str], reason: str, by: User) -> None:
    """Writes the changed fields of a record, which `person` carries already. Raises PermissionDenied, TermRefused."""
    permissions.require(by, Action.EDIT_STAFF)
    if "team" in fields:
        permissions.require_another(by, person)
        if person.team and (given := opened_to_teams([person.team.name]).get(person.team.name)):
            raise TermRefused(Problem("team", joins_by_grant(person.team.name, given)))
    if not fields:
        return
    person.sort_key = sort_key(person.full_name)
    person._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own name
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        act.says(f"Cập nhật hồ sơ cán bộ của {person.full_name}", thing=f"account:{person.pk}")
        person.save(update_fields=[*fields, "sort_key"])
