"""Which stored pupil a row of a list means: by an id, else by name and birth date when only one fits (rule R85).

No database. Names count letter by letter, tone marks included: «Minh Anh» and «Minh Ánh» may be twins. Only where
in the syllable the mark stands (hoà, hòa) and capitals do not count. What is merely similar is ambiguous.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from students.models import Student
from students.names import TONES, clean, search_key
from students.roster_row import RosterRow

IDS = ("moet_id", "national_id", "school_code")
ID_LABELS = {
    "moet_id": "mã định danh Bộ GD&ĐT",
    "national_id": "số định danh cá nhân",
    "school_code": "mã học sinh",
}
BIRTH = ("birth_year", "birth_month", "birth_day")

Person = RosterRow | Student


@dataclass(frozen=True, slots=True)
class Match:
    """What a row means: a stored pupil, a new one (`student` None), or, with a `reason`, neither for certain.

    `field` is the row's field that the reason speaks of. `repeats`: the reason is that an earlier row means the same.
    """

    student: Student | None = None
    reason: str = ""
    field: str = "full_name"
    repeats: bool = False


def match_rows(rows: Sequence[RosterRow], students: Iterable[Student]) -> list[Match]:
    """One match per row, in the rows' order. `students` are all who share an id or a folded name with a row."""
    known = _Known(students)
    matches = [_by_id_or_name(row, known) for row in rows]
    taken = {match.student.pk for match in matches if match.student}
    matches = [
        _unless_similar(row, known, taken) if match == Match() else match
        for row, match in zip(rows, matches, strict=True)
    ]
    return list(_once(rows, matches))


class _Known:
    """The stored pupils by each id and by folded name."""

    def __init__(self, students: Iterable[Student]) -> None:
        self.by_id: dict[tuple[str, str], Student] = {}
        self.by_folded_name: dict[str, list[Student]] = defaultdict(list)
        for student in students:
            self.by_folded_name[search_key(student.full_name)].append(student)
            for name in IDS:
                if getattr(student, name):
                    self.by_id[name, getattr(student, name)] = student

    def namesakes(self, row: RosterRow) -> list[Student]:
        """Those of the same folded name against whom no id speaks."""
        return [each for each in self.by_folded_name[search_key(row.full_name)] if not ids_differ(row, each)]


def _by_id_or_name(row: RosterRow, known: _Known) -> Match:
    found = {
        known.by_id[name, getattr(row, name)]: name
        for name in IDS
        if (name, getattr(row, name)) in known.by_id
    }
    if len(found) > 1:
        people = ", ".join(sorted(map(described, found)))
        return Match(
            reason=f"các mã trên hàng này thuộc những học sinh khác nhau: {people}. Kiểm tra lại các mã.",
            field=next(iter(found.values())),
        )
    if found:
        ((student, name),) = found.items()
        return _of_id(row, student, name)
    same = [each for each in known.namesakes(row) if _same_name_and_birth(row, each)]
    if len(same) > 1:
        return Match(
            reason=f"có {len(same)} học sinh cùng họ tên và ngày sinh. Ghi mã định danh Bộ GD&ĐT vào hàng này."
        )
    if same:
        return Match(same[0])
    if not _is_recognisable(row):
        return Match(
            reason="hàng này không có mã và không có ngày sinh nên không nhận ra được là học sinh nào. "
            "Ghi ngày sinh hoặc mã định danh Bộ GD&ĐT."
        )
    return Match()


def _of_id(row: RosterRow, student: Student, name: str) -> Match:
    """An id alone is not believed when both name and birth date are somebody else's."""
    other_name = search_key(row.full_name) != search_key(student.full_name)
    if other_name and not births_agree(row, student):
        return Match(
            reason=f"{ID_LABELS[name]} «{getattr(row, name)}» là của {described(student)}, khác cả họ tên và "
            "ngày sinh với hàng này. Kiểm tra lại mã.",
            field=name,
        )
    return Match(student)


