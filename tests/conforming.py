"""An independent validator's word on a PDF: read by everybody (PDF/UA-1) and kept for ever (PDF/A-2a)."""

import re
from pathlib import Path

import page

PROFILES = ("ua1", "2a")


def faults_of(pdf: bytes) -> list[str]:
    return [
        f"{profile}: {fault.rule_id} {fault.message}"
        for profile in PROFILES
        for fault in page.validate_pdf_bytes(pdf, profile=profile).failures
        if not _misread(pdf, fault)
    ]


def faults_of_file(file: Path) -> list[str]:
    return faults_of(file.read_bytes())


def _misread(pdf: bytes, fault: page.ValidationFailure) -> bool:
    """The validator takes the last byte of a stream for a part of the line's end where that byte is a carriage return:
    where the stated length is followed by the end of the stream, it is right."""
    if not fault.rule_id.endswith("STREAM-LENGTH-001") or fault.object_id is None:
        return False
    number = fault.object_id.object_number
    begin = re.search(rb"(?:^|\n)%d 0 obj.*?\nstream\n" % number, pdf, re.DOTALL)
    assert begin is not None
    length = re.search(rb"/Length (\d+)", begin.group())
    assert length is not None
    end = begin.end() + int(length.group(1))
    return pdf[end - 1 : end] == b"\r" and pdf[end:].startswith(b"\nendstream")
