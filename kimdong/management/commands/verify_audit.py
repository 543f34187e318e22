"""`manage.py verify_audit`: is the audit chain whole, and do the tables still hold what it tells; if not, where."""

import time
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.timezone import localdate

from accounts import audit_chain, audit_history
from accounts.audit_chain import Fault
from accounts.models import AuditEntry, AuditHead
from kimdong.watched import tables_without_watch
from reports.models import PrintJob

MOST_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Recomputes every link of the audit chain, compares the watched tables and their history with it, and asks "
        "whether it still holds the heads that were printed on books."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chain-only", action="store_true", help="the links alone, not the tables")
        parser.add_argument(
            "--code",
            action="append",
            default=[],
            help="a «Mã nhật kí» read off a printed book; may be repeated",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError with every fault and its place."""
        begin = time.monotonic()
        with transaction.atomic():
            _at_one_moment()
            faults = chain(_of_chain(options["code"]), () if options["chain_only"] else _of_tables())
            found = list(islice(faults, MOST_SHOWN + 1))
            if found:
                raise CommandError(
                    "\n".join(
                        ["Nhật kí kiểm tra không nguyên vẹn:", *map(_line, found[:MOST_SHOWN])]
                        + (["… và còn nữa."] if len(found) > MOST_SHOWN else [])
                    )
                )
            self._say_whole(begin)

    def _say_whole(self, begin: float) -> None:
        head = AuditHead.objects.get(pk=1)
        seconds = time.monotonic() - begin
        self.stdout.write(f"Chuỗi kiểm tra nguyên vẹn: {head.seq} dòng, {seconds:.1f} giây.")
        self.stdout.write(f"Đầu chuỗi: {bytes(head.hash).hex()}")
        self.stdout.write(f"Mã nhật kí: {audit_chain.head_code()}")
        outside = AuditEntry.objects.filter(actor="")
        count = outside.count()
        if count:
            self.stdout.write(f"CẢNH BÁO: {count} dòng được ghi ngoài ứng dụng (không có người thực hiện).")
            for entry in outside.order_by("-seq")[:10]:
                self.stdout.write(
                    f"  dòng {entry.seq}: {entry.table_name} {entry.row_id}, ngày {localdate(entry.at):%d/%m/%Y}"
                )


def _at_one_moment() -> None:
    """A school at work goes on writing: all statements see the database as it was at the first."""
    if not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # The whole chain is joined with its tables: in memory, not on the disk.
            cursor.execute("SET LOCAL work_mem = '256MB'")


def _of_chain(codes: list[str]) -> Iterator[Fault]:
    yield from audit_chain.broken_links()
    printed = PrintJob.objects.exclude(audit_code="").values_list("pk", "audit_code").order_by("pk")
    for pk, code in printed:
        if not audit_chain.is_in_chain(code):
            yield Fault(f"không còn mã nhật kí {code} của bản in số {pk}: chuỗi đã bị viết lại")
    for code in codes:
        if not audit_chain.is_in_chain(code):
            yield Fault(f"không có mã nhật kí {code}: chuỗi đã bị viết lại, hoặc mã ghi sai")


def _of_tables() -> Iterator[Fault]:
    yield from audit_chain.guards_off()
    yield from (Fault("không còn được theo dõi", table=table) for table in tables_without_watch())
    for watched in audit_chain.watched_tables():
        yield from audit_chain.rows_out_of_step(watched)
        yield from audit_history.history_out_of_step(watched)


def _line(fault: Fault) -> str:
    place = [
        *([f"dòng nhật kí {fault.seq}"] if fault.seq else []),
        *([f"bảng {fault.table}"] if fault.table else []),
        *([f"dòng {fault.row}"] if fault.row else []),
        *([f"ngày {fault.day:%d/%m/%Y}"] if fault.day else []),
        *([f"người ghi {fault.actor}"] if fault.actor else []),
    ]
    return f"  {', '.join(place)}: {fault.what}." if place else f"  {fault.what}."
