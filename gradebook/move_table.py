"""A table of moves: which act of whom leads from which state to which. Pure; each workflow has its own.

A table is the whole truth of its workflow: pages offer what it allows, acts ask it, and tests compare the database's
triggers with it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")
Act = TypeVar("Act")
Actor = TypeVar("Actor")


@dataclass(frozen=True, slots=True)
class Move(Generic[State, Act, Actor]):
    """`actors`: any of these may make it."""

    source: State
    act: Act
    actors: frozenset[Actor]
    target: State


def target_in(
    moves: Iterable[Move[State, Act, Actor]], source: State, act: Act, actors: Collection[Actor]
) -> State | None:
    """The state an act leads to for somebody who stands in these parts; None where the table has no such move."""
    for move in moves:
        if (move.source, move.act) == (source, act) and not move.actors.isdisjoint(actors):
            return move.target
    return None
