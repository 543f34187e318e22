"""A digital signature (PAdES) on finished books, by a certificate that the school installs; off unless it has one.

Whoever opens the file sees that the school signed it and that no byte has changed since. It is invisible: the place for
a signature by hand and a seal stays free. What `reports.pdf_archive` declared stays true (a test asks the validator).
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pikepdf
from django.conf import settings
from pikepdf import Array, Dictionary, Name, NumberTree, Pdf, String

from reports import pdf_archive

FIELD: Final = "ChuKiSoNhaTruong"
SPOKEN: Final = "Chữ kí số của nhà trường"
_PRINTED_LOCKED: Final = 4 | 128


def sign_if_wished(file: Path) -> None:
    """Signs the file in its place where the school has a certificate; else leaves it alone.

    Raises OSError for a certificate that cannot be read, ValueError for one that its password does not open.
    """
    if settings.SIGNING is None:
        return
    certificate, password = settings.SIGNING
    with pikepdf.open(file, allow_overwriting_input=True) as document:
        _make_room(document)
        document.save(file, **pdf_archive.save_options())
    _sign(file, certificate, password)


def signed_if_wished(content: bytes) -> bytes:
    """The same of a file that lies nowhere yet."""
    if settings.SIGNING is None:
        return content
    with TemporaryDirectory() as folder:
        file = Path(folder) / "part.pdf"
        file.write_bytes(content)
        sign_if_wished(file)
        return file.read_bytes()


def _make_room(document: Pdf) -> None:
    """The field that takes the signature, in the structure too: a reader of the document must find and name it."""
    root, page = document.Root, document.pages[0].obj
    numbers = NumberTree(root.StructTreeRoot.ParentTree)
    key = max(numbers) + 1
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(FIELD),
            TU=String(SPOKEN),
            Rect=Array([0, 0, 0, 0]),
            F=_PRINTED_LOCKED,
            P=page,
            StructParent=key,
        )
    )
    part = root.StructTreeRoot.K[0]
    element = document.make_indirect(
        Dictionary(
            Type=Name.StructElem,
            S=Name.Form,
            P=part,
            Alt=String(SPOKEN),
            Lang=String("vi"),
            Pg=page,
            K=Dictionary(Type=Name.OBJR, Obj=field, Pg=page),
        )
    )
    part.K.append(element)
    numbers[key] = element
    page.Annots = Array([*page.get(Name.Annots, Array()), field])
    page.Tabs = Name.S
    root.AcroForm = document.make_indirect(Dictionary(Fields=Array([field]), SigFlags=3))


def _sign(file: Path, certificate: Path, password: str) -> None:
    # Only here: a school without a certificate need not install it (pyproject.toml, extra «signing»).
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign import fields, signers  # noqa: PLC0415

    class Writer(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """The metadata stay as declared: pyHanko's own way of writing them loses the schema that PDF/A wants."""

    signer = signers.SimpleSigner.load_pkcs12(str(certificate), passphrase=password.encode())
    if signer is None:
        raise ValueError(f"{certificate}: its password does not open it, or it holds no key.")
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason="Sổ của nhà trường, in từ hệ thống hồ sơ",
    )
    signed = file.with_suffix(".signed")
    with file.open("rb") as source, signed.open("wb+") as target:
        signers.sign_pdf(Writer(source), about, signer=signer, output=target)
    signed.replace(file)
