"""`manage.py verify_audit`: is the audit chain whole; if not, where is its first broken link."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.clock import moment_label
from accounts.models import AuditEntry, AuditHead


class Command(BaseCommand):
    help = "Recomputes every link of the audit chain and compares it with its head."

    def handle(self, *_args: Any, **_options: Any) -> None:
        begin = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT audit_first_broken()")
            broken = cursor.fetchone()[0]
        if broken:
            raise CommandError(self._where(broken))
        head = AuditHead.objects.get()
        seconds = time.monotonic() - begin
        self.stdout.write(f"Chuỗi kiểm tra nguyên vẹn: {head.seq} dòng, {seconds:.1f} giây.")
        self.stdout.write(f"Đầu chuỗi: {bytes(head.hash).hex()}")
        outside = AuditEntry.objects.filter(actor="").count()
        if outside:
            self.stdout.write(f"CẢNH BÁO: {outside} dòng được ghi ngoài ứng dụng (không có người thực hiện).")

    def _where(self, broken: int) -> str:
        entry = AuditEntry.objects.filter(seq=broken).first()
        if entry is None:
            return f"Chuỗi kiểm tra đứt ở dòng {broken}: dòng này không còn, hoặc đầu chuỗi không khớp."
        return (
            f"Chuỗi kiểm tra đứt ở dòng {broken}: bảng {entry.table_name}, dòng {entry.row_id}, "
            f"{entry.actor or 'ngoài ứng dụng'}, {moment_label(entry.at)}."
        )
