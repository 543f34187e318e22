"""What is unlikely about a record as somebody would write it: asked once, never a reason to refuse. Pure."""

from collections.abc import Iterator

from accounts.dates import Days
from students.record_rules import PARENTS_LIVES, Problem, Record, is_orphan_with_parents

OLDEST_PARENT = 65
"""Years between a parent and the child."""


def doubts(record: Record, *, changed: frozenset[str], year: Days | None) -> tuple[Problem, ...]:
    """Of that which touches a `changed` field; `year` are the days of the school year that the size is kept for."""
    found = (
        *_about_the_name(record),
        *_about_the_parents(record),
        *_about_orphans(record),
        *_about_the_measuring(record, year),
    )
    return tuple(problem for fields, problem in found if changed & fields)


Doubt = tuple[frozenset[str], Problem]


def _about_the_name(record: Record) -> Iterator[Doubt]:
    if record["full_name"] and " " not in record["full_name"]:
        words = f"Họ và tên mới có một chữ «{record['full_name']}». Ghi đủ theo giấy khai sinh."
        yield frozenset({"full_name"}), Problem("full_name", words)


def _about_the_parents(record: Record) -> Iterator[Doubt]:
    born = record["birth_year"]
    for field, name in (("father_birth_year", "Cha"), ("mother_birth_year", "Mẹ")):
        year = record[field]
        if year and born and born - year > OLDEST_PARENT:
            words = f"{name} sinh năm {year}, hơn em {born - year} tuổi. Kiểm tra lại năm sinh."
            yield frozenset({field, "birth_year"}), Problem(field, words)


def _about_orphans(record: Record) -> Iterator[Doubt]:
    if is_orphan_with_parents(record):
        words = (
            "Diện «Mồ côi cả cha, mẹ» mà hồ sơ ghi nghề nghiệp, điện thoại hoặc nơi làm việc của cha, mẹ. Kiểm tra "
            "lại diện chính sách, hoặc xoá những mục ấy."
        )
        yield (
            frozenset({"policy_code", *PARENTS_LIVES}),
            Problem("policy_code", words),
        )


def _about_the_measuring(record: Record, year: Days | None) -> Iterator[Doubt]:
    day = record["measured_on"]
    if day and year and not year.first <= day <= (year.last or day):
        words = f"Ngày đo {day:%d/%m/%Y} không thuộc năm học đang ghi ({year.label})."
        yield frozenset({"measured_on"}), Problem("measured_on", words)
