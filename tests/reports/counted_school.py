"""A school whose statistics can be counted by hand: GHKI of Toán and of «Yêu nước» in 4A and 4B, nothing in 1A.

4A  An     boy   Kinh            T 10   T
    Bình   girl  Tày             H  6   Đ
    Châu   boy   Kinh, disabled  C  4   C
    Dũng   girl  Kinh            T  9   T
    Đức    boy   Mường           –  –   –
4B  An     boy   Kinh            T  8   T
    Bình   girl  Kinh            H  5   Đ
    Châu   boy   Kinh            T  7   T
1A  An     boy   Kinh
    Bình   girl  Kinh
"""

from accounts.history import Source, acting, record_bulk
from gradebook.models import SubjectResult, TraitResult
from gradebook.regulation import Period
from reports.figures import Figure
from reports.statistics_page import Page, read_page
from reports.statistics_scope import read_asked
from students.models import Enrolment, SchoolClass, Student
from tests.gradebook.school import School, certify, make_school, open_window
from tests.pupils import rewrite

TOAN = {"4A": (("T", 10), ("H", 6), ("C", 4), ("T", 9), ("", None)), "4B": (("T", 8), ("H", 5), ("T", 7))}
YEU_NUOC = {"4A": ("T", "Đ", "C", "T", ""), "4B": ("T", "Đ", "T")}


def pupils_of(school_class: SchoolClass) -> list[Student]:
    return [seat.student for seat in Enrolment.objects.roster(school_class)]


def counted_school() -> School:
    school = make_school()
    open_window(school)
    certify(school.pupils[2])
    rewrite(Student.objects.all(), ethnic_code="01")
    for place, code in ((1, "02"), (4, "06")):
        rewrite(Student.objects.filter(pk=school.pupils[place].pk), ethnic_code=code)
    enter_all(school, Period.MID_TERM_1)
    return school


def enter_all(school: School, period: Period) -> None:
    """The values above, at a period."""
    subjects, traits = [], []
    for school_class in (school.class_4a, school.class_4b):
        pupils = pupils_of(school_class)
        for pupil, (level, mark), rating in zip(
            pupils, TOAN[school_class.name], YEU_NUOC[school_class.name], strict=True
        ):
            where = {"student": pupil, "period": period}
            line = school.lines[4, "TOAN"]
            subjects.append(SubjectResult(line=line, attainment=level, mark=mark, **where))
            traits.append(TraitResult(year=school.year, item="yeu_nuoc", rating=rating, **where))
    with acting(None, role="Kiểm thử", source=Source.SYSTEM):
        record_bulk(SubjectResult.objects.bulk_create(subjects), changed=False)
        record_bulk(TraitResult.objects.bulk_create(traits), changed=False)


def page(school: School, matter: str = "muc-dat-duoc", **query: str) -> Page:
    """As the principal reads it, of GHKI unless told otherwise."""
    asked = read_asked(school.bich, matter, {"period": "GHKI", **query})
    return read_page(asked, span=query.get("span", ""))


def figures(found: Page, row: str, *columns: str) -> list[Figure]:
    """«T» is the number of all pupils with T, «nu.T» that of girls, «T%» the share."""
    return [found.table.figure(row, _key(each)) for each in columns]


def _key(name: str) -> str:
    kind = "pct" if name.endswith("%") else "sl"
    group, _dot, column = name.rstrip("%").rpartition(".")
    return f"{group or 'tat-ca'}.{column.lower()}.{kind}"
