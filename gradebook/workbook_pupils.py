"""Which pupil of the class a row of a mark file means: key, mã định danh, mã học sinh, name and birth date (R86)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from students.cell_values import PartialDate
from students.models import Student
from students.names import clean, search_key

MOET_ID_LENGTH = 10


class PupilRefused(Exception):
    """The row cannot be told to be one pupil's; `field` is the file's field that the message speaks of."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Described:
    """What a row says of its pupil. `ids`: (field, text) as in the file, the better id first.

    `key` is the pupil that the row's key names, None without a key.
    """

    key: int | None = None
    ids: tuple[tuple[str, str], ...] = ()
    name: str = ""
    birth: PartialDate | None = None


class ClassRoster:
    """The pupils of one class, to be found by what a file says of them."""

    def __init__(self, class_name: str, students: Sequence[Student]) -> None:
        self._class_name = class_name
        self.trusts_names = False
        self._by_pk = {student.pk: student for student in students}
        self._by_name: dict[str, list[Student]] = defaultdict(list)
        self._by_id: dict[str, Student] = {}
        # Files write either id under «Mã học sinh»; where one reads like the other, the Ministry's counts.
        for name in ("school_code", "moet_id"):
            self._by_id |= {getattr(student, name): student for student in students if getattr(student, name)}
        for student in students:
            self._by_name[search_key(student.full_name)].append(student)

    def find(self, row: Described) -> Student:
        """The pupil; raises PupilRefused with what to write instead."""
        by_id = next(
            (
                self._by_id[text]
                for _field, each in row.ids
                for text in _spellings(each)
                if text in self._by_id
            ),
            None,
        )
        if row.key is not None:
            return self._by_key(row, row.key, by_id)
        if by_id is not None:
            self._check_person(row, by_id, row.ids[0][0])
            return by_id
        return self._by_name_and_birth(row)

    def _by_key(self, row: Described, key: int, by_id: Student | None) -> Student:
        student = self._by_pk.get(key)
        if student is None:
            raise PupilRefused("full_name", self._not_here(row))
        if by_id not in (None, student):
            raise PupilRefused("key", _shifted(student))
        self._check_person(row, student, "key")
        return student

    def _check_person(self, row: Described, student: Student, field: str) -> None:
        """Key or id is not believed where the name is somebody else's: who sorts the names alone shifts every value.

        A birth date that fits is no proof: twins share it, and it stays beside the id when the names are sorted.
        """
        if not row.name or search_key(row.name) == search_key(student.full_name):
            return
        if field == "key":
            raise PupilRefused("key", _shifted(student))
        raise PupilRefused(
            field,
            f"mã này là của {_described(student)}, hàng lại ghi «{row.name}». Kiểm tra lại mã và họ tên: sửa cho khớp, "
            "hoặc để trống họ tên nếu mã đúng.",
        )

    def _by_name_and_birth(self, row: Described) -> Student:
        namesakes = self._by_name[search_key(row.name)]
        if row.birth is None and self.trusts_names and len(namesakes) < 2:
            if not namesakes:
                raise PupilRefused("full_name", self._not_here(row))
            return namesakes[0]
        if row.birth is None:
            raise PupilRefused(
                "full_name",
                "hàng này không có mã học sinh mà hệ thống biết, cũng không có ngày sinh, nên không chắc là em nào. "
                "Ghi mã định danh hoặc ngày sinh.",
            )
        same = [each for each in namesakes if _same_birth(row.birth, each)]
        if len(same) > 1:
            # Twins whose names differ by a tone mark only.
            same = [each for each in same if clean(each.full_name).lower() == row.name.lower()] or same
        if len(same) > 1:
            raise PupilRefused(
                "full_name",
                f"lớp {self._class_name} có {len(same)} em cùng họ tên và ngày sinh. Ghi mã định danh vào hàng này.",
            )
        if not same:
            raise PupilRefused("full_name", self._not_here(row))
        _check_moet_id(row.ids, same[0])
        return same[0]

    def _not_here(self, row: Described) -> str:
        return (
            f"«{row.name or row.ids[0][1]}» không có trong danh sách lớp {self._class_name} hiện nay. Kiểm tra họ tên, "
            "ngày sinh, mã học sinh; em đã chuyển đi thì xoá hàng này khỏi tệp."
        )


def _check_moet_id(ids: Iterable[tuple[str, str]], student: Student) -> None:
    """Name and birth date fit, but another pupil's mã định danh does not."""
    for field, text in ids:
        if len(text) == MOET_ID_LENGTH and text.isdigit() and student.moet_id and text != student.moet_id:
            raise PupilRefused(
                field,
                f"mã «{text}» không phải mã định danh của {_described(student)} ({student.moet_id}). Kiểm tra lại mã.",
            )


def _spellings(text: str) -> tuple[str, str]:
    """An id as written, and with the leading zeros that Excel takes from a number."""
    return text, text.zfill(MOET_ID_LENGTH) if text.isdigit() else text


def _same_birth(birth: PartialDate | None, student: Student) -> bool:
    return birth is not None and birth == (student.birth_year, student.birth_month, student.birth_day)


def _shifted(student: Student) -> str:
    return (
        f"khoá của hàng là của {_described(student)}, còn mã, họ tên hoặc ngày sinh trên hàng là của em khác: có thể "
        "tệp đã bị sắp xếp lệch cột. Tải tệp mới bằng nút «Tải Excel», hoặc xoá cột khoá rồi tải lên lại."
    )


def _described(student: Student) -> str:
    born = f" sinh {student.birth_label}" if student.birth_label else ""
    return f"{student.full_name}{born}"
