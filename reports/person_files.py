"""One person's data in one ZIP, for whoever asked for it (NĐ 356/2025 Điều 5; rules R67, R69).

Excel in the school's words for people, the rows as they are stored as JSON for machines. It is small (a pupil of five
years: 60 kB), so it is made while its reader waits and lies nowhere afterwards.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts import clock
from accounts.models import User
from accounts.tables import Heading, Page, write_book
from approvals.data_purposes import read_wordings, wording_in_words
from approvals.models import Consent, DataRequest, ProcessingPurpose
from reports.archive_rows import Encoder, read_names, readable, stored_rows
from reports.archive_tables import BOOKS, RESULTS, Sheet, histories, label_of, model_of
from reports.person_tables import NOT_OF_PUPIL, OF_PUPIL, OF_STAFF

FORMAT: Final = "kimdong-du-lieu-mot-nguoi/1"
READ_FIRST: Final = "DOC-TRUOC.txt"
CONSENTS: Final = "approvals.Consent"
AGREED_TO: Final = Heading("Lời của mục đích lúc kí phiếu", 60)
_TITLES: Final[Mapping[str, str]] = {
    "gradebook.SubjectResult": "Kết quả môn học",
    "gradebook.TraitResult": "Phẩm chất, năng lực",
}


@dataclass(frozen=True, slots=True)
class PersonFile:
    """The archive, and how many rows and tables are in it."""

    content: bytes
    tables: int
    rows: int


def person_file(request: DataRequest, *, by: User) -> PersonFile:
    """All of the pupil, or of the member of the staff, that the request is about; it comes with both.

    Two statements a table and five for the purposes of consents, whatever the number of rows.
    """
    paths = OF_PUPIL if request.student_id else OF_STAFF
    key = request.student_id or request.person_id
    made_at = clock.stamp()
    above = (request.subject, f"Theo {request.label}. {by.full_name} lập lúc {clock.moment_label(made_at)}")
    stored = dict(_stored(paths, key))
    told = {
        "dinhdang": FORMAT,
        "cua": request.subject,
        "theo": request.label,
        "lap_luc": made_at,
        "nguoi_lap": by.full_name,
        "bang": stored,
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(READ_FIRST, _read_first(request, above))
        with packed.open("du-lieu.xlsx", "w") as book:
            write_book(_pages(paths, key, above), book)
        packed.writestr("du-lieu.json", json.dumps(told, cls=Encoder, ensure_ascii=False, indent=1))
    return PersonFile(target.getvalue(), len(stored), sum(map(len, stored.values())))


def _stored(paths: Mapping[str, str], key: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """By table the rows as they are stored, those of history beside them; empty tables are left out."""
    for label, path in paths.items():
        model = model_of(label)
        if rows := stored_rows(model, **{path: key}):
            yield model._meta.db_table, rows  # noqa: SLF001 - Django's documented API
    for model in histories():
        label = label_of(model.instance_type)  # type: ignore[attr-defined]
        if label in paths:
            path = "id" if paths[label] == "pk" else paths[label]
            if rows := stored_rows(model, **{path: key}):
                yield model._meta.db_table, rows  # noqa: SLF001 - as above
    if CONSENTS in paths:
        yield from _stored_purposes(key)


def _stored_purposes(pupil: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What the pupil's consents are about, with all its words: a consent itself has the purpose's number alone."""
    purposes = set(Consent.objects.filter(student=pupil).values_list("purpose_id", flat=True))
    for model in (ProcessingPurpose, ProcessingPurpose.history.model):
        if rows := stored_rows(model, id__in=purposes):
            yield model._meta.db_table, rows  # noqa: SLF001 - as above


def _pages(paths: Mapping[str, str], key: Any, above: tuple[str, ...]) -> Iterator[Page]:
    """Those sheets of the school's workbooks that have a row of the person."""
    names = read_names()
    for sheet in _sheets(paths):
        found = readable(sheet, names, **{paths[sheet.model]: key})
        if rows := list(found.rows):
            headings = found.headings
            if sheet.model == CONSENTS:
                words = _words_agreed_to(key)
                headings, rows = (*headings, AGREED_TO), [[*row, words[row[0]]] for row in rows]
            yield Page(sheet.title, headings, rows, above=above)


def _words_agreed_to(pupil: Any) -> dict[Any, str]:
    """By the number of a consent the words that it was given to. Two statements."""
    consents = list(Consent.objects.filter(student=pupil))
    wordings = read_wordings({each.purpose_id for each in consents})
    return {
        each.pk: wording_in_words(wordings.when_signed(each.purpose_id, each.said_on, each.recorded_at))
        for each in consents
    }


def _sheets(paths: Mapping[str, str]) -> Iterator[Sheet]:
    for book in BOOKS:
        yield from (sheet for sheet in book.sheets if sheet.model in paths)
    yield from (Sheet(_TITLES[label], label) for label in RESULTS if label in paths)


def _read_first(request: DataRequest, above: tuple[str, ...]) -> str:
    left_out = [f"- {reason}" for reason in NOT_OF_PUPIL.values()] if request.student_id else []
    lines = [
        f"DỮ LIỆU CÁ NHÂN CỦA {above[0].upper()}",
        above[1] + ".",
        "",
        "du-lieu.xlsx: mở bằng Excel, mỗi trang một loại dữ liệu.",
        "du-lieu.json: cùng dữ liệu ấy và lịch sử thay đổi, để máy đọc.",
        "",
        "Tệp này chứa dữ liệu cá nhân: giữ kín, không gửi lên mạng.",
    ]
    if left_out:
        lines += ["", "Không có trong gói:", *left_out]
    return "\r\n".join(lines) + "\r\n"
