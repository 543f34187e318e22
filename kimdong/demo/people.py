"""Who logs in as what in the demo school."""

from collections import Counter

from gradebook.staffing import LoginNames
from students.staff_files import StaffRow

_SUBJECTS = {
    "Ngoại ngữ 1": "tienganh",
    "Tin học": "tinhoc",
    "Giáo dục thể chất": "theduc",
    "Âm nhạc": "amnhac",
    "Mĩ thuật": "mithuat",
}
_OFFICE = {"hiệu trưởng": "hieutruong", "phó hiệu trưởng": "phohieutruong", "văn thư": "vanthu"}


class DemoNames:
    """Log-in names by duty; a homeroom teacher who heads a grade may log in by either duty."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __call__(self, row: StaffRow) -> LoginNames:
        office = _OFFICE.get(row.post.lower())
        if office:
            return LoginNames(office)
        if row.homeroom_class:
            heads = row.post.lower() == "tổ trưởng"
            second = f"khoitruong{row.homeroom_class[0]}" if heads else None
            return LoginNames(f"gvcn.{row.homeroom_class.lower()}", second)
        subject = next(name for key, name in _SUBJECTS.items() if row.subjects[0].startswith(key))
        self._counts[subject] += 1
        return LoginNames(f"gvbm.{subject}.{self._counts[subject]}")
