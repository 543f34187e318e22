"""Which grade may follow a pupil's last one (TT27 Điều 11; rules R39–R42). Pure.

The year's outcome decides: promoted goes on to the next grade, not promoted stays. Where no outcome is approved, both
are possible. A pupil who was away for years may have been at another school meanwhile, with a grade for each year.
"""

from dataclasses import dataclass

LAST_GRADE = 5


@dataclass(frozen=True, slots=True)
class LastClass:
    """A pupil's class in the last year before; `is_promoted` is None while no outcome of it is approved."""

    name: str
    grade: int
    year: int
    is_promoted: bool | None = None

    def __str__(self) -> str:
        return f"lớp {self.name} năm học {self.year} - {self.year + 1}"


def against_the_grade(grade: int, last: LastClass, year: int) -> str | None:
    """Why a pupil of the class `last` cannot be in `grade` in the year that starts in `year`; None when he can."""
    if last.is_promoted and last.grade == LAST_GRADE:
        return (
            f"học sinh đã hoàn thành chương trình tiểu học ({last}), không xếp vào lớp nữa. Tệp không phải danh "
            f"sách của năm học {year} - {year + 1} thì tải tệp khác lên; đúng tệp thì bỏ hàng này khỏi tệp."
        )
    lowest = last.grade + (last.is_promoted is True)
    highest = min(last.grade + (year - last.year) - (last.is_promoted is False), LAST_GRADE)
    if lowest <= grade <= highest:
        return None
    known = {
        True: "và được lên lớp",
        False: "và không được lên lớp",
        None: "(chưa phê duyệt kết quả lên lớp)",
    }
    return (
        f"học sinh học {last} {known[last.is_promoted]}, nên năm học {year} - {year + 1} chỉ xếp được vào "
        f"{_grades(lowest, highest)}, không phải khối {grade}. Sửa lại lớp, hoặc bỏ hàng này khỏi tệp."
    )


def doubt_about_the_grade(grade: int, last: LastClass, year: int) -> str | None:
    """What to look at again when a pupil would stay in a grade though nobody has decided so; None otherwise."""
    if not is_undecided(last, year) or last.grade != grade:
        return None
    return (
        f"học sinh đã học {last}, nay lại vào khối {grade}, mà kết quả lên lớp năm đó chưa được phê duyệt. Chỉ giữ "
        "hàng này nếu học sinh học lại."
    )


def is_undecided(last: LastClass, year: int) -> bool:
    """Whether the pupil comes straight from a year whose outcome is not approved."""
    return last.is_promoted is None and last.year == year - 1


def _grades(lowest: int, highest: int) -> str:
    if lowest >= highest:
        return f"khối {lowest}"
    return f"khối {lowest} " + ("hoặc" if highest == lowest + 1 else "đến") + f" khối {highest}"
