"""Draw pages: the only way to WeasyPrint, whose measures `reports.composed_form` takes over for the học bạ.

A Django template and print style sheets become one tagged PDF (PDF/UA-1, PDF/A-2a). The same content, template,
styles, fonts and library give the same bytes, in any process and on any day: that is what lets a finished
page be kept under ``content_hash`` and printed again without drawing it.
"""

import gc
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pydyf
import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reports import form_models, page_fit, pdf_archive, slip_content
from reports.book_content import ClassTable, OldTranscriptYear, Signature, Transcript, TranscriptYear
from reports.book_covers import cover_of
from reports.class_statistics import statistics_of
from reports.composed_form import ComposedForm
from reports.own_book_content import OwnBookFront, OwnSheet
from reports.pdf_merge import merge, merge_into
from reports.seal_content import UNSIGNED
from reports.slip_content import Slip

__all__ = [
    "code_of",
    "content_hash",
    "draw",
    "learn_forms",
    "merge",
    "merge_into",
    "paper_hash",
    "print_code",
    "render",
    "render_class_table",
    "render_own_front",
    "render_own_sheet",
    "render_slip",
    "render_transcript",
]

TRANSCRIPT_TEMPLATE: Final = "reports/print/transcript.html"
CLASS_TABLE_TEMPLATE: Final = "reports/print/class_table.html"
SLIP_TEMPLATE: Final = "reports/print/slip.html"
OWN_FRONT_TEMPLATE: Final = "reports/print/own_front.html"
OWN_SHEET_TEMPLATE: Final = "reports/print/own_sheet.html"
Content = Transcript | ClassTable | Slip | OwnBookFront | OwnSheet
"""What is drawn as a PDF of its own and kept."""
_TEMPLATES: Final[Mapping[type, str]] = {
    Transcript: TRANSCRIPT_TEMPLATE,
    ClassTable: CLASS_TABLE_TEMPLATE,
    Slip: SLIP_TEMPLATE,
    OwnBookFront: OWN_FRONT_TEMPLATE,
    OwnSheet: OWN_SHEET_TEMPLATE,
}
DRAWING_VERSION: Final = 4
"""Raise when this file, page_fit or composed_form draw the same content differently: all is then drawn anew."""

_CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HASHES_KEPT: Final = 256
"""More than a class has pupils."""
_IMPORT: Final = re.compile(r"@import url\((\S+)\);")
_MEDIA_TYPES: Final = {".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
_drawing = threading.Lock()


class ForeignAddressError(ValueError):
    """A template or style sheet asked for something that is not one of our static files."""


class OwnFilesFetcher(URLFetcher):
    """Serve the files of our static folder and nothing else: no network, no other file of the machine."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return the file at ``url``. Raises ForeignAddressError for any other address."""
        address = urlsplit(url)
        path = Path(unquote(address.path)).resolve()
        if address.scheme != "file" or not path.is_relative_to(_static().resolve()) or not path.is_file():
            raise ForeignAddressError(f"Bản in chỉ được dùng tệp tĩnh của hệ thống, không dùng: {url}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _MEDIA_TYPES[path.suffix]})


def render(template_name: str, context: Mapping[str, Any], *, title: str) -> bytes:
    """Return the tagged PDF of a print template.

    ``css/print/page.css`` and ``css/print/<template's stem>.css`` are applied. ``title`` becomes the
    document's title and is ``{{ title }}`` in the template. Raises TemplateDoesNotExist.
    """
    return pdf_archive.declared(_draw(template_name, context, title=title, finisher=None), title)


def render_transcript(transcript: Transcript) -> bytes:
    """Return the học bạ of one pupil (domain 2.1): A4, a year on facing pages, an even number of pages."""
    person = transcript.personal
    running = f"Mã HS: {transcript.pupil_code} · {_shortened(person.full_name)} · Mã bản in: {print_code(transcript)}"
    title = f"Học bạ – {person.full_name} – {transcript.pupil_code}"
    years = [_fitted(year) for year in transcript.years]
    context = {"book": transcript, "years": years, "running": running, "title": title}
    markup = render_to_string(TRANSCRIPT_TEMPLATE, context)
    with _drawing:
        composed = _form(TRANSCRIPT_TEMPLATE).drawn(markup, running=running, title=title)
    return composed or _written(TRANSCRIPT_TEMPLATE, markup, finisher=_end_on_even_page)


def _fitted(year: TranscriptYear | OldTranscriptYear) -> dict[str, Any]:
    return (
        page_fit.fitted_old_year(year) if isinstance(year, OldTranscriptYear) else page_fit.fitted_year(year)
    )


def learn_forms(*, should_stop: Callable[[], bool] = lambda: False) -> None:
    """Lays out the usual pieces of the học bạ: a second or two, once a process, that no class then waits for."""
    for context in form_models.models():
        if should_stop():
            return
        markup = render_to_string(TRANSCRIPT_TEMPLATE, {**context, "running": "Mã HS", "title": "Mẫu"})
        with _drawing:
            _form(TRANSCRIPT_TEMPLATE).learn(markup, running="Mã HS")


def render_class_table(table: ClassTable) -> bytes:
    """Return the class table of a period (domain 2.2): landscape, A3 for grades 4, 5 and large classes, else A4."""
    counts = table.counts
    has_tests = any(count.below_five is not None for count in counts)
    labels = {
        "good": "Số lượng mức T",
        "middle": "Số lượng mức H (môn học), Đ (năng lực, phẩm chất)",
        "poor": "Số lượng mức C",
        **({"below_five": "Số bài KTĐK dưới 5 điểm"} if has_tests else {}),
        "missing": "Chưa nhập",
    }
    context = {
        "table": table,
        "cover": cover_of(table),
        "statistics": statistics_of(table),
        "paper": page_fit.fitted_table(table),
        "running": f"Bảng tổng hợp KQĐGGD · Lớp {table.class_name} · {table.period} · {table.school_year}",
        "print_code": f"Mã bản in: {print_code(table)} · SHA-256 của nội dung: {content_hash(table)}",
        "totals": [(label, [getattr(count, field) for count in counts]) for field, label in labels.items()],
    }
    title = f"Bảng tổng hợp kết quả đánh giá giáo dục – Lớp {table.class_name} – {table.period} – {table.school_year}"
    return _draw(CLASS_TABLE_TEMPLATE, context, title=title, finisher=None)


def render_slip(slip: Slip) -> bytes:
    """Return the slip of one pupil for a period (domain 2.3): A4, an even number of pages."""
    context = {
        "slip": slip,
        "fit": page_fit.fitted_slip(slip),
        "heading": slip_content.TITLE,
        "parent_title": ("CHA MẸ (NGƯỜI GIÁM HỘ)",),
        "teacher_title": ("GIÁO VIÊN CHỦ NHIỆM",),
        "place_and_date": Signature("", place=slip.place).place_and_date,
        "running": f"Mã HS: {slip.pupil_code} · {_shortened(slip.full_name)} · Mã bản in: {print_code(slip)}",
    }
    title = f"Phiếu kết quả – {slip.full_name} – {slip.pupil_code}"
    return _draw(SLIP_TEMPLATE, context, title=title, finisher=_end_on_even_page)


def render_own_front(front: OwnBookFront) -> bytes:
    """Return cover and list of the sheets of a teacher's own book (domain 2.3): A4 landscape."""
    cover = front.cover
    teacher = dict(cover.facts)["Giáo viên"]
    context = {
        "front": front,
        "running": f"Sổ THKQGD cá nhân · {_shortened(teacher)} · {cover.period} · {cover.school_year}"
        f" · Bìa · Mã bản in: {print_code(front)}",
    }
    return _draw(OWN_FRONT_TEMPLATE, context, title=f"Sổ THKQGD cá nhân – {teacher} – Bìa", finisher=None)


def render_own_sheet(sheet: OwnSheet) -> bytes:
    """Return a sheet of a teacher's own book: A4 landscape."""
    counts = sheet.counts
    has_tests = any(column.kind == "mark" for column in sheet.columns)
    labels = {
        "good": "Số lượng mức T",
        "middle": "Số lượng mức Đ" if sheet.is_of_traits else "Số lượng mức H",
        "poor": "Số lượng mức C",
        **({"below_five": "Số bài KTĐK dưới 5 điểm"} if has_tests else {}),
        "missing": "Chưa nhập",
    }
    context = {
        "sheet": sheet,
        "place_and_date": Signature("", place=sheet.place).place_and_date,
        "unsigned": UNSIGNED,
        "has_tests": has_tests,
        "totals": [(label, [getattr(count, field) for count in counts]) for field, label in labels.items()],
        "running": f"Sổ THKQGD cá nhân · {_shortened(sheet.teacher)} · {sheet.period} · {sheet.school_year}"
        f" · Phần {sheet.part} · Mã bản in: {print_code(sheet)}",
    }
    title = f"Sổ THKQGD cá nhân – {sheet.teacher} – {sheet.subject} lớp {sheet.class_name}"
    return _draw(OWN_SHEET_TEMPLATE, context, title=title, finisher=None)


def draw(content: Content) -> bytes:
    """Return the pages of whatever is kept under its ``content_hash``."""
    match content:
        case Transcript():
            return render_transcript(content)
        case ClassTable():
            return render_class_table(content)
        case Slip():
            return render_slip(content)
        case OwnBookFront():
            return render_own_front(content)
        case OwnSheet():
            return render_own_sheet(content)


@lru_cache(maxsize=_HASHES_KEPT)
def content_hash(content: Content) -> str:
    """Return 64 hex digits that change when anything on the finished page would.

    SHA-256 over the content as canonical JSON, the template with its partials, the style sheets, the
    fonts and the versions that draw them. Equal in every process and on every machine. Reckoned once for a content:
    a book asks for it at its page, its foot, its square code and its place in the register.
    """
    template = _TEMPLATES[type(content)]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(f"{_ink(template)}\n{text}".encode()).hexdigest()


def paper_hash(template_name: str, context: Mapping[str, Any], *, title: str) -> str:
    """Return what `content_hash` is to a book, of what `render` draws: 64 hex digits over markup, styles and fonts."""
    markup = render_to_string(template_name, {**context, "title": title})
    return hashlib.sha256(f"{_ink(template_name)}\n{markup}".encode()).hexdigest()


def print_code(content: Content) -> str:
    """Return the short code on the page, "7K3M-9QXD": `code_of` its ``content_hash``."""
    return code_of(content_hash(content))


def code_of(digest: str) -> str:
    """Return 40 bits of a ``content_hash`` as a code without I, L, O, U: for whoever has the hash already."""
    number = int(digest[:10], 16)
    letters = "".join(_CODE_LETTERS[number >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


# --- How the drawing is done -------------------------------------------------------------------------


def _draw(template_name: str, context: Mapping[str, Any], *, title: str, finisher: Any) -> bytes:
    markup = render_to_string(template_name, {**context, "title": title})
    return _written(template_name, markup, finisher=finisher)


def _written(template_name: str, markup: str, *, finisher: Any) -> bytes:
    with _drawing, _no_garbage_collection():
        return _laid_out(template_name, markup).write_pdf(pdf_variant="pdf/ua-1", finisher=finisher)


def _laid_out(template_name: str, markup: str) -> weasyprint.Document:
    fonts, sheets = _styles(template_name)
    page = weasyprint.HTML(string=markup, base_url=_static().as_uri() + "/", url_fetcher=OwnFilesFetcher())
    return page.render(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")


@cache
def _form(template_name: str) -> ComposedForm:
    """What this process has learned of a template."""

    def lay_out(markup: str) -> weasyprint.Document:
        with _no_garbage_collection():
            return _laid_out(template_name, markup)

    return ComposedForm(lay_out)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Layout makes millions of short-lived boxes; looking for cycles among them costs a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def _styles(template_name: str) -> tuple[FontConfiguration, list[weasyprint.CSS]]:
    """Parse the style sheets once a process: loading the faces again for each pupil doubles the time."""
    fonts = FontConfiguration()
    fetcher = OwnFilesFetcher()
    sheets = [
        weasyprint.CSS(filename=path, url_fetcher=fetcher, font_config=fonts)
        for path in _sheet_paths(template_name)
    ]
    return fonts, sheets


@cache
def _ink(template_name: str) -> str:
    """Return a digest of all that draws a template apart from its content."""
    folder = settings.BASE_DIR / "templates" / "reports" / "print"
    stem = Path(template_name).stem
    fonts = sorted((_static() / "fonts" / "print").glob("*.ttf"))
    pictures = sorted((_static() / "css" / "print").glob("*.svg"))
    templates = [folder / f"{stem}.html", *sorted(folder.glob("_*.html"))]
    digest = hashlib.sha256(f"{DRAWING_VERSION} {weasyprint.__version__} {pydyf.__version__}".encode())
    sheets = [path for sheet in _sheet_paths(template_name) for path in _with_imports(sheet)]
    for path in [*templates, *sheets, *pictures, *fonts]:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sheet_paths(template_name: str) -> list[Path]:
    folder = _static() / "css" / "print"
    return [folder / "page.css", folder / f"{Path(template_name).stem}.css"]


def _with_imports(sheet: Path) -> list[Path]:
    """The sheet and those that it imports."""
    named = _IMPORT.findall(sheet.read_text(encoding="utf-8"))
    return [sheet, *(path for name in named for path in _with_imports(sheet.parent / name))]


def _static() -> Path:
    return settings.BASE_DIR / "static"


def _plain(value: object) -> str | dict[str, object]:
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    raise TypeError(f"Nội dung bản in không thể mang kiểu {type(value).__name__}.")


def _end_on_even_page(document: weasyprint.Document, pdf: pydyf.PDF) -> None:
    """Add an empty back page to an odd number of pages, so that the next pupil begins on a new leaf."""
    if len(document.pages) % 2:
        first = document.pages[0]
        size = pydyf.Array([0, 0, round(first.width * 0.75, 4), round(first.height * 0.75, 4)])
        pdf.add_page(pydyf.Dictionary({"Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": size}))


_RUNNING_NAME_LETTERS: Final = 60


def _shortened(name: str) -> str:
    return name if len(name) <= _RUNNING_NAME_LETTERS else f"{name[: _RUNNING_NAME_LETTERS - 1]}…"
