"""The acts on a decision on results: the office drafts it, the principal issues and withdraws it (PLAN IV.1; R46, R48).

Each asks WHO, holds the year, asks the table of `decision_rules`, and leaves its trace in the same transaction.
"""

import datetime

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from gradebook.decision_lists import classes_of, read_draft
from gradebook.decision_rules import DecisionAct, DecisionActor, DecisionKind, DecisionState, target_of
from gradebook.grading import says_something
from gradebook.models import ResultsDecision, ResultsDecisionLine
from gradebook.number_register import hold_numbers, number_problem
from gradebook.paper_numbers import tidied
from students.models import SchoolClass, SchoolYear
from students.years import hold_year

WHO_DRAFTS = "Quyết định về kết quả năm học do văn thư, Ban giám hiệu soạn."
WHO_ISSUES = "Chỉ Hiệu trưởng (hoặc người được giao thay) ban hành, thu hồi quyết định về kết quả năm học."


class PaperRefused(Exception):
    """Nothing was written; `problems` has every reason as (form's field or "", sentence), at least one."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__(" ".join(sentence for _field, sentence in problems))
        self.problems = problems


def draft_decision(
    kind: str,
    year: SchoolYear,
    school_class: SchoolClass | None = None,
    *,
    by: User,
    source: Source = Source.PAGE,
) -> ResultsDecision:
    """A draft of the whole school, or of one class; the one there is already, of the same kind and scope.

    Raises PermissionDenied, YearIsClosed.
    """
    permissions.require(by, Action.DRAFT_DECISIONS, WHO_DRAFTS)
    with acting(by, role=permissions.post_label(by), source=source) as act:
        hold_year(year)
        wanted = {"kind": kind, "year": year, "school_class": school_class}
        known = ResultsDecision.objects.filter(**wanted, state=DecisionState.DRAFT).first()
        if known:
            return known
        decision = ResultsDecision.objects.create(**wanted, drafted_by=by, drafted_at=clock.now())
        title = DecisionKind(kind).label
        act.says(f"Soạn quyết định: {title}, {decision.scope}", thing=f"decision:{decision.pk}")
    return decision


def issue_decision(
    decision: ResultsDecision, *, number: str, dated: datetime.date, by: User, source: Source = Source.PAGE
) -> ResultsDecision:
    """Draft → issued: its lists are written down as they stand and stay so.

    Raises PermissionDenied, YearIsClosed; PaperRefused before the principal has approved every class in scope, with
    nobody on the lists, with a number that is none or in use, or a day before the approval or after today.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, WHO_ISSUES)
    with acting(by, role=permissions.post_label(by), source=source, under=number):
        hold_numbers()
        decision = _moved(decision, DecisionAct.ISSUE, DecisionActor.PRINCIPAL)
        scope = [each.pk for each in classes_of(decision)]
        # Nobody re-opens a pupil's result while the lists are read.
        list(
            SchoolClass.objects.select_for_update(no_key=True).filter(pk__in=scope).order_by("pk").only("pk")
        )
        draft = read_draft(decision)
        problems = [
            *(("", problem) for problem in draft.problems),
            *_paper_problems(number=number, dated=dated, approved_on=draft.approved_on),
        ]
        if problems:
            raise PaperRefused(*problems)
        ResultsDecisionLine.objects.bulk_create(
            ResultsDecisionLine(
                decision=decision,
                part=line.part,
                position=position,
                student=line.student,
                school_class=line.school_class,
                words=list(line.words),
                replaces=line.replaces,
                is_struck=line.is_struck,
            )
            for position, line in enumerate(draft.to_issue, start=1)
        )
        decision.number, decision.dated = tidied(number), dated
        decision.issued_by, decision.issued_at = by, clock.now()
        decision.save()
    return decision


def drop_draft(decision: ResultsDecision, *, by: User) -> ResultsDecision:
    """Draft → dropped. Raises PermissionDenied, YearIsClosed, PaperRefused."""
    permissions.require(by, Action.DRAFT_DECISIONS, WHO_DRAFTS)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        decision = _moved(decision, DecisionAct.DROP, DecisionActor.OFFICE)
        decision.save()
        act.says(f"Bỏ dự thảo: {decision.title}, {decision.scope}", thing=f"decision:{decision.pk}")
    return decision


def withdraw_decision(decision: ResultsDecision, *, reason: str, by: User) -> ResultsDecision:
    """Issued → withdrawn: its pupils are on no decision any more, and can come on another; what it had replaced in an
    earlier one is in force again.

    Raises PermissionDenied, YearIsClosed, PaperRefused: of one that amends others, too, while a later one amends the
    same lines, for what it had replaced would come back behind the later one.
    """
    permissions.require(by, Action.APPROVE_OUTCOMES, WHO_ISSUES)
    if not says_something(reason):
        raise PaperRefused(("reason", "Ghi lí do thu hồi, ít nhất 3 chữ cái hoặc chữ số."))
    with acting(by, role=permissions.post_label(by), source=Source.PAGE, under=decision.number):
        hold_numbers()
        decision = _moved(decision, DecisionAct.WITHDRAW, DecisionActor.PRINCIPAL)
        later = ResultsDecision.objects.filter(
            state=DecisionState.ISSUED,
            lines__replaces__decision=decision,
            lines__replaces__replaces__isnull=False,
        ).first()
        if later is not None:
            why = f"{later.dated_label} đã thay thế tiếp nội dung của quyết định này: thu hồi quyết định đó trước."
            raise PaperRefused(("", why))
        decision.withdrawn_by, decision.withdrawn_at = by, clock.now()
        decision.withdrawn_for = " ".join(reason.split())
        decision.save()
    return decision


def _moved(decision: ResultsDecision, act: DecisionAct, actor: DecisionActor) -> ResultsDecision:
    """The decision held, the year too, with the state the act leads to; not yet saved."""
    hold_year(decision.year)
    taken = (
        ResultsDecision.objects.select_for_update(of=("self",))
        .select_related("year", "school_class")
        .get(pk=decision.pk)
    )
    target = target_of(DecisionState(taken.state), act, frozenset({actor}))
    if target is None:
        label = DecisionState(taken.state).label
        raise PaperRefused(("", f"{taken.label} nay ở trạng thái «{label}», không làm được việc này nữa."))
    taken.state = target
    return taken


def _paper_problems(
    *, number: str, dated: datetime.date, approved_on: datetime.date | None
) -> list[tuple[str, str]]:
    problems = []
    if wrong := number_problem(number, dated):
        problems.append(("number", wrong))
    if dated > clock.today():
        problems.append(("dated", "Ngày kí chưa tới. Ghi ngày hôm nay hoặc ngày đã kí."))
    if approved_on and dated < approved_on:
        problems.append(
            (
                "dated",
                f"Ngày kí trước ngày phê duyệt kết quả ({approved_on:%d/%m/%Y}). Ghi từ ngày đó trở đi.",
            )
        )
    return problems
