"""Slips on which parents and children agree or not to what the school may do with their data (Luật 91/2025 Điều 9, 10,
24; rule R66): one a pupil, each purpose in the words in force, nothing ticked beforehand.
"""

import datetime
from dataclasses import dataclass

from accounts.clock import today
from approvals.data_consents import child_is_asked
from approvals.data_purposes import purposes_to_agree_to
from approvals.data_rules import LAW
from approvals.models import ProcessingPurpose
from reports.papers import Paper
from students.models import Enrolment, SchoolClass, Student

TEMPLATE = "reports/print/consent_slips.html"
CELLS_A_PUPIL = 100
"""A pupil takes as long to be drawn (66 ms, of four purposes) as so many cells."""


@dataclass(frozen=True, slots=True)
class ConsentSlip:
    """The slip of one pupil; `number` is the place in the class. `asks_child`: whether the child is 7 and signs too."""

    number: int
    student: Student
    asks_child: bool


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A purpose in the words in force, as sentences: who wrote them may have ended them with a full stop, or not."""

    title: str
    lines: tuple[str, ...]
    ground: str


@dataclass(frozen=True, slots=True)
class ConsentSlips:
    """The slips of a class, in class order; `printed_by` is a person's name."""

    school_class: SchoolClass
    purposes: tuple[AskedFor, ...]
    slips: tuple[ConsentSlip, ...]
    printed_by: str
    drawn_on: datetime.date

    @property
    def title(self) -> str:
        year = self.school_class.year
        return f"Phiếu đồng ý xử lí dữ liệu cá nhân lớp {self.school_class.name} năm học {year.label}"


def read_consent_slips(school_class: SchoolClass, *, printed_by: str) -> ConsentSlips:
    """Of the pupils who sit in the class today, with the year at hand. Two statements."""
    day = today()
    seats = Enrolment.objects.filter(school_class=school_class).held_on(school_class.year.day_for_roster())
    pupils = [seat.student for seat in seats.select_related("student").in_class_order()]
    return ConsentSlips(
        school_class=school_class,
        purposes=tuple(map(_asked_for, purposes_to_agree_to())),
        slips=tuple(
            ConsentSlip(number, pupil, child_is_asked(pupil, day)) for number, pupil in enumerate(pupils, 1)
        ),
        printed_by=printed_by,
        drawn_on=day,
    )


def _asked_for(purpose: ProcessingPurpose) -> AskedFor:
    return AskedFor(
        purpose.title,
        (
            _sentence(f"Dữ liệu: {purpose.categories}"),
            _sentence(f"Ai nhận: {purpose.recipients}"),
            _sentence(f"Lưu: {purpose.kept_for}"),
        ),
        f"{_sentence(f'Căn cứ: {purpose.basis}')} Lời áp dụng từ ngày {purpose.starts_on:%d/%m/%Y}.",
    )


def _sentence(words: str) -> str:
    return f"{words.rstrip(' .')}."


def consent_paper(slips: ConsentSlips) -> Paper:
    """Each slip on a page of its own."""
    pupils = len(slips.slips)
    context = {
        "slips": slips,
        "law": LAW,
        "parent_title": ("NGƯỜI ĐẠI DIỆN",),
        "child_title": ("HỌC SINH",),
    }
    return Paper(
        TEMPLATE,
        context,
        title=slips.title,
        lines=pupils,
        cells=pupils * CELLS_A_PUPIL,
        pupils=pupils,
        told=tuple(each.student.full_name for each in slips.slips),
        unit="tờ",
    )
