"""What parents check of the school's records: a slip per pupil, and the list that goes round in the class (PLAN IV.5).

The list has only what every parent of the class may read of every child; the slip of a child is for its own parents.
"""

import datetime
from dataclasses import dataclass

from accounts.clock import today
from reports.paper_wishes import Of
from reports.papers import Paper
from reports.signatories import read_signatories
from students.class_records import Slip, read_slips
from students.models import SchoolClass

SLIPS = "reports/print/parent_slips.html"
LIST = "reports/print/parent_list.html"
TEMPLATES = {Of.PARENT_SLIPS: SLIPS, Of.PARENT_LIST: LIST}
CELLS_A_PUPIL = {SLIPS: 100, LIST: 9}
"""A pupil takes as long to be drawn (63 ms, 6 ms) as so many cells."""


@dataclass(frozen=True, slots=True)
class ParentPapers:
    """The pupils of a class, in class order, as their parents are shown them; `printed_by` is a person's name."""

    school_class: SchoolClass
    slips: tuple[Slip, ...]
    teacher: str
    printed_by: str
    drawn_on: datetime.date

    @property
    def place(self) -> str:
        return self.school_class.year.place

    @property
    def due_on(self) -> datetime.date | None:
        """The day by which the papers are back with the teacher, while it is still to come."""
        due = self.school_class.year.records_due_on
        return due if due and due >= self.drawn_on else None

    def title(self, template: str) -> str:
        what = "Phiếu" if template == SLIPS else "Danh sách"
        year = self.school_class.year
        return f"{what} kiểm tra thông tin học sinh lớp {self.school_class.name} năm học {year.label}"


def read_papers(school_class: SchoolClass, *, printed_by: str) -> ParentPapers:
    """Four statements."""
    signatories = read_signatories([school_class.pk])
    return ParentPapers(
        school_class=school_class,
        slips=tuple(read_slips(school_class)),
        teacher=signatories.homeroom_teacher(school_class, school_class.year.day_for_roster()),
        printed_by=printed_by,
        drawn_on=today(),
    )


def parent_paper(papers: ParentPapers, template: str) -> Paper:
    """All slips, each on a page of its own, or the list."""
    context = {
        "papers": papers,
        "teacher_title": ("GIÁO VIÊN CHỦ NHIỆM",),
        "parent_title": ("CHA MẸ (NGƯỜI GIÁM HỘ)",),
    }
    pupils = len(papers.slips)
    return Paper(
        template,
        context,
        title=papers.title(template),
        lines=pupils,
        cells=pupils * CELLS_A_PUPIL[template],
        pupils=pupils,
        told=tuple(each.student.full_name for each in papers.slips),
    )
