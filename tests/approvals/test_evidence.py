"""Evidence is judged by its content and made harmless before it is kept (rule R54)."""

import io
import resource
import struct
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from approvals.evidence import EvidenceRefused, clean_evidence
from approvals.evidence_cleaning import LONGEST_SIDE, MOST_PDF_PAGES, clean
from approvals.models import Evidence
from tests.approvals.papers import picture, scan

GPS = 0x8825
ORIENTATION = 0x0112


def opened(content):
    return Image.open(io.BytesIO(content))


def test_a_program_renamed_to_jpg_is_refused():
    with pytest.raises(EvidenceRefused, match="không phải ảnh JPEG, PNG hoặc tệp PDF") as refusal:
        clean_evidence("bài-kiểm-tra.jpg", b"MZ\x90\x00" + bytes(500))
    assert "bài-kiểm-tra.jpg" in str(refusal.value)


def test_a_picture_named_pdf_is_kept_as_the_picture_it_is():
    kept = clean_evidence("quét.pdf", picture("PNG"))
    assert kept.kind == Evidence.Kind.PNG
    assert opened(kept.content).format == "PNG"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_kinds_of_pictures_are_refused(kind):
    with pytest.raises(EvidenceRefused, match="Gửi lại đúng loại tệp"):
        clean_evidence("bài.jpg", picture(kind))


def test_a_page_of_markup_is_refused():
    with pytest.raises(EvidenceRefused):
        clean_evidence("bài.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")


def test_where_and_when_a_photo_was_taken_does_not_reach_the_disk():
    exif = Image.Exif()
    exif[0x010F] = "Điện thoại của cô Lan"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (20.0, 51.0, 30.0)
    taken = picture(exif=exif, comment=b"lop 4A", xmp=b"<x:xmpmeta>20.85,106.68</x:xmpmeta>")
    assert opened(taken).getexif().get_ifd(GPS)
    kept = clean_evidence("bài.jpg", taken)
    assert not dict(opened(kept.content).getexif())
    for trace in (b"Exif", b"lop 4A", b"xmpmeta"):
        assert trace in taken
        assert trace not in kept.content


def test_a_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    kept = clean_evidence("bài.jpg", picture(size=(80, 40), exif=exif))
    assert opened(kept.content).size == (40, 80)


def test_a_large_photo_is_kept_legible_and_no_larger():
    kept = clean_evidence("bài.jpg", picture(size=(6000, 4000)))
    assert opened(kept.content).size == (LONGEST_SIDE, LONGEST_SIDE * 2 // 3)


def test_what_hangs_behind_a_picture_is_cut_off():
    kept = clean_evidence("bài.jpg", picture() + b"PK\x03\x04 hidden archive")
    assert b"hidden archive" not in kept.content


@pytest.mark.parametrize("part", [10, 60, 200])
def test_half_a_picture_is_refused_with_a_remedy(part):
    with pytest.raises(EvidenceRefused, match="Chụp lại"):
        clean_evidence("bài.jpg", picture()[:part])


def empty_png(width, height):
    """A PNG that says it has these sides; its points, all black, pack into almost nothing."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(99)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [6000, 10_000, 60_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side):
    with pytest.raises(EvidenceRefused, match="triệu điểm ảnh"):
        clean_evidence("bài.png", empty_png(side, side))


def test_an_empty_file_is_refused():
    with pytest.raises(EvidenceRefused, match="rỗng"):
        clean_evidence("bài.pdf", b"")


def test_a_file_over_the_limit_is_refused(settings):
    settings.EVIDENCE_MAX_BYTES = 2 * 1024 * 1024
    with pytest.raises(EvidenceRefused, match="lớn hơn 2 MB"):
        clean_evidence("bài.jpg", picture() + bytes(2 * 1024 * 1024))


# -- PDF ---------------------------------------------------------------------------------------------------


def armed_pdf():
    """A PDF with a script at opening, one on the page, a link, a form, an attachment and an author."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        script = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('hi')"))
        pdf.Root.OpenAction = script
        pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", script]))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA="<xdp/>")
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 99, 99],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://example.com"),
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
        pdf.Root.StructTreeRoot = pikepdf.Dictionary(K=pikepdf.Dictionary(Obj=pdf.pages[0].obj.Annots[0]))
        pdf.attachments["virus.exe"] = b"MZ payload"
        pdf.docinfo["/Author"] = "Nguyen Thi Lan"
        pdf.save(out)
    return out.getvalue()


