"""Biên bản kiểm tra: what an inspection looked at and came to, on paper (PLAN IV.1, IV.2; Nghị định 30/2020)."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.timezone import localtime

from accounts.models import Post
from approvals.inspection_pages import (
    CheckedClass,
    FindingLine,
    code_name,
    read_classes,
    with_names,
)
from approvals.inspection_workflow import FindingAct
from approvals.models import Finding, FindingEntry, InspectedPupil, Inspection
from gradebook.regulation import Period
from reports.book_content import Signature
from reports.inspection_draw import Annex, read_annex
from reports.signatories import read_signatories
from students.paper_dates import long_date

TEMPLATE = "reports/print/inspection_minutes.html"


@dataclass(frozen=True, slots=True)
class MinutesLine:
    """A finding with the last answer to it and the conclusion."""

    line: FindingLine
    answer: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """What stands on the paper. `looked_at` names the pupils by class where not all were looked at, `annex` shows how
    the lot fell upon them."""

    inspection: Inspection
    classes: tuple[CheckedClass, ...]
    looked_at: tuple[tuple[str, str], ...]
    lines: tuple[MinutesLine, ...]
    inspector_title: str
    principal: Signature
    annex: Annex | None

    @property
    def title(self) -> str:
        return (
            f"Biên bản {self.inspection.get_kind_display().lower()} hồ sơ số {self.inspection.paper_number}"
        )

    @property
    def place_and_date(self) -> str:
        closed_at = self.inspection.closed_at
        return (
            f"{self.inspection.year.place}, {long_date(localtime(closed_at).date() if closed_at else None)}"
        )

    @property
    def period(self) -> str:
        label = Period(self.inspection.period).label
        return f"{label[:1].lower()}{label[1:]}"

    @property
    def sheets(self) -> str:
        """The sheets by name; all where nothing was left out."""
        return "; ".join(code_name(code) for code in self.inspection.codes)

    @property
    def whole_classes(self) -> str:
        return ", ".join(each.school_class.name for each in self.classes)

    @property
    def teachers(self) -> tuple[str, ...]:
        """Who answers for the findings, each once, to sign."""
        names = (line.line.finding.responsible for line in self.lines)
        return tuple(dict.fromkeys(person.full_name for person in names if person))

    @property
    def is_by_the_principal(self) -> bool:
        return self.inspection.opened_by.full_name == self.principal.name


def read_minutes(inspection: Inspection) -> Minutes:
    """Nine statements, for one that is closed; it comes with its year, who opened it and who closed it. Three more
    where pupils were drawn."""
    findings = list(with_names(Finding.objects.filter(inspection=inspection)))
    said: dict[tuple[int, str], str] = {}
    entries = FindingEntry.objects.filter(finding__inspection=inspection).order_by("id")
    for finding_id, act, text in entries.values_list("finding_id", "act", "text"):
        said[finding_id, act] = text
    classes = read_classes(inspection, findings)
    return Minutes(
        inspection,
        classes,
        _looked_at(inspection),
        tuple(
            MinutesLine(
                FindingLine(each),
                said.get((each.pk, FindingAct.ANSWER), ""),
                said.get((each.pk, FindingAct.CLOSE), ""),
            )
            for each in findings
        ),
        _post_of(inspection),
        read_signatories([]).principal(inspection.year, localtime(inspection.closed_at).date()),
        read_annex(inspection),
    )


def _post_of(inspection: Inspection) -> str:
    """What the inspector was on that day: the highest post."""
    day = localtime(inspection.opened_at).date()
    posts = Post.objects.filter(holder=inspection.opened_by).held_on(day)
    kinds = set(posts.values_list("kind", flat=True))
    return next((str(kind.label) for kind in Post.Kind if kind.value in kinds), "")


def _looked_at(inspection: Inspection) -> tuple[tuple[str, str], ...]:
    rows = InspectedPupil.objects.filter(inspection=inspection).order_by(
        "school_class__grade_level", "school_class__name", "student__sort_key"
    )
    found: dict[str, list[str]] = defaultdict(list)
    for class_name, name, is_drawn in rows.values_list(
        "school_class__name", "student__full_name", "is_drawn"
    ):
        found[class_name].append(name if is_drawn or not inspection.seed else f"{name} (chọn thêm)")
    return tuple((class_name, ", ".join(names)) for class_name, names in found.items())


def minutes_pdf(minutes: Minutes) -> bytes:
    # Only here, so that a web process that prints none does not load the typesetter (40 MB).
    from reports import pdf  # noqa: PLC0415

    context = {"paper": minutes, "inspector": ("NGƯỜI KIỂM TRA",)}
    return pdf.render(TEMPLATE, context, title=minutes.title)
