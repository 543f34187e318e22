"""Signatures never stand alone on the last page: a row of the table above them goes along, however long it is, or the
remark that is to be written before them."""

import pypdfium2
import pytest
import weasyprint
from django.conf import settings

SHEETS = settings.BASE_DIR / "static" / "css" / "print"
SIGNED = '<div class="signatory"><p>HIỆU TRƯỞNG</p><div class="room"></div><p>Lê Thị Bích</p></div>'
REMARK = '<h2 class="remark">Kiến nghị</h2><p class="remark room-to-write"></p>'
FORMS = {
    "correction_register.css": (
        "entries",
        '<div class="closing"><p class="sum">Sổ có các phiếu.</p>',
        range(20, 27, 2),
    ),
    "figures.css": ("figures", f'{REMARK}<div class="closing">', range(26, 42, 3)),
}


def last_page(sheet, table, closing, rows):
    lines = "".join(f"<tr><td>Dòng {each}</td><td>12</td></tr>" for each in range(rows))
    page = (
        f'<html lang="vi"><body data-running="x"><h1>SỔ</h1><table class="{table}"><tbody>{lines}</tbody></table>'
        f'{closing}<div class="signatures">{SIGNED}</div></div></body></html>'
    )
    css = [str(SHEETS / "page.css"), str(SHEETS / sheet)]
    drawn = weasyprint.HTML(string=page, base_url=f"{SHEETS}/").write_pdf(stylesheets=css)
    with pypdfium2.PdfDocument(drawn) as document:
        return document[len(document) - 1].get_textpage().get_text_range()


@pytest.mark.parametrize("sheet", FORMS)
def test_a_row_of_the_table_goes_with_the_signature(sheet):
    table, closing, lengths = FORMS[sheet]
    for rows in lengths:
        text = last_page(sheet, table, closing, rows)
        assert "Lê Thị Bích" in text
        assert f"Dòng {rows - 1}" in text or "Kiến nghị" in text, rows
