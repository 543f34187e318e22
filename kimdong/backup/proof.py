"""What a backup is worth is what comes back from it: restored into a scratch database and folder, then compared.

Every table's rows and values, the head of the audit chain, the chain itself and every row against it, a sample of the
files against their checksums and against those that the school wrote down when it took them in.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings

from accounts import seal_check
from kimdong.backup import BackupFailed, contents, postgres
from kimdong.backup.contents import DUMP, MANIFEST, PLACE, Manifest, workplace
from kimdong.backup.repository import Repository
from kimdong.environment import Backups

MOST_SAID = 10


def prove(
    repository: Repository, snapshot: str, told: Manifest, *, below: Path, server: postgres.Address
) -> None:
    """Compares all that comes back with what was `told` when it was taken; scratch files lie `below` for the moment.

    `server`: where the scratch database is made. Raises BackupFailed with the differences.
    """
    with workplace(below / f"{PLACE}-proof") as place:
        tried = [f"{told.folder}/{name}" for name in told.tried]
        repository.restore(snapshot, place, only=[f"{PLACE}/{DUMP}", f"{PLACE}/{MANIFEST}", *tried])
        faults = [] if Manifest.read(place / PLACE / MANIFEST) == told else ["bản kê khác với bản kê đã ghi"]
        faults += contents.file_faults(told.tried, place / told.folder)
        with postgres.scratch_database(server, of=told.database) as scratch:
            postgres.restore(scratch, place / PLACE / DUMP)
            faults += database_faults(scratch, told)
            if not faults and (fault := fault_of_the_data_key(scratch)):
                faults.append(f"khoá dữ liệu không mở được các cột đã mã hoá ({fault})")
    if faults:
        raise BackupFailed("Bản khôi phục thử không khớp: " + "; ".join(faults[:MOST_SAID]) + ".")


def proof_server(rule: Backups) -> postgres.Address:
    """Raises BackupFailed where this process may not know it."""
    try:
        return postgres.address_in(rule.proof_address())
    except (OSError, psycopg.ProgrammingError) as problem:
        raise BackupFailed(
            "Không đọc được địa chỉ cơ sở dữ liệu thử. Nhờ người quản trị máy chủ kiểm tra "
            f"KIMDONG_BACKUP_PROOF_URL: {problem}."
        ) from problem


def database_faults(restored: postgres.Address, told: Manifest) -> list[str]:
    """How a restored database differs from what was told, in words; none where it holds the same."""
    with psycopg.connect(**restored) as reading:  # type: ignore[arg-type]
        faults = contents.differences(told.tables, contents.read_tables(reading))
        if not faults and (code := contents.read_audit_code(reading)) != told.audit_code:
            faults.append(f"đầu nhật kí là {code}, lúc sao lưu là {told.audit_code}")
        faults = faults or contents.unlike_recorded(told.tried, reading)
    return faults or chain_faults(restored)


def fault_of_the_data_key(restored: postgres.Address) -> str:
    """Whether the keys at hand open what a restored database holds sealed; "" where they do."""
    with psycopg.connect(**restored) as reading:  # type: ignore[arg-type]
        return seal_check.fault(reading.execute(seal_check.statement().encode()).fetchall())


def chain_faults(address: postgres.Address) -> list[str]:
    """What `manage.py verify_audit` finds in that database; a process of its own, whose settings name it."""
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": postgres.url_of(address), "DATABASE_URL_FILE": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return []
    return ["nhật kí kiểm tra không nguyên vẹn: " + " / ".join(done.stderr.strip().splitlines()[-5:])]
