"""A staff list → people, posts, homerooms and teaching assignments of a year (PLAN III.1; rules R6, R59).

Run again with the same list it changes nothing. Powers follow from what is written here and from its dates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.history import Source, acting, record_bulk
from accounts.models import Post, Team, User
from accounts.separation import WHY, overlapping
from gradebook.class_lines import lines_of_classes
from gradebook.models import SubjectLine, TeachingAssignment
from gradebook.regulation import line_by_name
from gradebook.year_rules import compulsory_lines
from students.models import HomeroomAssignment, SchoolClass, SchoolYear
from students.names import sort_key
from students.staff_files import StaffRow

POSTS = {
    "hiệu trưởng": Post.Kind.PRINCIPAL,
    "phó hiệu trưởng": Post.Kind.VICE_PRINCIPAL,
    "văn thư": Post.Kind.CLERK,
    "tổ trưởng": Post.Kind.GRADE_HEAD,
}


class StaffRefused(Exception):
    """The list cannot be carried out; `lines` name each broken row and its remedy."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class LoginNames:
    """What a person types to log in: a name, and a second one for a second duty."""

    username: str
    second: str | None = None


def prepare_lines(year: SchoolYear) -> None:
    """The compulsory lines of each grade that a year lacks, as the regulation of that year has them (rule R3).

    Within an act; two at once for one year are for the caller to keep apart.
    """
    there = set(SubjectLine.objects.filter(year=year).values_list("grade_level", "code"))
    lacking = [
        SubjectLine(year=year, grade_level=grade, code=line.code)
        for grade, lines in compulsory_lines(year).items()
        for line in lines
        if (grade, line.code) not in there
    ]
    record_bulk(SubjectLine.objects.bulk_create(lacking), changed=False)


def carry_out_staff(
    rows: Sequence[StaffRow],
    year: SchoolYear,
    *,
    names: Callable[[StaffRow], LoginNames],
    password_hash: str,
    source: Source,
) -> None:
    """Creates missing people with the given password hash ("!" for none yet), and the year's assignments.

    Classes and lines must exist. Raises StaffRefused with nothing written.
    """
    with acting(None, role="Quản trị", source=source):
        classes = {each.name: each for each in SchoolClass.objects.filter(year=year)}
        _check(rows, classes, year)
        people = _people(rows, names, password_hash)
        _posts(rows, people, year)
        _homerooms(rows, people, classes, year)
        _teaching(rows, people, classes, year)


def _check(rows: Sequence[StaffRow], classes: dict[str, SchoolClass], year: SchoolYear) -> None:
    broken = []
    clerks, seated = _clerks_and_seated(rows, year)
    for row in rows:
        unknown = [name for name in (*row.classes, row.homeroom_class) if name and name not in classes]
        if unknown:
            broken.append(f"Hàng {row.row}: chưa có lớp {', '.join(unknown)}. Nạp danh sách học sinh trước.")
        strange = [name for name in row.subjects if line_by_name(name) is None]
        if strange:
            broken.append(
                f"Hàng {row.row}: không có môn «{', '.join(strange)}». Ghi tên môn theo chương trình."
            )
        if row.code in clerks & seated:
            broken.append(
                f"Hàng {row.row}: {row.full_name} vừa là văn thư vừa giữ lớp, môn. {WHY}. Bỏ một việc."
            )
    if broken:
        raise StaffRefused(broken)


def _clerks_and_seated(rows: Sequence[StaffRow], year: SchoolYear) -> tuple[set[str], set[str]]:
    """The codes of those who are clerk, and who hold a class or a line: by the list or already. Three statements."""
    codes = [row.code for row in rows]
    on_these_days = overlapping(year.days)
    clerks = {row.code for row in rows if POSTS.get(row.post.lower()) == Post.Kind.CLERK}
    posts = Post.objects.filter(on_these_days, kind=Post.Kind.CLERK, holder__staff_code__in=codes)
    clerks |= set(posts.values_list("holder__staff_code", flat=True))
    seated = {row.code for row in rows if row.homeroom_class or (row.classes and row.subjects)}
    for model in (HomeroomAssignment, TeachingAssignment):
        held = model.objects.filter(on_these_days, teacher__staff_code__in=codes)
        seated |= set(held.values_list("teacher__staff_code", flat=True))
    return clerks, seated


