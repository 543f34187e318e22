"""Open a list that somebody sends us, whichever program has written it: .xlsx, .xls, or plain text."""

from students.file_kinds import OLE, PLAIN_TEXT, kind_of
from students.old_excel import open_old_excel
from students.text_files import open_text
from students.workbook_safety import check_size
from students.workbooks import Table, open_workbook

ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def open_list(data: bytes, name: str) -> list[Table]:
    """Return the sheets of the file. Raises WorkbookRefused, in Vietnamese with the remedy, for what cannot be read."""
    check_size(data)
    if data.startswith(OLE) and ENCRYPTED_PACKAGE not in data:
        return open_old_excel(data)
    if kind_of(data) == PLAIN_TEXT:
        return open_text(data, name)
    return open_workbook(data, name)
