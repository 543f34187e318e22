"""The register of processing purposes: begun with the program's wording, then the school's own (rule R66)."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict

from accounts import clock, permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from approvals.data_refusals import DataOutdated, DataRefused, words_of
from approvals.data_rules import STANDARD_PURPOSES, PurposeText
from approvals.models import ProcessingPurpose

WHO_KEEPS = "Sổ mục đích xử lí dữ liệu cá nhân do Hiệu trưởng, văn thư ghi."
FIELDS = ("title", "categories", "basis", "recipients", "kept_for")


def missing_standards() -> list[PurposeText]:
    """Those of the program's purposes that the register never had. One statement."""
    known = set(ProcessingPurpose.objects.values_list("code", flat=True))
    return [each for each in STANDARD_PURPOSES if each.code not in known]


def begin_register(*, by: User) -> list[ProcessingPurpose]:
    """Writes the standard purposes that the register never had, in force from today; none twice. Raises Refused."""
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        made = _store_standards(by)
        act.says(f"Ghi {len(made)} mục đích xử lí dữ liệu cá nhân theo mẫu", thing="purpose")
    return made


def begin_for_new_school() -> list[ProcessingPurpose]:
    """As a school is founded, in that act."""
    return _store_standards(None)


def _store_standards(by: User | None) -> list[ProcessingPurpose]:
    made = ProcessingPurpose.objects.bulk_create(
        ProcessingPurpose(**asdict(each), starts_on=clock.today(), recorded_by=by, recorded_at=clock.stamp())
        for each in missing_standards()
    )
    record_bulk(made, changed=False, why="Lời mẫu của chương trình")
    return made


def add_purpose(told: PurposeText, *, by: User) -> ProcessingPurpose:
    """Writes one more line. Raises Refused, DataRefused."""
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    values = _values(told)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        if ProcessingPurpose.objects.in_force().filter(code=told.code).exists():
            raise DataRefused("Mã này đã có trong sổ. Đặt mã khác, hoặc sửa dòng đã có.", "code")
        act.says(f"Ghi mục đích xử lí dữ liệu «{values['title']}»", thing="purpose")
        return _store(told, values, by)


def reword_purpose(purpose: ProcessingPurpose, told: PurposeText, *, why: str, by: User) -> ProcessingPurpose:
    """Ends the line today and begins one with the new words; consents given to the old words stay with these.

    Raises Refused, DataRefused, DataOutdated.
    """
    values = _values(told)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        end_purpose(purpose, why=why, by=by)
        act.says(f"Sửa mục đích xử lí dữ liệu «{values['title']}»", thing="purpose")
        return _store(told, values, by)


def end_purpose(purpose: ProcessingPurpose, *, why: str, by: User) -> None:
    """The school no longer processes data for this. Raises Refused, DataRefused, DataOutdated."""
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    words = words_of(why, "lí do", "why")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = ProcessingPurpose.objects.select_for_update().get(pk=purpose.pk)
        if held.state != ProcessingPurpose.State.IN_FORCE:
            raise DataOutdated("Dòng này vừa được người khác sửa hoặc kết thúc. Mở lại sổ rồi làm tiếp.")
        held.state, held.ends_on, held.end_reason = ProcessingPurpose.State.ENDED, clock.today(), words
        held.save()
        act.says(f"Thôi mục đích xử lí dữ liệu «{held.title}»", thing="purpose")


def _values(told: PurposeText) -> dict[str, str]:
    return {name: words_of(getattr(told, name), "phần này", name) for name in FIELDS}


def _store(told: PurposeText, values: dict[str, str], by: User) -> ProcessingPurpose:
    return ProcessingPurpose.objects.create(
        **values,
        code=told.code,
        needs_consent=told.needs_consent,
        starts_on=clock.today(),
        recorded_by=by,
        recorded_at=clock.stamp(),
    )


def purposes_to_agree_to() -> Sequence[ProcessingPurpose]:
    """In the order of the register. One statement."""
    return list(ProcessingPurpose.objects.to_agree_to())


def in_force_on(day: datetime.date) -> list[ProcessingPurpose]:
    """The register as it stood at the end of a day, with who wrote each line. One statement."""
    begun = ProcessingPurpose.objects.filter(starts_on__lte=day).exclude(ends_on__lte=day)
    return list(begun.select_related("recorded_by"))