def _unless_similar(row: RosterRow, known: _Known, taken: set[int]) -> Match:
    """A new pupil, unless a stored one could be the same.

    That another row means the stored one does not make this row somebody else; an id and a name of its own do.
    """
    similar = [each for each in known.namesakes(row) if births_agree(row, each)]
    if _has_id(row):
        similar = [
            each for each in similar if each.pk not in taken or spelt(each.full_name) == spelt(row.full_name)
        ]
    if not similar:
        return Match()
    people = ", ".join(sorted(map(described, similar)))
    return Match(
        reason=f"có thể là học sinh đã có: {people}, nhưng họ tên khác dấu hoặc ngày sinh không ghi đủ. Nếu là một "
        "thì ghi họ tên, ngày sinh như đã lưu hoặc ghi mã; nếu là học sinh khác thì ghi mã định danh Bộ GD&ĐT, em chưa "
        "có mã thì bỏ hàng này và ghi em ở trang «Biến động sĩ số», nút «Học sinh mới nhập học»."
    )


def _once(rows: Sequence[RosterRow], matches: Sequence[Match]) -> Iterable[Match]:
    """No two rows for one pupil, stored or new: the second is refused."""
    first_of: dict[int, RosterRow] = {}
    new: dict[tuple[object, ...], list[RosterRow]] = defaultdict(list)
    for row, match in zip(rows, matches, strict=True):
        earlier = None
        if match.student:
            earlier = first_of.setdefault(match.student.pk, row)
        elif not match.reason:
            alike = new[_new_key(row)]
            earlier = next((each for each in alike if not ids_differ(row, each)), row)
            alike.append(row)
        if earlier is None or earlier is row:
            yield match
        else:
            place = f"hàng {earlier.row}" + (
                f" trang «{earlier.sheet}»" if earlier.sheet != row.sheet else ""
            )
            yield Match(
                reason=f"cùng chỉ một học sinh với {place} ({earlier.full_name}). Bỏ một trong hai hàng; nếu là hai "
                "học sinh thì ghi mã định danh Bộ GD&ĐT của từng em.",
                repeats=True,
            )


def _new_key(row: RosterRow) -> tuple[object, ...]:
    return (spelt(row.full_name), *birth_of(row))


def birth_of(person: Person) -> tuple[int | None, int | None, int | None]:
    """(year, month, day), each None when unknown."""
    return (person.birth_year, person.birth_month, person.birth_day)


def births_agree(one: Person, other: Person) -> bool:
    """True when the two dates do not contradict each other, as far as both are known (rule R15)."""
    pairs = zip(birth_of(one), birth_of(other), strict=True)
    return all(mine is None or its is None or mine == its for mine, its in pairs)


def _same_name_and_birth(row: RosterRow, student: Student) -> bool:
    return (
        row.birth_year is not None
        and birth_of(row) == birth_of(student)
        and spelt(row.full_name) == spelt(student.full_name)
    )


def _is_recognisable(row: RosterRow) -> bool:
    return row.birth_year is not None or _has_id(row)


def _has_id(row: RosterRow) -> bool:
    return any(getattr(row, name) for name in IDS)


def ids_differ(one: Person, other: Person) -> bool:
    return any(
        getattr(one, name) and getattr(other, name) and getattr(one, name) != getattr(other, name)
        for name in IDS
    )


def spelt(full_name: str) -> tuple[str, ...]:
    """Each syllable's letters followed by its tone, so that «Hoà» and «Hòa» are one and «Hoa» is another."""
    return tuple(map(_syllable, clean(full_name).lower().split()))


def _syllable(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(sorted(decomposed, key=TONES.__contains__))


def described(student: Student) -> str:
    """A pupil in a message: name and birth date as far as it is known."""
    born = f" sinh {student.birth_label}" if student.birth_label else ""
    return f"{student.full_name}{born}"
