"""The audit trail: what was changed of a pupil, in a class, by a person, on a day, whatever the path of the change.

Read from the chain that the database writes (`accounts.audit_chain`), so raw SQL stands here like everything else.
Pages hold LINES_PER_PAGE lines, the next begins where the last ended, nothing is counted; a page costs one statement
for its entries and one for each kind of thing that they name, whatever the length of the chain.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.clock import moment_label
from accounts.models import AuditEntry, User
from accounts.tables import Heading, Value
from approvals import audit_words
from approvals.data_purposes import Wordings, read_wordings
from approvals.models import Consent, CorrectionRequest
from approvals.request_timeline import act_of
from gradebook.models import SubjectLine
from gradebook.paper_numbers import request_label
from gradebook.sheets import HOMEROOM_CODE
from students.models import Enrolment, SchoolClass, Student

LINES_PER_PAGE: Final = 50
MOST_EXPORTED: Final = 20_000
HEADINGS: Final = (
    Heading("Dòng", 10),
    Heading("Thời điểm", 20),
    Heading("Người làm", 26),
    Heading("Với tư cách", 24),
    Heading("Đường ghi", 20),
    Heading("Theo", 16),
    Heading("Việc", 14),
    Heading("Ở đâu", 30),
    Heading("Của ai, cái gì", 44),
    Heading("Thay đổi", 80),
)
PARTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "marks": (
        "Điểm, mức, nhận xét",
        ("gradebook_subjectresult", "gradebook_traitresult", "gradebook_doubtanswer"),
    ),
    "outcomes": (
        "Kết quả năm học, khen thưởng",
        (
            "gradebook_yearoutcome",
            "gradebook_pupilyearend",
            "gradebook_classyearend",
            "gradebook_commendation",
            "gradebook_oldyearrecord",
            "gradebook_oldyearline",
        ),
    ),
    "pupils": (
        "Hồ sơ, lớp, biến động",
        (
            *("students_student", "students_yearprofile", "students_enrolment", "students_movement"),
            *("students_schoolclass", "students_nextschool", "students_rosterupload"),
        ),
    ),
    "attendance": ("Điểm danh", ("students_rollcall", "students_absence", "students_attendancemonth")),
    "corrections": (
        "Phiếu đề nghị sửa",
        ("approvals_correctionrequest", "approvals_correctionitem", "approvals_evidence"),
    ),
    "orders": (
        "Lệnh, đợt nhập",
        (
            *("gradebook_entryorder", "gradebook_entrywindow", "gradebook_windowcut"),
            *("gradebook_orderexecution", "gradebook_orderreading"),
            *("gradebook_entrynotice", "gradebook_entrynoticerecipient"),
        ),
    ),
    "people": (
        "Tài khoản, chức vụ, phân công, quyền",
        (
            *(
                "accounts_user",
                "accounts_post",
                "accounts_grant",
                "accounts_groupmembership",
                "accounts_team",
            ),
            *("guardian_userobjectpermission", "guardian_groupobjectpermission", "accounts_trainingrecord"),
            *("students_homeroomassignment", "gradebook_teachingassignment", "accounts_passwordrotation"),
        ),
    ),
    "prints": ("Bản in, bản báo cáo", ("reports_printjob", "reports_keptreport")),
    "personal_data": (
        "Dữ liệu cá nhân, thời hạn lưu",
        (
            *("approvals_processingpurpose", "approvals_consent"),
            *("approvals_datarequest", "approvals_dataincident", "approvals_expiredremoval"),
        ),
    ),
}

# Numbers of entries, each branch by an index of its own (accounts/migrations/0096_audit_located.py, word for word):
# left to itself the planner walks back along the whole chain.
_OF_A_PUPIL = """seq IN (
    SELECT e.seq FROM accounts_auditentry e WHERE (coalesce(e.new, e.old) ->> 'student_id') = %s
    UNION ALL
    SELECT e.seq FROM accounts_auditentry e WHERE e.table_name = 'students_student' AND e.row_id = %s
    UNION ALL
    SELECT e.seq FROM accounts_auditentry e WHERE e.table_name = 'approvals_correctionrequest' AND e.row_id IN (
        SELECT i.request_id::text FROM approvals_correctionitem i WHERE i.student_id = %s))"""
# What is a pupil's while the pupil sits in the class; after the year the last class keeps what is of that year.
_OF_A_CLASS = """seq IN (
    SELECT e.seq FROM accounts_auditentry e WHERE (coalesce(e.new, e.old) ->> 'school_class_id') = %s
    UNION ALL
    SELECT e.seq FROM accounts_auditentry e WHERE e.table_name = 'students_schoolclass' AND e.row_id = %s
    UNION ALL
    SELECT e.seq FROM accounts_auditentry e
    JOIN students_enrolment s
        ON s.school_class_id = %s AND s.student_id::text = (coalesce(e.new, e.old) ->> 'student_id')
    JOIN students_schoolclass c ON c.id = s.school_class_id
    JOIN students_schoolyear y ON y.year = c.year_id
    WHERE (coalesce(e.new, e.old) ->> 'student_id') = ANY(%s)
    AND (coalesce(e.new, e.old) ->> 'school_class_id') IS NULL
    AND coalesce((coalesce(e.new, e.old) ->> 'year_id')::int, (
        SELECT l.year_id FROM gradebook_subjectline l WHERE l.id = (coalesce(e.new, e.old) ->> 'line_id')::bigint
    ), y.year) = y.year
    AND coalesce((
        SELECT r.school_class_id FROM students_rollcall r
        WHERE r.id = (coalesce(e.new, e.old) ->> 'roll_call_id')::bigint
    ), (
        SELECT q.school_class_id FROM approvals_correctionrequest q
        WHERE q.id = (coalesce(e.new, e.old) ->> 'request_id')::bigint
    ), c.id) = c.id
    AND (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date >= s.starts_on
    AND (s.ends_on IS NULL OR s.ends_on >= y.ends_on
        OR (e.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= s.ends_on))"""

# What was filed once is a document of the school; before, a request, its cells and its files are its proposer's alone.
_OF_NO_DRAFT_OF_OTHERS = """coalesce(CASE
    WHEN table_name = 'approvals_correctionrequest' THEN row_id
    WHEN table_name IN ('approvals_correctionitem', 'approvals_evidence') THEN coalesce(new, old) ->> 'request_id'
    END, '') NOT IN (
    SELECT d.id::text FROM approvals_correctionrequest d WHERE d.number IS NULL AND d.proposer_id <> %s)"""
NO_DRAFTS = "Phiếu đề nghị chưa gửi lần nào chỉ người lập thấy; gửi rồi thì nhật kí có đủ từ lúc lập."

_OF_A_LINE = """(coalesce(new, old) ->> 'line_id') IN (
    SELECT l.id::text FROM gradebook_subjectline l WHERE l.code = %s)"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose story, and which lines of it; empty means everything. Days of the school, both included.

    A sheet is a class, a period and the code of a line.
    """

    pupil: Student | None = None
    school_class: SchoolClass | None = None
    person: User | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    part: str = ""
    only_outside: bool = False
    period: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One column: what stood there and what stands there since; "" for nothing."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the chain in words."""

    seq: int
    at: datetime.datetime
    who: str
    role: str
    source: str
    under: str
    action: str
    kind: str
    icon: str
    where: str
    thing: str
    changes: tuple[Change, ...]
    is_outside: bool

    @property
    def moment(self) -> str:
        return moment_label(self.at)


@dataclass(frozen=True, slots=True)
class TrailPage:
    """`older` is what the next page begins before; 0 at the end."""

    lines: list[Line]
    older: int


# -- Which entries -----------------------------------------------------------------------------------------


def entries(reader: User, wanted: Wanted) -> QuerySet[AuditEntry]:
    """The wanted entries that the reader may see, newest first: none of a draft of others (`Action.SEE_DRAFT`)."""
    found = AuditEntry.objects.filter(_sql(_OF_NO_DRAFT_OF_OTHERS, reader.pk)).order_by("-seq")
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + datetime.timedelta(days=1)))
    if wanted.part:
        found = found.filter(table_name__in=PARTS[wanted.part][1])
    if wanted.only_outside:
        found = found.filter(actor="")
    if wanted.period:
        found = found.filter(_sql("(coalesce(new, old) ->> 'period') = %s", wanted.period))
    if wanted.line == HOMEROOM_CODE:
        found = found.filter(table_name="gradebook_traitresult")
    elif wanted.line:
        found = found.filter(_sql(_OF_A_LINE, wanted.line))
    return _about(found, wanted)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _about(found: QuerySet[AuditEntry], wanted: Wanted) -> QuerySet[AuditEntry]:
    if wanted.pupil is not None:
        key = str(wanted.pupil.pk)
        found = found.filter(_sql(_OF_A_PUPIL, key, key, wanted.pupil.pk))
    if wanted.school_class is not None:
        pk = wanted.school_class.pk
        # Read beforehand: the index of pupils serves a list of keys, not a query for them.
        sat = Enrolment.objects.filter(school_class=pk).values_list("student_id", flat=True)
        found = found.filter(_sql(_OF_A_CLASS, str(pk), str(pk), pk, [str(each) for each in sat]))
    if wanted.person is not None:
        found = found.filter(actor=wanted.person.username)
    return found


