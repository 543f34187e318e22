"""The numbers that decisions upon staff and kept documents have in the register of the school's decisions."""

from approvals.models import DocumentVersion, StaffDecision


def numbers_of(year: int) -> list[str]:
    """Of the papers of a calendar year, once for each row. One statement."""
    staff = StaffDecision.objects.filter(dated__year=year).order_by().values_list("number")
    kept = DocumentVersion.objects.filter(dated__year=year).order_by().values_list("number")
    return [number for (number,) in staff.union(kept, all=True)]
