"""What to look at again in a pupil list that can be carried out: warnings, each at its cell, or of the whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from students.field_changes import (
    puts_in_an_old_ward,
    values_to_write,
)
from students.matching import births_agree, ids_differ
from students.models import Student
from students.movement_plans import confirmed_since
from students.name_doubts import doubts_about_the_name
from students.names import search_key
from students.promotion import doubt_about_the_grade, is_undecided
from students.roster_files import Problem
from students.roster_plans import Deed, PlannedRow, general, new_classes_of, problem_at
from students.roster_row import RosterRow
from students.stored_pupils import StoredPupils

MOST_NAMED = 5


def about_grades(rows: Sequence[PlannedRow], stored: StoredPupils) -> Iterator[Problem]:
    """Who is put into a class though nobody has decided how the last year ended: who stays in the grade, one by one."""
    ahead = []
    for each in rows:
        last = stored.last_classes.get(each.student.pk) if each.student and each.enrols else None
        if last is None:
            continue
        doubt = doubt_about_the_grade(each.row.grade or 0, last, stored.year.pk)
        if doubt:
            yield problem_at(each.row, "class_name", doubt, level="warning")
        elif is_undecided(last, stored.year.pk):
            ahead.append(f"{each.row.full_name} ({last.name})")
    if ahead:
        more = f" và {len(ahead) - MOST_NAMED} em nữa" if len(ahead) > MOST_NAMED else ""
        yield general(
            f"{len(ahead)} học sinh lên khối trên khi kết quả lên lớp năm trước chưa được phê duyệt: "
            f"{', '.join(ahead[:MOST_NAMED])}{more}. Kết quả làm trong phần mềm này thì đợi phê duyệt, rồi xếp ở trang "
            "«Xếp lớp năm mới»; đã có quyết định ngoài phần mềm thì cứ nạp.",
            level="warning",
        )


def about_months(rows: Sequence[PlannedRow], stored: StoredPupils) -> Iterator[Problem]:
    """Months whose head count changes after they were confirmed, for a list seats from the year's first day."""
    classes = {each.row.class_name for each in rows if each.enrols} & stored.classes.keys()
    if classes:
        for told in confirmed_since(
            [stored.classes[name] for name in sorted(classes)], stored.year.starts_on
        ):
            yield general(told, level="warning")


def about_names(rows: Sequence[PlannedRow]) -> Iterator[Problem]:
    """A warning for each name that would be written and looks wrong."""
    for each in rows:
        if each.deed in (Deed.CREATE, Deed.CHANGE):
            name = values_to_write(each.row, each.student or Student()).get("full_name", "")
            for doubt in doubts_about_the_name(each.row, each.student, name):
                yield problem_at(each.row, "full_name", doubt, level="warning")


def about_look_alikes(rows: Sequence[PlannedRow]) -> Iterator[Problem]:
    """A warning for each new pupil who may be the one of another row: one name, tones aside, no other birth date."""
    called: dict[str, list[PlannedRow]] = defaultdict(list)
    for each in rows:
        if each.deed != Deed.REFUSE:
            called[search_key(each.row.full_name)].append(each)
    for alike in called.values():
        for each in alike:
            same = _look_alike(each.row, alike) if each.deed == Deed.CREATE else None
            if same:
                message = (
                    f"tên chỉ khác dấu, ngày sinh không khác với hàng {same.row} ({same.full_name}). Nếu là một học "
                    "sinh thì bỏ một trong hai hàng."
                )
                yield problem_at(each.row, "full_name", message, level="warning")


def _look_alike(row: RosterRow, alike: Sequence[PlannedRow]) -> RosterRow | None:
    others = (each.row for each in alike if each.row is not row)
    return next((each for each in others if births_agree(row, each) and not ids_differ(row, each)), None)


def about_wards(rows: Sequence[PlannedRow]) -> Iterator[Problem]:
    """A warning for each permanent address of before 1/7/2025 whose ward has become several: it is taken as it is."""
    for each in rows:
        if each.deed != Deed.REFUSE and puts_in_an_old_ward(each.row, each.student or Student()):
            name = each.row.permanent_ward or each.row.permanent_district
            field = "permanent_ward" if "permanent_ward" in each.row.places else "permanent"
            message = (
                f"nơi thường trú ghi theo địa danh cũ «{name}», nay thuộc nhiều xã (phường) khác nhau: được ghi "
                "theo tên cũ (ba cấp) cho đến khi chọn xã (phường) hiện nay trong hồ sơ của học sinh."
            )
            yield problem_at(each.row, field, message, level="warning")


def about_classes(rows: Sequence[PlannedRow], stored: StoredPupils) -> Iterator[Problem]:
    """A warning for each new class whose name does not begin with its grade: names are free, but often mistyped."""
    for name, grade in new_classes_of(rows, stored):
        if not name.startswith(str(grade)):
            yield general(
                f"lớp mới «{name}» thuộc khối {grade} nhưng tên không bắt đầu bằng số {grade}. Nếu ghi nhầm thì "
                "sửa tên lớp trong tệp; nếu trường đặt tên như vậy thì cứ nạp.",
                level="warning",
            )
