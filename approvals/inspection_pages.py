"""What the pages of inspections show; constant numbers of statements."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, When
from django.shortcuts import get_object_or_404

from accounts import permissions
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest
from approvals.inspection_workflow import (
    FindingState,
    InspectionState,
    Verdict,
    inspection_acts,
)
from approvals.inspections import WHO_INSPECTS, actors_of
from approvals.models import Finding, InspectedClass, InspectedPupil, Inspection
from approvals.open_fixes import is_open_fix
from gradebook.class_lines import lines_of_each, with_lines
from gradebook.regulation import Period, TraitGroup, line_by_code, trait_by_code
from gradebook.sheets import HOMEROOM_CODE, Field
from students.models import SchoolClass

PER_PAGE = 25
INSPECTION_KINDS: Mapping[str, str] = {
    InspectionState.OPEN: "open",
    InspectionState.CLOSED: "ok",
    InspectionState.CANCELLED: "neutral",
}
FINDING_KINDS: Mapping[str, str] = {
    FindingState.NOTED: "neutral",
    FindingState.ASKED: "warning",
    FindingState.ANSWERED: "waiting",
    FindingState.CLOSED: "ok",
}
VERDICT_KINDS: Mapping[str, str] = {
    Verdict.CORRECT: "ok",
    Verdict.FIXED: "ok",
    Verdict.TO_FIX: "warning",
    Verdict.VIOLATION: "refused",
}
_FIELD_WORDS = {
    Field.ATTAINMENT.value: "Mức đạt được",
    Field.MARK.value: "Điểm KTĐK",
    Field.COMMENT.value: "Nhận xét",
    Field.RATING.value: "Mức đạt được",
}


# -- Findings in lines -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as lists and minutes name it; it comes with class, line, student and who answers for it."""

    finding: Finding

    @property
    def sheet(self) -> str:
        """«Toán · Lớp 4A»."""
        return sheet_words(self.finding.school_class, self.finding.line)

    @property
    def about(self) -> str:
        """Pupil and cell; «cả sổ»."""
        if self.finding.student is None:
            return "Cả sổ"
        return f"{self.finding.student.full_name}: {self.cell}"

    @property
    def cell(self) -> str:
        return cell_words(self.finding)

    @property
    def kind(self) -> str:
        return FINDING_KINDS[self.finding.state]

    @property
    def verdict(self) -> str:
        return Verdict(self.finding.verdict).label if self.finding.verdict else ""

    @property
    def verdict_kind(self) -> str:
        return VERDICT_KINDS.get(self.finding.verdict, "neutral")


def sheet_words(school_class: SchoolClass, line: Any) -> str:
    return f"{line.line.name if line else 'Phẩm chất và năng lực'} · Lớp {school_class.name}"


def cell_words(finding: Finding) -> str:
    """«điểm KTĐK»; on the homeroom sheet the trait or its group."""
    words = _FIELD_WORDS[finding.field]
    if finding.line_id is not None:
        return words
    if finding.field == Field.COMMENT:
        return f"{words} {TraitGroup(finding.item).label.lower()}"
    return trait_by_code(finding.item).name


def with_names(findings: Any) -> Any:
    return findings.select_related("inspection", "school_class", "line", "student", "responsible")


# -- The list ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """An inspection in the list, with how its findings stand."""

    inspection: Any

    @property
    def kind(self) -> str:
        return INSPECTION_KINDS[self.inspection.state]

    @property
    def period(self) -> str:
        return Period(self.inspection.period).label


@dataclass(frozen=True, slots=True)
class InspectionList:
    """For the leaders all inspections; for everybody what was found in the own sheets."""

    page: Page | None
    lines: tuple[InspectionLine, ...]
    own: tuple[FindingLine, ...]


