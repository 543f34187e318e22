"""The upload of a mark file: the form, and the wanted values on their way from the preview to the second step.

Nothing of the file is kept on the server: what the preview showed travels in a signed field of the page, and comes
back unchanged or not at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from gradebook.entry import Change
from gradebook.models import ENTRY_CHOICES
from gradebook.sealed_previews import seal, unseal
from gradebook.sheet_forms import THEIRS
from gradebook.sheets import SheetRef
from gradebook.workbook_rows import CellKey, Place
from students.names import clean
from students.workbook_safety import MAX_FILE, too_large

PURPOSE = "sheet_upload"


class WorkbookForm(forms.Form):
    """The file; what is in it is not judged here."""

    file = forms.FileField(
        label="Tệp kết quả",
        help_text="Tệp Excel .xlsx, nhiều nhất 10 MB: tệp lấy từ nút «Tải Excel», hoặc tệp của phần mềm khác có các "
        "cột «Mã học sinh» (hoặc «Họ và tên», «Ngày sinh») và các cột của sổ; «Mã nhận xét» tra trong ngân hàng "
        "nhận xét.",
        widget=forms.FileInput({"accept": ".xlsx"}),
        error_messages={
            "required": "Chưa chọn tệp. Chọn tệp kết quả trên máy.",
            "empty": "Tệp rỗng. Chọn lại tệp kết quả.",
            "invalid": "Chưa nhận được tệp. Chọn lại tệp rồi gửi lại.",
        },
    )

    def clean_file(self) -> UploadedFile:
        """Reads the bytes into `content`."""
        upload: UploadedFile = self.cleaned_data["file"]
        if upload.size and upload.size > MAX_FILE:
            raise forms.ValidationError(too_large(upload.size))
        self.content = upload.read()
        self.name = clean(upload.name or "")[-150:]
        return upload


class WorkbooksForm(WorkbookForm):
    """A file of any of one's sheets; `period` is what its rows are of where nothing says."""

    period = forms.ChoiceField(
        label="Chỗ nào trong tệp không ghi thời điểm đánh giá thì là",
        help_text="Cột chỉ ghi «GK», «CK» được hiểu là của cùng học kì.",
        choices=ENTRY_CHOICES,
        error_messages={"required": "Chưa chọn thời điểm đánh giá."},
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a preview offered to write: each cell with the version it was shown at, and its place in the file."""

    file_name: str
    changes: tuple[Change, ...]
    places: Mapping[CellKey, Place]


def seal_wanted(wanted: Wanted, *, ref: SheetRef, by: User) -> str:
    """The wanted values, good for this person and this sheet."""
    cells = [
        (
            *(change.student_id, change.item, change.field, change.value, change.version),
            *_place_parts(wanted.places[change.student_id, change.item, change.field]),
        )
        for change in wanted.changes
    ]
    told = {"file": wanted.file_name, "cells": cells}
    return seal(told, purpose=PURPOSE, whose=_whose(ref, by))


def unseal_wanted(text: str, *, ref: SheetRef, by: User) -> Wanted:
    """Raises PreviewLost unless `seal` gave this text for the same person and sheet."""
    told = unseal(text, purpose=PURPOSE, whose=_whose(ref, by))
    changes = tuple(Change(*cell[:5]) for cell in told["cells"])
    places = {tuple(cell[:3]): Place(*cell[5:]) for cell in told["cells"]}
    return Wanted(told["file"], changes, places)


def _whose(ref: SheetRef, by: User) -> list[int | str]:
    return [by.pk, ref.school_class.pk, ref.code, ref.period.value]


def _place_parts(place: Place) -> tuple[str, int, str, str]:
    return place.sheet, place.row, place.letter, place.header


def name_of(change: Change) -> str:
    """What stands for a cell in the names of the form's fields, as in `sheet_forms`."""
    return f"{change.student_id}.{change.item}.{change.field}"


def with_answers(changes: Iterable[Change], posted: Mapping[str, str], *, prefix: str = "") -> list[Change]:
    """The changes to write, conflicts as answered: "theirs" leaves a cell out, a version is the one to replace.

    `prefix` is what the names of the form's fields begin with on a page of several sheets.
    """
    answered = []
    for change in changes:
        answer = posted.get(f"k.{prefix}{name_of(change)}", "")
        if answer == THEIRS:
            continue
        is_version = answer.isascii() and answer.isdigit() and len(answer) < 10
        answered.append(replace(change, version=int(answer)) if is_version else change)
    return answered