def text_of(content):
    """All objects of a PDF with their streams unpacked, as bytes that can be searched."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(
            out,
            qdf=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
        )
    return out.getvalue()


@pytest.mark.parametrize(
    "part",
    [b"JavaScript", b"app.alert", b"/AA", b"/URI", b"XFA", b"EmbeddedFile", b"Nguyen Thi Lan", b"/Annots"],
)
def test_a_pdf_keeps_its_pages_and_loses_what_could_act(part):
    armed = armed_pdf()
    assert part in text_of(armed)
    kept = clean_evidence("quét.pdf", armed)
    assert kept.kind == Evidence.Kind.PDF
    assert part not in text_of(kept.content)
    with pikepdf.open(io.BytesIO(kept.content)) as pdf:
        assert len(pdf.pages) == 1


def test_a_pdf_with_a_password_is_refused():
    locked = scan(encryption=pikepdf.Encryption(user="bí mật", owner="bí mật"))
    with pytest.raises(EvidenceRefused, match="Bỏ mật khẩu"):
        clean_evidence("quét.pdf", locked)


def test_a_pdf_that_only_forbids_changes_is_kept_open():
    kept = clean_evidence("quét.pdf", scan(encryption=pikepdf.Encryption(user="", owner="x")))
    with pikepdf.open(io.BytesIO(kept.content)) as pdf:
        assert not pdf.is_encrypted


def test_a_pdf_of_a_whole_book_is_refused():
    with pytest.raises(EvidenceRefused, match=f"hơn {MOST_PDF_PAGES} trang"):
        clean_evidence("sách.pdf", scan(MOST_PDF_PAGES + 1))


def test_a_pdf_without_pages_is_refused():
    with pytest.raises(EvidenceRefused):
        clean_evidence("quét.pdf", scan(0))


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>"]
)
def test_a_broken_pdf_is_refused_with_a_remedy(content):
    with pytest.raises(EvidenceRefused, match="Quét lại"):
        clean_evidence("quét.pdf", content)


def test_the_same_pdf_gives_the_same_bytes_so_that_it_is_kept_once():
    content = scan(2)
    assert clean_evidence("a.pdf", content).sha256 == clean_evidence("b.pdf", content).sha256


@settings(max_examples=40)
@given(
    source=st.sampled_from([picture(), picture("PNG"), armed_pdf()]),
    cut=st.integers(0, 2000),
    at=st.integers(0, 2000),
    noise=st.binary(max_size=20),
)
def test_a_damaged_file_is_cleaned_or_refused_and_nothing_else(source, cut, at, noise):
    damaged = source[:at] + noise + source[at + len(noise) : max(len(source) - cut, 0)]
    try:
        kind, kept = clean("bài", damaged)
    except EvidenceRefused:
        return
    assert kind in Evidence.Kind.values
    assert clean("bài", kept)[0] == kind


def unfolding_pdf(megabytes):
    """A PDF of one page whose object stream is padded with blanks: a thousandth of its size on the wire."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    )
    heads, bodies = b"", b""
    for number, each in enumerate(objects, start=1):
        heads += b"%d %d " % (number, len(bodies))
        bodies += each + b" "
    packer = zlib.compressobj(9)
    data = packer.compress(heads + bodies)
    for _megabyte in range(megabytes):
        data += packer.compress(b" " * 1_000_000)
    data += packer.flush()
    out = b"%PDF-1.5\n"
    stream_at = len(out)
    out += b"4 0 obj<</Type/ObjStm/N 3/First %d/Length %d/Filter/FlateDecode>>stream\n" % (
        len(heads),
        len(data),
    )
    out += data + b"\nendstream endobj\n"
    table_at = len(out)
    places = ((0, 0, 65535), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, stream_at, 0), (1, table_at, 0))
    table = b"".join(struct.pack(">BIH", *place) for place in places)
    out += b"5 0 obj<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return out + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def test_a_pdf_that_unfolds_to_gigabytes_is_refused_and_the_web_process_stays_small():
    small = unfolding_pdf(1)
    assert clean_evidence("nhỏ.pdf", small).kind == Evidence.Kind.PDF
    bomb = unfolding_pdf(1200)
    assert len(bomb) < 2_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(EvidenceRefused, match=r"bung ra quá lớn|bị hỏng"):
        clean_evidence("bom.pdf", bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


@pytest.mark.parametrize("name", ["\u200b.png", "\u202e.png", ".png"])
def test_a_file_without_a_readable_name_gets_one(name):
    assert clean_evidence(name, picture("PNG")).name == "minh-chung.png"
