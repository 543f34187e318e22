"""The process that signs: `python -m reports.signature_writing`, started by `reports.pdf_signing`.

Its standard input names the certificate on the first line, then a file a line; each is answered with a line once it is
done. Nothing is loaded but what signs: about 200 MiB for a school's book.
"""

import json
import sys
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from reports.signature_field import FIELD, make_room


class _Writer(IncrementalPdfFileWriter):
    def _update_meta(self) -> None:
        """The metadata stay as declared: pyHanko's own way of writing them loses the schema that PDF/A wants."""


def write_signature(file: Path, signer: signers.Signer) -> None:
    """Signs the file in its place: whole or not at all."""
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason="Sổ của nhà trường, in từ hệ thống hồ sơ",
    )
    draft = file.with_suffix(".signed")
    with file.open("rb") as source, draft.open("wb+") as target:
        document = _Writer(source)
        make_room(document)
        signers.sign_pdf(document, about, signer=signer, output=target)
    draft.replace(file)


def _answer(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    told = json.loads(sys.stdin.readline())
    signer = signers.SimpleSigner.load_pkcs12(told["certificate"], passphrase=told["password"].encode())
    if signer is None:
        raise SystemExit("The certificate does not open.")
    _answer("ready")
    for line in sys.stdin:
        write_signature(Path(json.loads(line)), signer)
        _answer("signed")


if __name__ == "__main__":
    main()
