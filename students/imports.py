"""A clerk's pupil list → what it would do, row by row → done, all or nothing (PLAN IV.3; rules R14, R85, R87).

`roster_planning.plan_roster` writes nothing and says for each row what would be created, changed, kept or refused;
`carry_out_roster` plans anew inside its transaction and writes only a plan without errors. Both take the same
number of statements whatever the length of the list. Movements (coming, leaving, changing class in the year) are
not written from a list: a row that would be one is refused.
"""

from collections.abc import Callable, Sequence

from accounts import permissions
from accounts.clock import today
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from students.field_changes import (
    COPIED,
    OF_YEAR,
    values_to_write,
    year_changes,
)
from students.models import SchoolClass, SchoolYear, Student, YearProfile
from students.movements import Seat, enrol_many, lock_year
from students.names import search_key, sort_key
from students.roster_files import RosterFile
from students.roster_planning import plan_roster
from students.roster_plans import RosterPlan
from students.seating import FROM_ELSEWHERE

WRITTEN = (*COPIED, "sort_key", "search_key")
WHY = "Nạp danh sách học sinh"
STEPS = (
    "Đọc tệp",
    "Đối chiếu với hồ sơ đã lưu",
    "Ghi hồ sơ học sinh",
    "Xếp học sinh vào lớp",
)
"""What carrying out a list consists of, in order; `progressed` is told the place of each as it begins."""


class RosterRefused(Exception):
    """The file cannot be carried out; `plan` lists every broken row."""

    def __init__(self, plan: RosterPlan) -> None:
        super().__init__("Tệp còn dòng lỗi, chưa ghi dòng nào. Sửa các dòng đã nêu rồi nạp lại.")
        self.plan = plan


class RosterChanged(Exception):
    """The file would now do something else than was previewed; `plan` is what it would do now."""

    def __init__(self, plan: RosterPlan) -> None:
        super().__init__("Dữ liệu của trường đã thay đổi từ lúc xem trước, nên chưa ghi gì.")
        self.plan = plan


def carry_out_roster(
    file: RosterFile,
    year: SchoolYear,
    *,
    by: User,
    source: Source = Source.EXCEL,
    previewed: str | None = None,
    under: str = "",
    progressed: Callable[[int], None] = lambda _step: None,
) -> RosterPlan:
    """Creates and changes pupils, opens the file's new classes and enrols, with history; the clerk alone.

    `previewed` is the fingerprint of the plan that was shown; without it whatever the file does is done.
    `under` names the upload in the audit chain. Returns the plan carried out. Raises PermissionDenied;
    RosterRefused and RosterChanged with nothing written.
    """
    permissions.require(by, Action.IMPORT_ROSTERS, "Chỉ văn thư nạp danh sách học sinh theo đơn vị lớp học.")
    with acting(by, role="Văn thư", source=source, under=under) as act:
        # Two imports of one year come one after the other: the second plans on what the first has written.
        lock_year(year)
        progressed(1)
        plan = plan_roster(file, year, lock=True)
        if not plan.can_be_carried_out:
            raise RosterRefused(plan)
        if previewed is not None and previewed != plan.fingerprint:
            raise RosterChanged(plan)
        progressed(2)
        _create_classes(plan, year)
        students = _write_students(plan)
        _write_profiles(plan, students, year)
        progressed(3)
        _enrol(plan, students, year, by)
        act.says(f"Nạp danh sách {len(plan.rows)} học sinh năm học {year.label}", thing=under)
    return plan


def _create_classes(plan: RosterPlan, year: SchoolYear) -> None:
    rows = [SchoolClass(year=year, name=name, grade_level=grade) for name, grade in plan.new_classes]
    record_bulk(SchoolClass.objects.bulk_create(rows), changed=False, why=WHY)


def _write_students(plan: RosterPlan) -> list[Student]:
    """The pupil of each planned row, in the plan's order, written in bulk."""
    students = [each.student or Student() for each in plan.rows]
    for each, student in zip(plan.rows, students, strict=True):
        for name, value in values_to_write(each.row, student).items():
            setattr(student, name, value)
        student.sort_key = sort_key(student.full_name)
        student.search_key = search_key(student.full_name)
    new = [student for student in students if student.pk is None]
    changed = [student for each, student in zip(plan.rows, students, strict=True) if each.changes]
    record_bulk(Student.objects.bulk_create(new), changed=False, why=WHY)
    # The rows exist and are locked: the conflict on the key turns one statement into an update of them all.
    Student.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=list(WRITTEN)
    )
    record_bulk(changed, changed=True, why=WHY)
    return students


def _write_profiles(plan: RosterPlan, students: Sequence[Student], year: SchoolYear) -> None:
    """What the rows give of the pupils' year; a size without a day was measured today."""
    new: list[YearProfile] = []
    changed: list[YearProfile] = []
    for each, student in zip(plan.rows, students, strict=True):
        profile = each.profile or YearProfile(student=student, year=year)
        values = year_changes(each.row, profile, today())
        if values:
            for name, value in values.items():
                setattr(profile, name, value)
            (changed if profile.pk else new).append(profile)
    record_bulk(YearProfile.objects.bulk_create(new), changed=False, why=WHY)
    YearProfile.objects.bulk_update(changed, OF_YEAR)
    record_bulk(changed, changed=True, why=WHY)


def _enrol(plan: RosterPlan, students: Sequence[Student], year: SchoolYear, by: User) -> None:
    """Gives those who have no seat in the year one in the class of their row."""
    named = SchoolClass.objects.filter(year=year, name__in={each.row.class_name for each in plan.rows})
    classes = {each.name: each for each in named}
    seats = [
        Seat(student, classes[each.row.class_name], from_elsewhere=each.row.status == FROM_ELSEWHERE)
        for each, student in zip(plan.rows, students, strict=True)
        if each.enrols
    ]
    enrol_many(seats, year=year, by=by, why=WHY)
