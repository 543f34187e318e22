"""The dry run of a pupil list as its page shows it: errors first, then each row with what it would do."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from accounts.clock import today
from students.cell_values import Problem
from students.conversions import conversions, has_default_nationality, is_measured_on_import
from students.field_changes import FieldChange, NewField, new_fields
from students.import_forms import DEED_WORDS
from students.models import Enrolment, SchoolYear, Student
from students.roster_plans import Deed, PlannedRow, RosterPlan
from students.roster_row import RosterRow

_KINDS = {Deed.REFUSE: "refused", Deed.CREATE: "open", Deed.CHANGE: "waiting", Deed.KEEP: "neutral"}
LEFT_OUT, REMARKED, CONVERTED = "left-out", "remarked", "converted"
_MARK_WORDS = {LEFT_OUT: "Có ô bỏ qua", REMARKED: "Có lưu ý", CONVERTED: "Có điều ghi khác tệp"}
_ICONS = {Deed.CREATE: "plus-lg", Deed.CHANGE: "pencil"}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence on a row, with the cell that it speaks of.

    An error keeps the whole file out; what `is_left_out` stays out alone.
    """

    cell: str
    text: str
    is_error: bool
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One row of the dry run; `seat` is the class the pupil gets a seat in, "" when nothing is added.

    `conversions` say what is kept otherwise than the file has it; `new` is the row of a pupil who would be created.
    `row` is Excel's number; `name` is "" where no pupil could be read. `pupil` is the stored pupil of a refused row,
    whose movements the clerk may have to record first.
    """

    place: str
    row: int
    name: str
    birth: str
    class_name: str
    deed: Deed
    seat: str = ""
    changes: tuple[FieldChange, ...] = ()
    conversions: tuple[str, ...] = ()
    new: RosterRow | None = None
    remarks: tuple[Remark, ...] = ()
    pupil: int | None = None

    @property
    def marks(self) -> set[str]:
        """What the row is found by beside its deed."""
        return {
            *(LEFT_OUT for each in self.remarks if each.is_left_out),
            *(REMARKED for each in self.remarks if not each.is_error),
            *(CONVERTED for _each in self.conversions),
        }

    @property
    def fields(self) -> list[NewField]:
        """What would be kept of a new pupil. Only the rows of one page are asked."""
        return list(new_fields(self.new, today())) if self.new else []

    @property
    def word(self) -> str:
        return DEED_WORDS[self.deed]

    @property
    def kind(self) -> str:
        return _KINDS[self.deed]

    @property
    def icon(self) -> str:
        return _ICONS.get(self.deed, "")


@dataclass(frozen=True)
class DryRun:
    """What carrying out a list would do, all in all and row by row; `general` is what is wrong as a whole."""

    plan: RosterPlan
    lines: tuple[PlanLine, ...]
    general: tuple[str, ...]
    notes: tuple[str, ...]
    new_classes: str
    missing: dict[str, list[Enrolment]]
    class_names: list[str]
    counts: dict[Deed, int]

    def filtered(self, show: str, class_name: str) -> list[PlanLine]:
        """The lines of one deed or with one mark, of one class; "" for all."""
        return [
            line
            for line in self.lines
            if show in ("", line.deed, *line.marks) and class_name in ("", line.class_name)
        ]

    @cached_property
    def marked(self) -> list[tuple[str, str, int]]:
        """What rows can be found by beside their deed: value, words, how many rows."""
        times = Counter(mark for line in self.lines for mark in line.marks)
        return [(mark, words, times[mark]) for mark, words in _MARK_WORDS.items()]

    @property
    def converted(self) -> int:
        """How many things the button keeps otherwise than the file has them."""
        return sum(len(line.conversions) for line in self.lines)

    @property
    def left_out(self) -> int:
        """How many cells the button leaves out."""
        return sum(remark.is_left_out for line in self.lines for remark in line.remarks)

    @property
    def headline(self) -> str:
        """Exactly what pressing the button does, in a sentence."""
        plan = self.plan
        parts = [
            f"thêm {plan.counts[Deed.CREATE]} học sinh mới" if plan.counts[Deed.CREATE] else "",
            f"sửa hồ sơ hoặc xếp lớp {plan.counts[Deed.CHANGE]} học sinh đã có"
            if plan.counts[Deed.CHANGE]
            else "",
            f"giữ nguyên {plan.counts[Deed.KEEP]} học sinh" if plan.counts[Deed.KEEP] else "",
        ]
        text = ", ".join(filter(None, parts))
        return f"{text[:1].upper()}{text[1:]}." if text else ""


def read_dry_run(plan: RosterPlan, year: SchoolYear) -> DryRun:
    """The page's lines of a plan, those with errors first. No statement."""
    of_rows: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in plan.problems:
        of_rows[problem.sheet, problem.row].append(problem)
    sheets = [*(each.row.sheet for each in plan.rows), *(sheet for sheet, _row in plan.unreadable)]
    places = {sheet: number for number, sheet in enumerate(dict.fromkeys(["", *sheets]))}
    names_sheet = len(places) > 2
    found = [
        *(
            (sheet, _unreadable_line(errors, names_sheet=names_sheet))
            for (sheet, _row), errors in plan.unreadable.items()
        ),
        *(
            (each.row.sheet, _line(each, of_rows[each.row.sheet, each.row.row], names_sheet=names_sheet))
            for each in plan.rows
        ),
    ]
    found.sort(key=lambda pair: (*_urgency(pair[1]), places[pair[0]], pair[1].row))
    lines = tuple(line for _sheet, line in found)
    counts = {deed: plan.counts[deed] for deed in Deed}
    counts[Deed.REFUSE] += len(plan.unreadable)
    return DryRun(
        plan=plan,
        lines=lines,
        general=tuple(map(str, plan.general_errors)),
        notes=tuple(_notes(plan, {(each.row.sheet, each.row.row) for each in plan.rows}, year)),
        new_classes=", ".join(name for name, _grade in plan.new_classes),
        missing=_by_class(plan.missing),
        class_names=sorted({each.row.class_name for each in plan.rows if each.row.class_name}),
        counts=counts,
    )