def _people(
    rows: Sequence[StaffRow], names: Callable[[StaffRow], LoginNames], password_hash: str
) -> dict[str, User]:
    known = {each.staff_code: each for each in User.objects.filter(staff_code__in=[row.code for row in rows])}
    teams = teams_of(rows)
    new = [new_person(row, names(row), teams, password_hash) for row in rows if row.code not in known]
    record_bulk(User.objects.bulk_create(new), changed=False, why="Nạp danh sách cán bộ")
    return known | {each.staff_code: each for each in new}


def teams_of(rows: Sequence[StaffRow]) -> dict[str, Team]:
    """The teams that a list names; those that are missing are made."""
    return {
        name: Team.objects.get_or_create(name=name, defaults={"grade_level": _grade(name)})[0]
        for name in sorted({row.team for row in rows if row.team})
    }


def _grade(team: str) -> int | None:
    """Tổ 1 … Tổ 5 are the teachers of a grade; other teams are not."""
    number = team.removeprefix("Tổ ").strip()
    return int(number) if number in {"1", "2", "3", "4", "5"} else None


def new_person(row: StaffRow, login: LoginNames, teams: dict[str, Team], password_hash: str) -> User:
    return User(
        username=login.username,
        second_username=login.second,
        staff_code=row.code,
        full_name=row.full_name,
        sort_key=sort_key(row.full_name),
        birth_date=row.birth_date,
        gender=row.gender,
        phone=row.phone,
        email=row.email,
        team=teams.get(row.team),
        password=password_hash,
    )


def _posts(rows: Sequence[StaffRow], people: dict[str, User], year: SchoolYear) -> None:
    held = set(Post.objects.held_on(year.starts_on).values_list("holder_id", "kind"))
    new = []
    for row in rows:
        kind = POSTS.get(row.post.lower())
        person = people[row.code]
        if kind and (person.pk, kind) not in held:
            team = person.team if kind == Post.Kind.GRADE_HEAD else None
            new.append(Post(holder=person, kind=kind, team=team, starts_on=year.starts_on))
    record_bulk(Post.objects.bulk_create(new), changed=False, why="Nạp danh sách cán bộ")


def _homerooms(
    rows: Sequence[StaffRow], people: dict[str, User], classes: dict[str, SchoolClass], year: SchoolYear
) -> None:
    taken = set(
        HomeroomAssignment.objects.filter(school_class__year=year).values_list("school_class_id", flat=True)
    )
    new = [
        HomeroomAssignment(
            school_class=classes[row.homeroom_class],
            teacher=people[row.code],
            starts_on=year.starts_on,
            ends_on=year.ends_on,
        )
        for row in rows
        if row.homeroom_class and classes[row.homeroom_class].pk not in taken
    ]
    record_bulk(HomeroomAssignment.objects.bulk_create(new), changed=False, why="Nạp danh sách cán bộ")


def _teaching(
    rows: Sequence[StaffRow], people: dict[str, User], classes: dict[str, SchoolClass], year: SchoolYear
) -> None:
    """A teacher answers for those of their subjects that the class has."""
    lines = lines_of_classes([each.pk for each in classes.values()])
    taken = set(TeachingAssignment.objects.filter(line__year=year).values_list("school_class_id", "line_id"))
    new = []
    for row in rows:
        codes = [found.code for name in row.subjects if (found := line_by_name(name))]
        for school_class in (classes[name] for name in row.classes):
            new += [
                TeachingAssignment(
                    school_class=school_class,
                    line=line,
                    teacher=people[row.code],
                    starts_on=year.starts_on,
                    ends_on=year.ends_on,
                )
                for line in lines[school_class.pk]
                if line.code in codes and (school_class.pk, line.pk) not in taken
            ]
    record_bulk(TeachingAssignment.objects.bulk_create(new), changed=False, why="Nạp danh sách cán bộ")