def read_list(request: SignedInRequest) -> InspectionList:
    """Two statements for the leaders, one for everybody else."""
    user = request.user
    found = with_names(Finding.objects.filter(responsible=user).exclude(state=FindingState.NOTED))
    own = tuple(FindingLine(each) for each in found.order_by("-id")[:PER_PAGE])
    if not permissions.may(user, Action.SEE_INSPECTION):
        return InspectionList(None, (), own)
    inspections = Inspection.objects.select_related("opened_by", "year").annotate(
        class_count=Count("classes", distinct=True),
        found=Count("findings", distinct=True),
        unfinished=Count("findings", filter=~Q(findings__state=FindingState.CLOSED), distinct=True),
    )
    page = Paginator(inspections.order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    return InspectionList(page, tuple(InspectionLine(each) for each in page.object_list), own)


# -- One inspection ----------------------------------------------------------------------------------------


def get_inspection(user: User, pk: int) -> Inspection:
    """Fetch and check in one call. Raises Http404, PermissionDenied."""
    inspection = get_object_or_404(Inspection.objects.select_related("year", "opened_by", "closed_by"), pk=pk)
    permissions.require(user, Action.INSPECT, WHO_INSPECTS)
    return inspection


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """A sheet of the inspection: its code, short name, and how many findings it has."""

    code: str
    name: str
    found: int


@dataclass(frozen=True, slots=True)
class CheckedClass:
    """A class of the inspection: whom it looks at there, and its sheets."""

    school_class: Any
    pupils: int
    listed: int
    sheets: tuple[CheckedSheet, ...]


@dataclass(frozen=True, slots=True)
class InspectionPage:
    line: InspectionLine
    classes: tuple[CheckedClass, ...]
    findings: tuple[FindingLine, ...]
    acts: tuple[str, ...]

    @property
    def waiting(self) -> int:
        """Findings that are to be concluded still."""
        return sum(each.finding.state != FindingState.CLOSED for each in self.findings)

    @property
    def open_fixes(self) -> tuple[FindingLine, ...]:
        """To be corrected by a request that nobody has filed yet."""
        return tuple(each for each in self.findings if each.finding.is_fix_due)  # type: ignore[attr-defined]  # annotated

    @property
    def sheet_names(self) -> str:
        return ", ".join(code_name(code) for code in self.line.inspection.codes)


def code_name(code: str) -> str:
    return "Phẩm chất, năng lực" if code == HOMEROOM_CODE else line_by_code(code).name


def short_code_name(code: str) -> str:
    return "PC, NL" if code == HOMEROOM_CODE else line_by_code(code).short_name


def read_inspection(user: User, inspection: Inspection) -> InspectionPage:
    """Four statements, whatever the number of classes, sheets and findings."""
    found = Finding.objects.filter(inspection=inspection).annotate(
        is_fix_due=Case(When(is_open_fix(), then=True), default=False)
    )
    findings = tuple(FindingLine(each) for each in with_names(found))
    acts = inspection_acts(InspectionState(inspection.state), actors_of(user, inspection))
    return InspectionPage(
        InspectionLine(inspection),
        read_classes(inspection, [each.finding for each in findings]),
        findings,
        tuple(act.value for act in acts),
    )


def read_classes(inspection: Inspection, findings: Iterable[Finding]) -> tuple[CheckedClass, ...]:
    """Three statements."""
    inside = {each.school_class_id: each for each in InspectedClass.objects.filter(inspection=inspection)}
    classes = list(with_lines(SchoolClass.objects.filter(pk__in=inside).select_related("year")))
    lines = lines_of_each(classes)
    chosen = Counter(
        InspectedPupil.objects.filter(inspection=inspection).values_list("school_class_id", flat=True)
    )
    found = Counter(
        (each.school_class_id, each.line.code if each.line else HOMEROOM_CODE) for each in findings
    )
    return tuple(
        CheckedClass(
            each,
            chosen[each.pk] or len(inside[each.pk].roster),
            len(inside[each.pk].roster),
            tuple(
                CheckedSheet(code, short_code_name(code), found[each.pk, code])
                for code in (*(line.code for line in lines[each.pk]), HOMEROOM_CODE)
                if code in inspection.codes
            ),
        )
        for each in classes
    )
