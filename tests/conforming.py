"""An independent validator's word on a PDF: read by everybody (PDF/UA-1) and kept for ever (PDF/A-2a)."""

import re
from collections.abc import Iterator
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
    where the stated length is followed by the end of the stream, it is right. It does not always name the stream."""
    if not fault.rule_id.endswith("STREAM-LENGTH-001"):
        return False
    number = fault.object_id.object_number if fault.object_id else None
    ends = list(_stated_ends(pdf, rb"\d+" if number is None else b"%d" % number))
    are_right = all(pdf.startswith(b"\nendstream", end) for end in ends)
    return are_right and any(pdf[end - 1 : end] == b"\r" for end in ends)


def _stated_ends(pdf: bytes, number: bytes) -> Iterator[int]:
    """Where the streams of these objects end by their own word."""
    for begin in re.finditer(rb"(?:^|\n)%b 0 obj(?:(?!endobj).)*?\nstream\n" % number, pdf, re.DOTALL):
        length = re.search(rb"/Length (\d+)", begin.group())
        assert length is not None
        yield begin.end() + int(length.group(1))
