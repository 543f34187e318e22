"""What speaks against, or for a second look at, the name that a row of a list gives a pupil. Pure."""

from collections.abc import Iterator

from students.matching import described
from students.models import Student
from students.names import in_small_letters, is_in_capitals, search_key
from students.roster_names import words_lost
from students.roster_row import RosterRow


def against_a_shorter_name(row: RosterRow, student: Student | None, unread: str) -> Iterator[tuple[str, str]]:
    """A known pupil's name is not shortened while a part of it may stand in one of the `unread` columns."""
    lost = words_lost(row.full_name, student.full_name) if student and unread else ""
    if lost:
        message = (
            f"họ tên thiếu «{lost}» so với hồ sơ, mà tệp có cột {unread} không rõ có thuộc họ tên không. Ghi đủ họ "
            "tên, hoặc xoá cột ấy khỏi tệp."
        )
        yield "full_name", message


def doubts_about_the_name(row: RosterRow, student: Student | None, new_name: str) -> Iterator[str]:
    """Sentences on the name that would be written of a pupil, `student` None for a new one; "" keeps the stored one."""
    if is_in_capitals(new_name):
        yield (
            "họ tên viết toàn chữ hoa, sẽ lưu và in ra đúng như vậy. Nên ghi trong tệp "
            f"«{in_small_letters(new_name)}»."
        )
    if student is None or not new_name:
        return
    lost = words_lost(new_name, student.full_name)
    if lost:
        yield f"họ tên sẽ mất «{lost}» so với hồ sơ. Đối chiếu giấy khai sinh trước khi nạp."
    is_other = search_key(new_name) != search_key(student.full_name)
    if is_other and row.gender and student.gender and row.gender != student.gender:
        yield (
            f"cả họ tên và giới tính đều khác hồ sơ của mã này ({described(student)}, {student.get_gender_display()}). "
            "Kiểm tra mã có ghi nhầm hàng không."
        )
