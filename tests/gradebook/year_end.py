"""1A at the end of its year: every cell of the year's end filled at once, and the chain up to the principal."""

from accounts import clock
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from gradebook.models import SubjectLine, SubjectResult, TeachingAssignment, TraitResult
from gradebook.outcomes import approve_outcomes
from gradebook.regulation import Period
from gradebook.sheets import SheetRef
from gradebook.year_end_steps import Saying, complete_class, confirm_class, review_class, say_of_pupil
from students.models import Enrolment
from tests.gradebook.school import School, make_school

GROUPS = ("quality", "general", "specific")


def ended_school() -> School:
    """Of 1A's two pupils the first has all T and 10, the second all T and 8; cô Ngọc teaches Toán and leads."""
    return with_its_year_ended(make_school())


def with_its_year_ended(school: School) -> School:
    """As above; `pupils` are those of 1A from here on."""
    school.pupils = [seat.student for seat in Enrolment.objects.roster(school.class_1a)]
    fill(school, dict(zip((pupil.pk for pupil in school.pupils), (10, 8), strict=True)))
    return school


def fill(school: School, marks: dict[int, int], period: Period = Period.YEAR_END) -> None:
    """Everything that 1A's sheets of a time want, of these pupils."""
    subjects, traits = [], []
    for line in SubjectLine.objects.filter(year=school.year, grade_level=1):
        has_mark = SheetRef(school.class_1a, line, period).has_mark
        subjects += [
            SubjectResult(
                student_id=pupil,
                line=line,
                period=period,
                attainment="T",
                mark=mark if has_mark else None,
                comment="Em học tốt.",
            )
            for pupil, mark in marks.items()
        ]
    for column in SheetRef(school.class_1a, None, period).columns():
        what = {"comment": "Em ngoan."} if column.item in GROUPS else {"rating": "T"}
        traits += [
            TraitResult(student_id=pupil, year=school.year, period=period, item=column.item, **what)
            for pupil in marks
        ]
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        record_bulk(SubjectResult.objects.bulk_create(subjects), changed=False)
        record_bulk(TraitResult.objects.bulk_create(traits), changed=False)


def put(school: School, pupil, code: str, *, period: str = Period.YEAR_END, **values) -> None:
    """Values as a correction would leave them."""
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        if (1, code) in school.lines:
            line = school.lines[1, code]
            SubjectResult.objects.update_or_create(student=pupil, line=line, period=period, defaults=values)
        else:
            TraitResult.objects.update_or_create(
                student=pupil, year=school.year, item=code, period=period, defaults=values
            )


def teach(school: School, code: str) -> None:
    """Cô Ngọc also teaches this line in 1A."""
    TeachingAssignment.objects.create(
        school_class=school.class_1a,
        line=school.lines[1, code],
        teacher=school.ngoc,
        starts_on=school.year.starts_on,
    )
    school.ngoc = User.objects.get(pk=school.ngoc.pk)


def say(school: School, pupil, *, seen: int = 0, **what):
    return say_of_pupil(school.class_1a, pupil, Saying(**what), seen=seen, by=school.ngoc)


def complete(school: School) -> None:
    complete_class(school.class_1a, by=school.ngoc)


def review(school: School) -> None:
    review_class(school.class_1a, by=school.hoa)


def confirm(school: School) -> int:
    return confirm_class(school.class_1a, by=school.ngoc)


def approve(school: School):
    """Outcomes by the pupil's id."""
    made = approve_outcomes(school.class_1a, by=school.bich, on=clock.today())
    return {outcome.student_id: outcome for outcome in made}


def go_through(school: School):
    """From confirmed to approved."""
    complete(school)
    review(school)
    return approve(school)
