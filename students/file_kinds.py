"""Tell by its content what a file really is, and say how to make an .xlsx of it."""

import zipfile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_EXCEL_RECORDS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
ZIP = b"PK\x03\x04"
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")

SAVE_AS = (
    "Hãy mở tệp bằng Excel, chọn «Lưu thành» (Save As) dạng «Excel Workbook (.xlsx)», rồi tải tệp mới lên."
)
EMPTY = "Tệp rỗng (0 byte). Hãy kiểm tra lại tệp trên máy, mở thử bằng Excel, rồi tải lên lại."
ENCRYPTED = (
    "Tệp được bảo vệ bằng mật khẩu nên không đọc được. Hãy mở tệp bằng Excel, bỏ mật khẩu "
    "(Tệp → Thông tin → Bảo vệ sổ làm việc), lưu lại rồi tải lên."
)
OLD_EXCEL = "Tệp ở dạng Excel cũ (.xls). Lưu lại dưới dạng .xlsx. " + SAVE_AS
BINARY_EXCEL = "Tệp ở dạng Excel nhị phân (.xlsb). " + SAVE_AS
OPEN_DOCUMENT = "Tệp ở dạng OpenDocument (.ods). Hãy mở tệp, chọn lưu thành dạng .xlsx, rồi tải tệp mới lên."
MACROS = "Tệp có macro nên không được nhận. " + SAVE_AS + " Bản .xlsx không kèm macro."
WEB_PAGE = "Tệp là trang web (HTML) mang tên Excel, do phần mềm khác xuất ra. " + SAVE_AS
PLAIN_TEXT = "Tệp là văn bản (CSV), không phải tệp Excel. " + SAVE_AS
PDF = "Tệp là PDF, không phải tệp Excel. Hãy xuất danh sách dưới dạng .xlsx từ phần mềm nguồn."
PICTURE = "Tệp là ảnh, không phải tệp Excel. Hãy chọn tệp .xlsx có danh sách."
OTHER_OFFICE = (
    "Tệp là văn bản hoặc bản trình chiếu, không phải bảng tính Excel. Hãy chọn tệp .xlsx có danh sách."
)
UNKNOWN = "«{name}» không phải tệp Excel (.xlsx), hoặc đã bị hỏng. " + SAVE_AS


class WorkbookRefused(ValueError):
    """The file cannot be read; str() is a sentence in Vietnamese for the user, with the remedy."""

    @property
    def message(self) -> str:
        return str(self)


def refuse_other_kind(data: bytes, name: str) -> None:
    """Raise WorkbookRefused unless `data` begins as a zip does; the name plays no part in the decision."""
    if not data.strip(b"\0"):
        raise WorkbookRefused(EMPTY)
    if not data.startswith(ZIP):
        raise WorkbookRefused(kind_of(data).format(name=name))


def refuse_other_archive(archive: zipfile.ZipFile, name: str) -> None:
    """Raise WorkbookRefused unless the zip is an Excel workbook of XML parts and without macros."""
    names = {part.lower() for part in archive.namelist()}
    if "mimetype" in names or "content.xml" in names:
        raise WorkbookRefused(OPEN_DOCUMENT)
    if any(part.endswith("vbaproject.bin") or "/macrosheets/" in part for part in names):
        raise WorkbookRefused(MACROS)
    if "xl/workbook.bin" in names:
        raise WorkbookRefused(BINARY_EXCEL)
    if any(part.startswith(("word/", "ppt/")) for part in names):
        raise WorkbookRefused(OTHER_OFFICE)
    if "[content_types].xml" not in names:
        raise WorkbookRefused(UNKNOWN.format(name=name))
    if b"macroEnabled" in archive.read(_real_name(archive, "[content_types].xml")):
        raise WorkbookRefused(MACROS)


def _real_name(archive: zipfile.ZipFile, lower: str) -> str:
    return next(name for name in archive.namelist() if name.lower() == lower)


def kind_of(data: bytes) -> str:
    """Return what to say of a file that is no zip; it may hold {name}. "" for one that is."""
    if data.startswith(ZIP) or not data.strip(b"\0"):
        return ""
    if data.startswith(OLE):
        return ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in data else OLD_EXCEL
    if data.startswith(OLD_EXCEL_RECORDS):
        return OLD_EXCEL
    if data.startswith(b"%PDF"):
        return PDF
    if data.startswith(PICTURES):
        return PICTURE
    return _text_kind(data[:4096])


def _text_kind(start: bytes) -> str:
    encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), "latin-1")
    text = start.decode(encoding, errors="replace").lower()
    if "<html" in text or "<table" in text:
        return WEB_PAGE
    is_text = all(
        character.isprintable() or character in "\r\n\t\x85\ufffd" or character > "\x7f" for character in text
    )
    return PLAIN_TEXT if is_text else UNKNOWN
