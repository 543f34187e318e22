"""The outbox for the sector database: the one way in, append-only (domain.md 5.3; rules R90, R91).

What would go out now is compared with the last version of each record: new, changed, or no longer there. A version
grows only when the content does, so preparing twice without a change in between prepares nothing. Two who prepare at
once come one after the other: the row of the year is held.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Max

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from reports.models import SyncBatch, SyncRecord, SyncSending
from reports.sync_content import Content
from reports.sync_files import batch_digest
from reports.sync_reading import Gathered, Key, gather
from students.models import SchoolYear

Event = SyncRecord.Event
WHO_PREPARES = "Dữ liệu gửi CSDL ngành do văn thư chuẩn bị và gửi (kế hoạch, mục IV.3)."
NOTHING_NEW = "Không có gì mới, thay đổi hay huỷ so với đợt trước: không lập đợt mới."
LONGEST_NOTE = 300


class NothingToSend(Exception):
    """No record is new, changed or cancelled; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Last:
    """The newest version of a record."""

    pk: int
    version: int
    event: str
    content: str


@dataclass(frozen=True, slots=True)
class Change:
    """A record to be appended; of one that is gone `content` is None, and `repeats` names its last version."""

    kind: str
    record_id: str
    event: str
    version: int
    content: str | None
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What preparing would append now, and what it was made of."""

    changes: tuple[Change, ...]
    gathered: Gathered

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """By kind of record: how many of each event; those kept back under "held"."""
        found = {kind.value: Counter[str]() for kind in SyncRecord.Kind}
        for change in self.changes:
            found[change.kind][change.event] += 1
        for kind, _record_id in self.gathered.held:
            found[kind]["held"] += 1
        return found

    @property
    def total(self) -> Counter[str]:
        return sum(self.counts.values(), Counter())


def canonical(content: Content) -> str:
    """The same text for the same content."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_pending(year: SchoolYear) -> Pending:
    """What is new, changed and gone since the last batch of the year. One statement more than `gather`."""
    gathered = gather(year)
    return Pending(tuple(_changes(gathered, _last_versions(year))), gathered)


def prepare_batch(year: SchoolYear, *, by: User) -> SyncBatch:
    """Appends what is new, changed or gone as one batch. Raises PermissionDenied, NothingToSend.

    All of it in one transaction that holds the row of the year.
    """
    permissions.require(by, Action.PREPARE_SYNC, WHO_PREPARES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        year = SchoolYear.objects.select_for_update(no_key=True).get(pk=year.pk)
        pending = read_pending(year)
        if not pending.changes:
            raise NothingToSend(NOTHING_NEW)
        records = list(_records(pending))
        counts = pending.total
        now = clock.now()
        last = SyncBatch.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
        batch = SyncBatch(
            year=year,
            number=last + 1,
            new=counts[Event.NEW],
            changed=counts[Event.UPDATE],
            cancelled=counts[Event.CANCEL],
            held=counts["held"],
            unopened=[period.value for period in pending.gathered.unopened],
            prepared_by=by,
            role=permissions.post_label(by),
            prepared_at=now,
        )
        batch.digest = batch_digest(batch, records)
        batch.save(force_insert=True)
        for record in records:
            record.batch = batch
        SyncRecord.objects.bulk_create(records, batch_size=2000)
        act.says(
            f"Chuẩn bị dữ liệu gửi CSDL ngành, đợt {batch.number} năm học {year.label}: {batch.records_count} bản ghi",
            thing=f"sync_batch:{batch.pk}",
        )
    return batch


def mark_sent(batch: SyncBatch, *, note: str = "", by: User) -> SyncSending:
    """Notes that the batch was sent; a second time is a line more. Raises PermissionDenied."""
    permissions.require(by, Action.PREPARE_SYNC, WHO_PREPARES)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        sending = SyncSending.objects.create(
            batch=batch,
            note=note.strip()[:LONGEST_NOTE],
            sent_by=by,
            role=permissions.post_label(by),
            sent_at=clock.stamp(),
        )
        act.says(
            f"Ghi nhận đã gửi CSDL ngành đợt {batch.number} năm học {batch.year.label}",
            thing=f"sync_batch:{batch.pk}",
        )
    return sending


def _last_versions(year: SchoolYear) -> dict[Key, Last]:
    """One statement, whatever the number of batches."""
    newest = (
        SyncRecord.objects.filter(batch__year=year)
        .order_by("kind", "record_id", "-version")
        .distinct("kind", "record_id")
    )
    return {
        (kind, record_id): Last(pk, version, event, content)
        for kind, record_id, pk, version, event, content in newest.values_list(
            "kind", "record_id", "pk", "version", "event", "content"
        )
    }


def _changes(gathered: Gathered, last: Mapping[Key, Last]) -> Iterator[Change]:
    """In the order of the kinds: the school before its classes, these before their pupils."""
    for (kind, record_id), content in gathered.ready.items():
        known = last.get((kind, record_id))
        text = canonical(content)
        if known is None:
            yield Change(kind, record_id, Event.NEW, 1, text)
        elif known.event == Event.CANCEL:
            yield Change(kind, record_id, Event.NEW, known.version + 1, text)
        elif known.content != text:
            yield Change(kind, record_id, Event.UPDATE, known.version + 1, text)
    for (kind, record_id), known in last.items():
        is_there = (kind, record_id) in gathered.ready or (kind, record_id) in gathered.held
        if not is_there and known.event != Event.CANCEL:
            yield Change(kind, record_id, Event.CANCEL, known.version + 1, None, known.pk)


def _records(pending: Pending) -> Iterator[SyncRecord]:
    """One statement, where something is gone."""
    gone = [change.repeats for change in pending.changes if change.repeats is not None]
    before = dict(SyncRecord.objects.filter(pk__in=gone).values_list("pk", "content")) if gone else {}
    for change in pending.changes:
        content = before[change.repeats] if change.repeats is not None else change.content
        assert content is not None  # noqa: S101 - only what is gone has none
        yield SyncRecord(
            kind=change.kind,
            record_id=change.record_id,
            version=change.version,
            event=change.event,
            content=content,
        )