def _sql(condition: str, *values: object) -> RawSQL:
    """A condition on an entry, in SQL."""
    return RawSQL(condition, values, output_field=models.BooleanField())  # noqa: S611 - our own words alone


def read_trail(reader: User, wanted: Wanted, *, before: int = 0) -> TrailPage:
    """The newest wanted lines, or those before the line of that number."""
    found = entries(reader, wanted)
    if before:
        found = found.filter(seq__lt=before)
    rows = list(found[: LINES_PER_PAGE + 1])
    shown = rows[:LINES_PER_PAGE]
    return TrailPage(in_words(shown), shown[-1].seq if len(rows) > len(shown) else 0)


# -- In words ----------------------------------------------------------------------------------------------


def in_words(rows: Sequence[AuditEntry]) -> list[Line]:
    """One statement for each kind of thing that the entries name."""
    names = read_names(rows)
    return [_line(row, names) for row in rows]


@dataclass(slots=True)
class Names:
    """How the things are called that columns refer to, by model and key; people also by the name of the chain."""

    things: dict[type[models.Model], dict[str, str]] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    purposes: Wordings = field(default_factory=lambda: Wordings({}))

    def of(self, table: str, column: str, value: Any) -> str:
        """The thing's name, or the value in words where it is no reference that is read here."""
        target = _target(table, column)
        if column == "thing" and _request_of(str(value)):
            return _under_words(str(value), self)
        if target is None or value is None:
            return audit_words.value_words(table, column, value)
        return self.things.get(target, {}).get(str(value), f"số {value}")


