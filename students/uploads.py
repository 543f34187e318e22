"""A pupil list on its way in: kept as it came, read again for each look, carried out once (rule R85)."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

from django.core.files.base import ContentFile

from accounts import clock, permissions
from accounts.history import Source, acting
from accounts.models import User
from accounts.powers import Action
from students.imports import carry_out_roster
from students.models import RosterUpload, SchoolYear
from students.names import clean
from students.roster_files import RosterFile, read_roster
from students.roster_planning import plan_roster
from students.roster_plans import Deed, RosterPlan

WHO_IMPORTS = "Chỉ văn thư nạp danh sách học sinh theo đơn vị lớp học."


class UploadRefused(Exception):
    """The upload cannot be looked at or carried out any more; the message says why and what to do."""


def keep_upload(*, name: str, content: bytes, roster: RosterFile, year: SchoolYear, by: User) -> RosterUpload:
    """Keeps a list and how much is to be mended in it; the same bytes still waiting are not kept twice.

    `roster` is what the content was read as. Raises PermissionDenied.
    """
    permissions.require(by, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    sha256 = hashlib.sha256(content).hexdigest()
    with acting(by, role="Văn thư", source=Source.PAGE) as act:
        # One at a time, so that a button pressed twice keeps one file.
        SchoolYear.objects.select_for_update(no_key=True).get(pk=year.pk)
        plan = plan_roster(roster, year)
        errors, has_news = plan.error_count, plan.changes_anything
        waiting = RosterUpload.objects.filter(year=year, sha256=sha256, applied_at__isnull=True).first()
        if waiting:
            if (waiting.errors, waiting.has_news) != (errors, has_news):
                waiting.errors, waiting.has_news = errors, has_news
                waiting.save(update_fields=["errors", "has_news"])
            act.says(f"Tải lên lại danh sách học sinh «{waiting.name}»", thing=f"roster_upload:{waiting.pk}")
            return waiting
        kept = RosterUpload.objects.create(
            year=year,
            name=clean(name)[-150:],
            file=ContentFile(content, name="danh-sach.xlsx"),
            size=len(content),
            sha256=sha256,
            errors=errors,
            has_news=has_news,
            uploaded_by=by,
        )
        act.says(f"Tải lên danh sách học sinh «{kept.name}»", thing=f"roster_upload:{kept.pk}")
    return kept


def plan_of(upload: RosterUpload) -> RosterPlan:
    """What carrying out the upload would do now. At most four statements beside reading it. Raises UploadRefused."""
    return plan_roster(file_of(upload), upload.year)


def apply_upload(
    upload: RosterUpload,
    *,
    previewed: str,
    by: User,
    progressed: Callable[[int], None] = lambda _step: None,
) -> RosterUpload:
    """Carries out the list, all or nothing, and notes on the upload who did it and how much it was.

    `previewed` is the fingerprint of the plan that the clerk was shown. Raises PermissionDenied, UploadRefused,
    RosterRefused and RosterChanged, each with nothing written.
    """
    permissions.require(by, Action.IMPORT_ROSTERS, WHO_IMPORTS)
    under = f"roster_upload:{upload.pk}"
    with acting(by, role="Văn thư", source=Source.EXCEL, under=under) as act:
        found = RosterUpload.objects.select_for_update(of=("self",)).select_related("year").get(pk=upload.pk)
        if found.applied_at:
            raise UploadRefused(f"Tệp này đã được nạp lúc {clock.moment_label(found.applied_at)}.")
        progressed(0)
        plan = carry_out_roster(
            file_of(found), found.year, by=by, previewed=previewed, under=under, progressed=progressed
        )
        found.applied_by, found.applied_at = by, clock.now()
        found.created, found.changed = plan.counts[Deed.CREATE], plan.counts[Deed.CHANGE]
        found.kept, found.enrolled = plan.counts[Deed.KEEP], plan.enrolled
        found.classes = sorted({each.row.class_name for each in plan.rows})
        found.new_classes = [name for name, _grade in plan.new_classes]
        found.save()
        act.says(
            f"Nạp danh sách «{found.name}»: thêm {found.created} học sinh, thay đổi {found.changed}, "
            f"giữ nguyên {found.kept}",
            thing=under,
        )
    return found


def file_of(upload: RosterUpload) -> RosterFile:
    """The pupils that the kept file names. Raises UploadRefused when the file is gone or no longer what came."""
    return _read(upload.pk, upload.sha256)


# The bytes of an upload never change, and a dry run is looked at page by page: reading 1,049 rows takes most
# of a second. Two files are enough for the one clerk.
@lru_cache(maxsize=2)
def _read(pk: int, sha256: str) -> RosterFile:
    upload = RosterUpload.objects.get(pk=pk)
    again = "Tải tệp lên lại từ trang Nạp danh sách."
    try:
        content = upload.file.read()
    except FileNotFoundError as problem:
        raise UploadRefused(f"Tệp đã tải lên không còn trên đĩa của máy chủ. {again}") from problem
    finally:
        upload.file.close()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise UploadRefused(f"Tệp giữ trên máy chủ không còn nguyên vẹn. {again}")
    return read_roster(content, upload.name, school_year=upload.year_id)