def _by_class(seats: Iterable[Enrolment]) -> dict[str, list[Enrolment]]:
    found: dict[str, list[Enrolment]] = defaultdict(list)
    for seat in seats:
        found[seat.school_class.name].append(seat)
    return dict(found)


def _urgency(line: PlanLine) -> tuple[bool, bool, int]:
    """Errors first, then what has a remark, then changes, newcomers and what stays; else as in the file."""
    order = (Deed.REFUSE, Deed.CHANGE, Deed.CREATE, Deed.KEEP)
    return (line.deed != Deed.REFUSE, not line.remarks, order.index(line.deed))


def _notes(plan: RosterPlan, rows: set[tuple[str, int]], year: SchoolYear) -> list[str]:
    """Warnings that stand beside no row, and from which day the seats would count."""
    notes = [
        str(problem)
        for problem in plan.problems
        if problem.level == "warning" and (problem.sheet, problem.row) not in rows
    ]
    if plan.enrolled and plan.can_be_carried_out:
        notes.insert(
            0, f"{plan.enrolled} học sinh được xếp vào lớp từ ngày {year.starts_on:%d/%m/%Y} (đầu năm học)."
        )
    return notes + _defaults(plan)


def _defaults(plan: RosterPlan) -> list[str]:
    """What is kept for want of a word in the file, once for all pupils."""
    written = [each for each in plan.rows if each.deed in (Deed.CREATE, Deed.CHANGE)]
    measured = sum(is_measured_on_import(each.row, each.profile, today()) for each in written)
    at_home = sum(has_default_nationality(each.row, each.student) for each in written)
    told = {
        f"không có ngày đo trong tệp: ngày đo chiều cao, cân nặng sẽ là ngày nạp ({today():%d/%m/%Y})": measured,
        f"không có quốc tịch trong tệp: sẽ ghi «{Student().nationality}»": at_home,
    }
    return [f"{count} học sinh {what}." for what, count in told.items() if count]


def _unreadable_line(errors: list[Problem], *, names_sheet: bool) -> PlanLine:
    place = _place(errors[0].sheet, errors[0].row, names_sheet=names_sheet)
    return PlanLine(place, errors[0].row, "", "", "", Deed.REFUSE, remarks=tuple(map(_remark, errors)))


def _place(sheet: str, row: int, *, names_sheet: bool) -> str:
    """Where in the file; the sheet only where there are several."""
    return f"Trang «{sheet}», hàng {row}" if names_sheet else f"Hàng {row}"


def _line(planned: PlannedRow, problems: list[Problem], *, names_sheet: bool) -> PlanLine:
    row = planned.row
    warnings = [problem for problem in problems if problem.level == "warning"]
    return PlanLine(
        place=_place(row.sheet, row.row, names_sheet=names_sheet),
        row=row.row,
        name=row.full_name,
        birth=birth_label(row.birth_day, row.birth_month, row.birth_year),
        class_name=row.class_name,
        deed=planned.deed,
        seat=row.class_name if planned.enrols else "",
        changes=planned.changes,
        conversions=_conversions(planned),
        new=row if planned.deed == Deed.CREATE else None,
        remarks=tuple(_remark(problem) for problem in (*planned.reasons, *warnings)),
        pupil=planned.student.pk if planned.student and planned.deed == Deed.REFUSE else None,
    )


def _conversions(planned: PlannedRow) -> tuple[str, ...]:
    if planned.deed not in (Deed.CREATE, Deed.CHANGE):
        return ()
    return tuple(conversions(planned.row, planned.student))


def birth_label(day: int | None, month: int | None, year: int | None) -> str:
    """05/09/2019, 09/2019 or 2019: as far as it is known (rule R15)."""
    if not year:
        return ""
    return "/".join([*(f"{part:02d}" for part in (day, month) if part), str(year)])


def _remark(problem: Problem) -> Remark:
    heading = f" «{problem.header}»" if problem.header else ""
    cell = f"Ô {problem.column_letter}{problem.row}{heading}" if problem.column_letter and problem.row else ""
    text = problem.message[:1].upper() + problem.message[1:]
    return Remark(cell, text, problem.level == "error", problem.is_left_out)