_NAMED: Final[Mapping[str, str]] = {
    "accounts.User": "full_name",
    "accounts.Team": "name",
    "students.Student": "full_name",
    "students.SchoolClass": "name",
    "students.RollCall": "day",
    "gradebook.EntryOrder": "number",
    "approvals.CorrectionRequest": "number",
    "gradebook.SubjectLine": "code",
}


def _target(table: str, column: str) -> type[models.Model] | None:
    """The model that a column refers to, of those whose things have a name here."""
    found = audit_words.fields_of(table).get(column)
    model = getattr(found, "related_model", None)
    return model if model is not None and model._meta.label in _NAMED else None  # noqa: SLF001


def read_names(rows: Iterable[AuditEntry]) -> Names:
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    purposes: set[int] = set()
    for row in rows:
        if row.table_name == _CONSENTS:
            purposes.add((row.new or row.old or {})["purpose_id"])
        for told in (row.old or {}, row.new or {}):
            for column, value in told.items():
                target = _target(row.table_name, column) if value is not None else None
                if target is not None:
                    wanted[target].add(str(value))
        named = (row.under, *(str((told or {}).get("thing", "")) for told in (row.old, row.new)))
        if requests := set(filter(None, map(_request_of, named))):
            wanted[CorrectionRequest] |= requests
    things = {model: _names_of(model, keys) for model, keys in wanted.items()}
    actors = dict(
        User.objects.filter(username__in={row.actor for row in rows}).values_list("username", "full_name")
    )
    return Names(things, actors, read_wordings(purposes))


def _names_of(model: type[models.Model], keys: set[str]) -> dict[str, str]:
    name = _NAMED[model._meta.label]  # noqa: SLF001 - Django's documented API
    table = model._meta.db_table  # noqa: SLF001
    rows = model._default_manager.filter(pk__in=keys).values("pk", name)  # noqa: SLF001
    if model is SubjectLine:
        rows = rows.values("pk", name, "year_id")
    if model is CorrectionRequest:
        numbers = rows.values_list("pk", "number", "year_id")
        return {str(pk): request_label(number, year) for pk, number, year in numbers}
    return {
        str(row.pop("pk")): " ".join(
            audit_words.value_words(table, column, value) for column, value in row.items()
        )
        for row in rows
    }


