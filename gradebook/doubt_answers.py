"""Answering what looks odd in a sheet (rules R25, R26): who answers for the sheet says why it is right all the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.doubts import Doubt, doubts_of
from gradebook.grading import plain_text
from gradebook.models import DoubtAnswer
from gradebook.sheets import Column, SheetRef, value_and_version
from gradebook.standing import Standing, read_standing

Place = tuple[int, str]
"""A pupil and the sentence that is answered."""

LONGEST = 300
GONE = "Điểm hoặc mức của em vừa thay đổi nên không còn điều này để giải thích. Tải lại trang để xem."


@dataclass(frozen=True, slots=True)
class Reasons:
    """What was given, and what could not be taken, each in words; nothing is written unless all can be."""

    given: tuple[DoubtAnswer, ...] = ()
    refused: Mapping[Place, str] = field(default_factory=dict)


def give_reasons(ref: SheetRef, reasons: Mapping[Place, str], *, by: User) -> Reasons:
    """Keeps the reasons, a newer one in place of the one before; a blank leaves things as they are.

    Also after the lock, for whoever checks asks then; raises PermissionDenied, and the database refuses a closed year.
    """
    permissions.require(
        by,
        Action.ENTER_SHEET,
        f"Chỉ giáo viên được phân công mới ghi được lí do ở sổ {ref.title}.",
        school_class=ref.school_class,
        line=ref.line,
    )
    wanted = {
        place: text for place, typed in reasons.items() if (text := " ".join(plain_text(typed).split()))
    }
    role = permissions.acting_role(by, ref.school_class, ref.line)
    with acting(by, role=role, source=Source.PAGE):
        known = {(pk, doubt.sentence): doubt for pk, doubt in _doubts(ref, read_standing(ref))}
        refused = {place: why for place, text in wanted.items() if (why := _why_not(known.get(place), text))}
        if refused:
            return Reasons(refused=refused)
        return Reasons(
            tuple(_keep(ref, place[0], known[place], text, by=by) for place, text in wanted.items())
        )


def _why_not(doubt: Doubt | None, text: str) -> str:
    if doubt is None:
        return GONE
    over = len(text) - LONGEST
    return f"Lí do dài {len(text)} kí tự, quá giới hạn {LONGEST}: hãy bớt {over} kí tự." if over > 0 else ""


def _doubts(ref: SheetRef, standing: Standing) -> list[tuple[int, Doubt]]:
    columns: dict[str, list[Column]] = {}
    for column in ref.columns():
        columns.setdefault(column.item, []).append(column)
    return [
        (pk, doubt)
        for pk in standing.names
        for item, fields in columns.items()
        for doubt in doubts_of(
            ref,
            item,
            {
                each.field: value_and_version(standing.stored.get((pk, item)), each.field)[0]
                for each in fields
            },
            standing.counterparts(pk),
        )
    ]


def _keep(ref: SheetRef, student_id: int, doubt: Doubt, reason: str, *, by: User) -> DoubtAnswer:
    answer, _is_new = DoubtAnswer.objects.update_or_create(
        student_id=student_id,
        year=ref.school_class.year,
        period=ref.period,
        item=doubt.item,
        sentence=doubt.sentence,
        defaults={"reason": reason, "given_by": by, "given_at": clock.stamp()},
    )
    return answer
