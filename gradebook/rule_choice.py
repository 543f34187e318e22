"""Which rule set a year goes by: proposed from its number, changed by the clerk while nobody has worked by it (R1)."""

from accounts import permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from accounts.terms import Problem
from gradebook.models import EntryWindow, SubjectResult, TraitResult
from gradebook.regulation import RULE_SETS, RuleSet
from students.models import SchoolYear
from students.years import hold_year, refuse


def rule_sets_for(year: SchoolYear) -> tuple[RuleSet, ...]:
    """Those that there were when the year began."""
    return tuple(rules for rules in RULE_SETS if rules.first_year <= year.year)


def why_fixed(year: SchoolYear) -> str:
    """What keeps the year's rule set as it is, in words; "" while it can be changed. The database says the same."""
    if EntryWindow.objects.filter(year=year).exists():
        return "Năm học đã có đợt nhập: bộ quy định không đổi được nữa, vì sổ được mở theo bộ này."
    if (
        SubjectResult.objects.filter(line__year=year).exists()
        or TraitResult.objects.filter(year=year).exists()
    ):
        return "Năm học đã có kết quả: bộ quy định không đổi được nữa, vì kết quả được ghi theo bộ này."
    return ""


def choose_rule_set(year: SchoolYear, code: str, *, reason: str, by: User) -> None:
    """The year goes by another rule set from now on. Raises PermissionDenied, YearRefused, YearIsClosed."""
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = hold_year(year)
        named = next((rules for rules in rule_sets_for(held) if rules.code == code), None)
        fixed = why_fixed(held)
        refuse(
            Problem("rule_set", fixed) if fixed else None,
            None if named else Problem("rule_set", "Năm học này không có bộ quy định đó. Chọn bộ khác."),
            Problem("rule_set", "Năm học đang theo bộ này. Chọn bộ khác.") if code == held.rule_set else None,
            None if reason else Problem("reason", "Chưa ghi lí do. Ghi căn cứ, ví dụ số công văn."),
        )
        held.rule_set = code
        held._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's documented name
        held.save(update_fields=["rule_set"])
        act.says(f"Đổi bộ quy định năm học {held.label}. {reason}", thing=f"year:{held.pk}")


def choose_warnings(
    year: SchoolYear, *, level_and_mark: bool, competency_pairs: bool, reason: str, by: User
) -> None:
    """Which odd values are pointed out in the year (R25, R26), from now on. Raises PermissionDenied, YearRefused."""
    permissions.require(by, Action.PREPARE_YEAR)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = hold_year(year)
        before = (held.warns_on_level_and_mark, held.warns_on_competency_pairs)
        refuse(
            Problem("", "Lời nhắc đang đặt như vậy. Chưa có gì để đổi.")
            if before == (level_and_mark, competency_pairs)
            else None,
            None if reason else Problem("reason", "Chưa ghi lí do. Ghi ai quyết định, ở cuộc họp nào."),
        )
        held.warns_on_level_and_mark, held.warns_on_competency_pairs = level_and_mark, competency_pairs
        held._change_reason = reason  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's documented name
        held.save(update_fields=["warns_on_level_and_mark", "warns_on_competency_pairs"])
        act.says(f"Đổi lời nhắc khi nhập của năm học {held.label}. {reason}", thing=f"year:{held.pk}")
