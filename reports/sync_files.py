"""A batch as the file that goes to the sector database: JSON, the same bytes whenever it is taken.

The envelope and the contents follow `reports/data/du-lieu-gui-csdl-nganh.schema.json`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator

from django.utils import timezone

from reports.models import SyncBatch, SyncRecord

FORMAT = "kimdong-csdl-nganh/1"
JSON = "application/json"


class BatchDamaged(Exception):
    """The file made of the stored records is not the one that was prepared; the text is for the user."""


def batch_lines(batch: SyncBatch, records: Iterable[SyncRecord]) -> Iterator[str]:
    """The file, a record a line. Nothing in it comes from anywhere but the batch and its records."""
    head = {"dinhdang": FORMAT, "namhoc": batch.year_id, "dot": batch.number, "thoigian": stamp_of(batch)}
    if batch.unopened:
        head["chuamo"] = batch.unopened
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "banghi": ['
    for number, record in enumerate(records):
        envelope = {
            "idbanghi": record.record_id,
            "loai": record.kind,
            "sukien": record.event,
            "phienban": record.version,
            "thoigiancapnhat": stamp_of(batch),
        }
        # The content is canonical JSON already, kept as text: it goes out letter by letter.
        text = json.dumps(envelope, ensure_ascii=False)[:-1]
        yield f'{"," if number else ""}\n{text}, "dulieu": {record.content}}}'
    yield "\n]}\n"


def stamp_of(batch: SyncBatch) -> str:
    """thoigiancapnhat, in Vietnamese time without a zone: "2026-11-26T15:20:00"."""
    return timezone.localtime(batch.prepared_at).strftime("%Y-%m-%dT%H:%M:%S")


def batch_digest(batch: SyncBatch, records: Iterable[SyncRecord]) -> str:
    digest = hashlib.sha256()
    for line in batch_lines(batch, records):
        digest.update(line.encode())
    return digest.hexdigest()


def batch_file(batch: SyncBatch) -> bytes:
    """What was prepared, byte by byte. One statement. Raises BatchDamaged."""
    records = batch.records.order_by("pk").iterator(chunk_size=2000)
    content = "".join(batch_lines(batch, records)).encode()
    if hashlib.sha256(content).hexdigest() != batch.digest:
        raise BatchDamaged(
            "Dữ liệu của đợt này không còn đúng như lúc chuẩn bị, nên không tải được. Hãy báo người quản trị hệ thống "
            "chạy lệnh verify_audit."
        )
    return content


def file_name(batch: SyncBatch) -> str:
    return f"csdl-nganh-{batch.year_id}-dot-{batch.number}.json"
