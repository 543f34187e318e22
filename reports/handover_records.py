"""Biên bản bàn giao: the record of a class on paper, for signatures (TT27 Điều 12; domain.md 1.9)."""

import datetime
from dataclasses import dataclass

from accounts.clock import today
from gradebook.handover_writers import writers_of
from gradebook.handovers import Line, Record
from reports.book_content import Signature
from reports.signatories import read_signatories
from students.models import Enrolment, SchoolClass

TEMPLATE = "reports/print/handover.html"


@dataclass(frozen=True, slots=True)
class Expected:
    """A class of next year in which pupils of this one sit, and that has not received it; "" of no teacher yet."""

    school_class: SchoolClass
    teacher: str


@dataclass(frozen=True, slots=True)
class HandoverPaper:
    """What stands on the paper: of grade 5 to another school, else to the teachers of next year."""

    record: Record
    lines: tuple[Line, ...]
    principal: Signature
    teacher: str
    drawn_on: datetime.date
    homeroom_teacher: str = ""
    expected: tuple[Expected, ...] = ()

    @property
    def title(self) -> str:
        whole = (
            "nghiệm thu, bàn giao kết quả giáo dục học sinh lớp 5" if self.to_another_school else "bàn giao"
        )
        return f"Biên bản {whole} – lớp {self.record.school_class.name}"

    @property
    def in_place_reason(self) -> str:
        """Why somebody else than the homeroom teacher signed; "" where it was that teacher."""
        return self.record.handover.in_place_reason if self.record.handover else ""

    @property
    def to_another_school(self) -> bool:
        return self.record.goes_to_another_school

    @property
    def receiver(self) -> str:
        """Who received the class, where it is one person; of several each is named above with the class.

        Before anybody did, who will: the teacher of the class into which the pupils go up.
        """
        if self.to_another_school:
            return ""
        names = {each.received_by.full_name for each in self.record.receipts}
        if not names:
            up = self.record.school_class.grade_level + 1
            going = {each.teacher for each in self.expected if each.school_class.grade_level == up}
            names = {f"{name} (dự kiến)" if name else "" for name in going}
        return names.pop() if len(names) == 1 else ""

    @property
    def has_many_schools(self) -> bool:
        """Each pupil's line says to which."""
        return self.to_another_school and len(self.record.schools) > 1


def paper_of(record: Record) -> HandoverPaper:
    """`record` is signed. Who repeats grade 5 goes to no other school."""
    school_class = record.school_class
    signatories = read_signatories([school_class.pk])
    writer = writers_of([school_class]).get(school_class.pk)
    return HandoverPaper(
        record=record,
        lines=tuple(line for line in record.lines if not (line.stays and record.goes_to_another_school)),
        principal=signatories.principal(school_class.year, today()),
        teacher=record.handover.signed_by.full_name if record.handover and record.handover.signed_by else "",
        drawn_on=today(),
        homeroom_teacher=writer.full_name if writer else "",
        expected=() if record.goes_to_another_school else _expected(record),
    )


def _expected(record: Record) -> tuple[Expected, ...]:
    """By name. Three statements."""
    seats = Enrolment.objects.filter(
        ended_by=None,
        student__in=[line.student.pk for line in record.lines],
        school_class__year=record.school_class.year_id + 1,
    ).exclude(school_class__in=[each.to_class_id for each in record.receipts])
    found = SchoolClass.objects.filter(pk__in=seats.values("school_class")).order_by("name")
    classes = list(found.select_related("year"))
    signatories = read_signatories([each.pk for each in classes])
    return tuple(
        Expected(each, signatories.homeroom_teacher(each, max(today(), each.year.starts_on)))
        for each in classes
    )


def paper_pdf(paper: HandoverPaper) -> bytes:
    """The record as a PDF."""
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    context = {
        "paper": paper,
        "teacher_title": ("GIÁO VIÊN CHỦ NHIỆM",)
        if not paper.in_place_reason
        else ("THAY GIÁO VIÊN CHỦ NHIỆM", "PHÓ HIỆU TRƯỞNG"),
        "receiver_title": ("ĐẠI DIỆN BÊN NHẬN",) if paper.to_another_school else ("GIÁO VIÊN NHẬN LỚP",),
    }
    return pdf.render(TEMPLATE, context, title=paper.title)