def _line(row: AuditEntry, names: Names) -> Line:
    act = act_of(row.old, row.new) if row.table_name == _REQUESTS else None
    return Line(
        seq=row.seq,
        at=row.at,
        who=names.actors.get(row.actor, "Hệ thống" if row.actor == "system" else row.actor),
        role=row.role,
        source=audit_words.source_words(row.source) if row.actor else "",
        under=_under_words(row.under, names),
        action=act.what if act else audit_words.ACTIONS[row.action],
        kind=act.kind if act else audit_words.ACTION_KINDS[row.action],
        icon=audit_words.ACTION_ICONS[row.action],
        where=audit_words.table_words(row.table_name),
        thing=thing_words(row, names),
        changes=tuple(changes_of(row.table_name, row.old, row.new, names)),
        is_outside=not row.actor,
    )


def _under_words(under: str, names: Names) -> str:
    """By the number that the paper bears: keys of the machine are on no page."""
    request = _request_of(under)
    if not request:
        return audit_words.thing_in_words(under)
    return f"phiếu {names.things.get(CorrectionRequest, {}).get(request, request)}"


def _request_of(under: str) -> str:
    """The key of the request under which something was written, "" for none."""
    kind, _colon, key = under.partition(":")
    return key if kind == "request" and key.isdecimal() else ""


_REQUESTS: Final = CorrectionRequest._meta.db_table  # noqa: SLF001 - Django's documented API
_CONSENTS: Final = Consent._meta.db_table  # noqa: SLF001
_TOLD_BY_THE_THING: Final = (
    "full_name",
    "name",
    "student_id",
    "holder_id",
    "person_id",
    "teacher_id",
    "member_id",
    "school_class_id",
    "from_class_id",
    "to_class_id",
    "line_id",
    "line_code",
    "item",
    "period",
    "year_id",
    "roll_call_id",
    "number",
    "day",
    "username",
)


def thing_words(row: AuditEntry, names: Names) -> str:
    """Whose row it is: "Trần Gia Bình · Toán · Cuối học kì I"."""
    told = _as_papers_say(row.table_name, row.new or row.old or {}, names)
    found = [
        names.of(row.table_name, column, told[column])
        for column in _TOLD_BY_THE_THING
        if told.get(column) not in (None, "")
    ]
    return " · ".join(found) or f"số {row.row_id}"


def _as_papers_say(table: str, told: dict[str, Any], names: Names) -> dict[str, Any]:
    """A row of the chain with the number of a request as its paper bears it, and the purpose of a consent in the words
    that stood when the slip was signed."""
    if table == _REQUESTS and "year_id" in told:
        return {**told, "number": request_label(told.get("number"), told["year_id"])}
    if table == _CONSENTS and told:
        signed = datetime.date.fromisoformat(told["said_on"])
        recorded = datetime.datetime.fromisoformat(told["recorded_at"])
        words = names.purposes.when_signed(told["purpose_id"], signed, recorded)
        return {**told, "purpose_id": words.title} if words else told
    return told


def changes_of(table: str, old: Any, new: Any, names: Names) -> Iterator[Change]:
    """The columns that differ; of a new or deleted row those with a value, but for what the thing's words tell and for
    boxes without a tick."""
    before, after = (_as_papers_say(table, each or {}, names) for each in (old, new))
    is_whole = not before or not after
    for column in after or before:
        was, now = before.get(column), after.get(column)
        if column in audit_words.UNTOLD or was == now or (is_whole and column in _TOLD_BY_THE_THING):
            continue
        if is_whole and (was if now is None else now) is False:
            continue
        change = Change(
            audit_words.column_words(table, column),
            names.of(table, column, was),
            names.of(table, column, now),
        )
        is_sealed_anew = change.old == change.new and audit_words.is_sealed(table, column)
        if (change.old or change.new) and not is_sealed_anew:
            yield change


# -- As a file ---------------------------------------------------------------------------------------------


def export_rows(reader: User, wanted: Wanted) -> Iterator[tuple[Value, ...]]:
    """The wanted lines under HEADINGS, at most one more than may leave at once; names come 1,000 lines at a time."""
    rows = list(entries(reader, wanted)[: MOST_EXPORTED + 1])
    for start in range(0, len(rows), 1000):
        for line in in_words(rows[start : start + 1000]):
            yield (
                *(line.seq, line.at, line.who or "Ngoài ứng dụng", line.role, line.source, line.under),
                *(line.action, line.where, line.thing, "; ".join(map(change_words, line.changes))),
            )


def change_words(change: Change) -> str:
    return f"{change.column}: {change.old or 'trống'} → {change.new or 'trống'}"
