"""Who logs in as what in the demo school."""

from collections import Counter

from gradebook.staffing import LoginNames
from students.staff_files import StaffRow

PASSWORD = "kimdong.trinhdien"  # noqa: S105 - printed on purpose: invented people, demo mode only

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


ACCOUNT_TABLE = """\
  Vai trò                        Tên đăng nhập
  Hiệu trưởng                    hieutruong
  Phó Hiệu trưởng                phohieutruong
  Văn thư                        vanthu
  Tổ (khối) trưởng               khoitruong1 … khoitruong5 (cũng là gvcn.1a … gvcn.5a)
  Giáo viên chủ nhiệm            gvcn.1a, gvcn.1b, … gvcn.5g (30 lớp: A B C D E G)
  Giáo viên Tiếng Anh            gvbm.tienganh.1 … 5
  Giáo viên Tin học              gvbm.tinhoc.1 … 3
  Giáo viên Giáo dục thể chất    gvbm.theduc.1 … 5
  Giáo viên Âm nhạc, Mĩ thuật    gvbm.amnhac.1 … 3, gvbm.mithuat.1 … 3"""
