"""The register of processing purposes: begun with the program's wording, then the school's own (rule R66)."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import takewhile
from typing import Any

from django.utils.timezone import localdate

from accounts import clock, permissions
from accounts.history import Source, acting, record_bulk
from accounts.models import User
from accounts.powers import Action
from approvals.data_refusals import DataOutdated, DataRefused, words_of
from approvals.data_rules import STANDARD_PURPOSES, PurposeText
from approvals.models import Consent, ProcessingPurpose

WHO_KEEPS = "Sổ mục đích xử lí dữ liệu cá nhân do Hiệu trưởng, văn thư ghi."
_CHANGED = (
    "Mục đích này vừa được người khác sửa lời sau khi trang này mở. Chưa ghi gì: đối chiếu với lời đang áp dụng ở "
    "dưới, sửa phần của mình rồi ghi lại."
)
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


class PurposeChanged(DataOutdated):
    """The line is not as the page showed it. `stands`: as it is in force now; None where the school does it no more."""

    def __init__(self, message: str, stands: ProcessingPurpose | None) -> None:
        super().__init__(message)
        self.stands = stands


def reword_purpose(
    purpose: ProcessingPurpose, told: PurposeText, *, seen: str, why: str, by: User
) -> ProcessingPurpose:
    """Ends the line today and begins one with the new words; consents given to the old words stay with these.

    `seen`: what the page showed (`seen_of`). Raises Refused, DataRefused, PurposeChanged.
    """
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    values = _values(told)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        _held_as_seen(purpose, seen)
        end_purpose(purpose, why=why, by=by)
        act.says(f"Sửa mục đích xử lí dữ liệu «{values['title']}»", thing="purpose")
        return _store(told, values, by)


def _held_as_seen(purpose: ProcessingPurpose, seen: str) -> ProcessingPurpose:
    held = ProcessingPurpose.objects.select_for_update().get(pk=purpose.pk)
    if held.state != ProcessingPurpose.State.IN_FORCE:
        follower = follower_of(held)
        if follower is None:
            raise PurposeChanged(
                f"«{held.title}» đã thôi áp dụng từ {held.ends_on:%d/%m/%Y} ({held.end_reason}). Chưa ghi gì; phần đã "
                "gõ còn ở dưới: vẫn cần thì ghi ở «Thêm mục đích».",
                None,
            )
        raise PurposeChanged(_CHANGED, follower)
    if seen != seen_of(held):
        raise PurposeChanged(_CHANGED, held)
    return held


def seen_of(purpose: ProcessingPurpose) -> str:
    """A fingerprint of the words of a line: the page sends back the one that it showed."""
    return sha256("\0".join([str(purpose.pk), *words_in(purpose).values()]).encode()).hexdigest()


def words_in(told: ProcessingPurpose | PurposeText) -> dict[str, str]:
    """The words by field."""
    return {name: getattr(told, name) for name in FIELDS}


def correct_spelling(
    purpose: ProcessingPurpose, told: PurposeText, *, seen: str, why: str, by: User
) -> ProcessingPurpose:
    """Writes the same in better words: consents stay, the history keeps the words before, who and why.

    Raises Refused, DataRefused where another consent is asked for, PurposeChanged.
    """
    permissions.require(by, Action.KEEP_DATA_PROTECTION, WHO_KEEPS)
    values, reason = _values(told), words_of(why, "lí do", "why")
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        held = _held_as_seen(purpose, seen)
        if held.needs_consent != told.needs_consent:
            raise DataRefused("Đổi việc cần đồng ý hay không là đổi nghĩa: chọn «Đổi nghĩa».", "meaning")
        for name, value in values.items():
            setattr(held, name, value)
        held._change_reason = f"Chữa chính tả: {reason}"[:100]  # type: ignore[attr-defined]  # noqa: SLF001 - simple-history's own name
        held.save()
        act.says(f"Chữa chính tả mục đích xử lí dữ liệu «{held.title}»: {reason}", thing="purpose")
    return held


def pupils_with_slips(purpose: ProcessingPurpose) -> int:
    """Of so many pupils something was said to these words. One statement."""
    return Consent.objects.filter(purpose=purpose).values("student").distinct().count()


def follower_of(purpose: ProcessingPurpose) -> ProcessingPurpose | None:
    """The line in force that a line that has ended was reworded into; None where the school does it no more."""
    in_force = ProcessingPurpose.objects.in_force().filter(code=purpose.code)
    return in_force.select_related("recorded_by").first()


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


@dataclass(frozen=True, slots=True)
class Wordings:
    """By purpose its words as they stood one after the other: mended spelling leaves earlier ones in the history."""

    by_purpose: Mapping[int, Sequence[Any]]

    def when_signed(self, purpose: int, said_on: datetime.date, recorded_at: datetime.datetime) -> Any:
        """The words, with the FIELDS of a purpose, that a slip of that day was given to.

        Of a slip from before the register the first ones; None for a purpose that is not among those read.
        """
        told = self.by_purpose.get(purpose, ())
        stood = takewhile(
            lambda each: each.history_date <= recorded_at and localdate(each.history_date) <= said_on, told
        )
        return [*told[:1], *stood][-1] if told else None


def read_wordings(purposes: Collection[int]) -> Wordings:
    """One statement; none for no purpose."""
    found: dict[int, list[Any]] = {}
    if purposes:
        for each in ProcessingPurpose.history.filter(id__in=purposes).order_by("history_id"):
            found.setdefault(each.id, []).append(each)
    return Wordings(found)


def wording_in_words(told: Any) -> str:
    """All the words of a purpose in one text: «Chụp ảnh … Dữ liệu: … Căn cứ: … Ai nhận: … Lưu đến khi nào: …»."""
    labels = {each.name: str(each.verbose_name) for each in ProcessingPurpose._meta.concrete_fields}  # noqa: SLF001 - Django's documented API
    parts = [f"{labels[name][:1].upper()}{labels[name][1:]}: {getattr(told, name)}" for name in FIELDS[1:]]
    return ". ".join(each.rstrip(". ") for each in (told.title, *parts)) + "."
