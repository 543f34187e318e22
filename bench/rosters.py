"""A list of 1,050 pupils, and the school's own: dry run by the web server, carrying out by the worker, memory of both.

`python -m bench.rosters` measures one school alone, with the aims of issue 4 beside.
"""

import io
import re
import tempfile
import time
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from openpyxl import Workbook

from bench.rows import Row, School
from kimdong import embedded_postgres
from kimdong.demo.accounts import PASSWORD
from tests import stack as stacks
from tests.stack import ROOT

PUPILS, CLASSES = 1050, 30
CLERK, IMPORT = "vanthu", "/students/import/"
BOUNDARY = "a-boundary-of-the-bench"
AIMS = {"list of 1,050: dry run": 5000, "list of 1,050: carried out by the worker": 10000}
MOST_MIB = 300
HEADINGS = (
    *("STT", "Khối", "Lớp", "Mã định danh Bộ GD&ĐT", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc"),
    *("Nơi sinh", "Quê quán", "Nơi ở hiện nay", "Thường trú", "Điện thoại liên hệ", "Họ và tên cha"),
    *("Năm sinh cha", "Nghề nghiệp cha", "Họ và tên mẹ", "Năm sinh mẹ", "Nghề nghiệp mẹ", "Chiều cao (cm)"),
)
PLACES = (
    *("Bệnh viện Phụ sản Hải Phòng", "Hải Phòng", "12 Tô Hiệu", "Phường Lê Chân, Thành phố Hải Phòng"),
    "0912345678",
)
_lists = count(1)


def measure(school: School) -> list[Row]:
    """Sends, looks at and carries out a list of pupils that the school does not have yet."""
    session = school.session(CLERK)
    session.connection = None  # the server has closed one that lay idle while others were measured
    year = _year(school)
    begin = time.perf_counter()
    session.get(IMPORT)
    page = _send(school, _list(next(_lists)), year)
    shown = session.get(page).body.decode()
    dry_run = time.perf_counter() - begin
    own = _own_list(school, year)
    begin = time.perf_counter()
    session.get(_send(school, own, year))
    looked_at_again = time.perf_counter() - begin
    previewed = re.search(r'name="previewed" value="(\w+)"', shown)
    if previewed is None:
        raise RuntimeError(re.sub(r"<[^>]+>|\s+", " ", shown.split("<main", 1)[1])[:1500])
    begin = time.perf_counter()
    fields = {"previewed": previewed[1], "confirm_password": PASSWORD}
    session.post_form(f"{page}apply/", **fields)
    _wait(school, page)
    applied = time.perf_counter() - begin
    worker = _peak_mib(school.stack.processes["worker"].pid)
    return [
        Row("list of 1,050: dry run", round(1000 * dry_run, 1), school.web_mib()),
        Row("the school's own list again: dry run", round(1000 * looked_at_again, 1)),
        Row("list of 1,050: carried out by the worker", round(1000 * applied, 1), worker),
    ]


def _year(school: School) -> int:
    return int(school.stack.fetch("SELECT max(year) FROM students_schoolyear WHERE starts_on <= now()")[0][0])


def _list(number: int) -> bytes:
    """1,050 pupils in 30 new classes, with twenty columns; another `number`, others."""
    book = Workbook()
    page = book.active
    page.append(HEADINGS)
    for pupil in range(PUPILS):
        grade = pupil % 5 + 1
        person = (f"Nguyễn Văn {_word(pupil)}", f"{pupil % 28 + 1:02d}/09/{2020 - grade}", "Nam", "Kinh")
        of_class = (pupil + 1, grade, f"{grade}N{number}.{pupil % CLASSES // 5}", f"9{number:03d}{pupil:06d}")
        father = (f"Nguyễn Văn {_word(pupil + 1)}", 1985, "Công nhân")
        page.append(
            [*of_class, *person, *PLACES, *father, f"Trần Thị {_word(pupil + 2)}", 1987, "Giáo viên", 115]
        )
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _own_list(school: School, year: int) -> bytes:
    """The pupils of the first school as it has them: among a hundred, each has 99 namesakes born on the same day."""
    rows = school.stack.fetch(
        "SELECT c.grade_level, c.name, p.moet_id, p.full_name, p.birth_day, p.birth_month, p.birth_year"
        " FROM students_enrolment e JOIN students_schoolclass c ON c.id = e.school_class_id"
        " JOIN students_student p ON p.id = e.student_id"
        " WHERE c.year_id = %s AND c.name ~ '^[1-5][A-G]$' AND e.ends_on > now()"
        " AND p.moet_id IS NOT NULL AND p.birth_day IS NOT NULL"
        " ORDER BY c.name, e.position",
        year,
    )
    book = Workbook()
    page = book.active
    page.append(HEADINGS[1:6])
    for grade, name, moet_id, full_name, *born in rows:
        page.append((grade, name, moet_id, full_name, "{:02d}/{:02d}/{}".format(*born)))
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _word(number: int) -> str:
    """Another given name for each number, without digits."""
    return "T" + "".join("aăâeêioôơu"[int(digit)] for digit in str(number))


def _send(school: School, content: bytes, year: int) -> str:
    """Posts the file as a browser does; returns the address of its dry run."""
    session = school.session(CLERK)
    parts = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("csrfmiddlewaretoken", session.token), ("year", str(year)))
    )
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="danh-sach.xlsx"\r\n\r\n'
    body = parts + head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    answer = session.ask("POST", IMPORT, body, f"multipart/form-data; boundary={BOUNDARY}")
    if answer.status != 302:
        raise RuntimeError(f"the list was refused: HTTP {answer.status}")
    newest = school.stack.fetch("SELECT max(id) FROM students_rosterupload")[0][0]
    return f"{IMPORT}{newest}/"


def _wait(school: School, page: str) -> None:
    upload = int(page.rstrip("/").rpartition("/")[2])
    state, failure = "", ""
    while state != "done":
        time.sleep(0.05)
        rows = school.stack.fetch(
            "SELECT state, failure FROM students_rosterrun WHERE upload_id = %s", upload
        )
        state, failure = rows[0] if rows else ("", "")
        if state == "failed":
            raise RuntimeError(failure)


def _export(school: School) -> Row:
    """The list of the whole school as a file, once the password is given."""
    session = school.session(CLERK)
    path = f"/students/years/{_year(school)}/excel/"
    session.get(path)
    given = {"next": path, "lasting": "exports", "confirm_password": PASSWORD}
    session.ask(
        "POST",
        "/accounts/confirm/",
        urlencode(given | {"csrfmiddlewaretoken": session.token}).encode(),
        "application/x-www-form-urlencoded",
    )
    answer = session.get(path)
    if answer.status != 200:
        raise RuntimeError(f"no export: HTTP {answer.status}")
    return Row("list of the school exported", round(1000 * answer.seconds, 1), school.web_mib())


def _peak_mib(pid: int) -> int:
    """The most that the process has ever held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s*(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kimdong-bench-") as folder:
        files = Path(folder)
        url = embedded_postgres.start(ROOT / ".bench" / "pg", "kimdong", durable=True)
        try:
            template = stacks.build_template(url, files / "template")
            with stacks.running(url, template, files / "run", name="lists") as stack:
                school = School(stack, PUPILS)
                rows = [_export(school), *measure(school)]
        finally:
            embedded_postgres.stop(ROOT / ".bench" / "pg")
    for row in rows:
        aim = AIMS.get(row.what, "")
        print(f"{row.what:<45}{row.median_ms:>10} ms {aim:>8}   {row.peak_mib} MiB (≤ {MOST_MIB})")


if __name__ == "__main__":
    main()
