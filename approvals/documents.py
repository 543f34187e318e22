"""Documents of the school (PLAN IV.1): new versions, and the decision on the management board with its members."""

import datetime
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, QuerySet

from accounts import clock, permissions
from accounts.duties import Duties, duties_on
from accounts.history import Source, acting
from accounts.models import Post, User
from accounts.powers import Action
from approvals.evidence import CleanFile
from approvals.models import BoardMember, DocumentVersion, KeptDocument
from gradebook.grading import plain_text
from gradebook.number_register import hold_numbers, number_problem
from gradebook.paper_numbers import read_number
from students.models import SchoolYear

WHO_KEEPS = (
    "Hiệu trưởng, Phó Hiệu trưởng đưa văn bản lên; văn thư đưa lên thay, ghi rõ thay ai. Ai cũng đọc được."
)
OLDEST = datetime.date(2000, 1, 1)


class DocumentRefused(Exception):
    """The version cannot be kept; the message says why and what to do, `field` where ("" for the whole)."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the board, as the form has it."""

    person: User
    role: str
    starts_on: datetime.date
    ends_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A version to be kept; `members` and `text` are those of the board's decision."""

    number: str
    dated: datetime.date
    title: str
    note: str = ""
    file: CleanFile | None = None
    text: str = ""
    members: tuple[Member, ...] = ()
    on_behalf_of: User | None = None


def keep(document: KeptDocument, paper: Paper, *, token: uuid.UUID, by: User) -> DocumentVersion:
    """Adds the paper as the newest version, which is in force from now on; the same form sent twice is one version.

    `document` is saved, or new. Raises Refused, DocumentRefused.
    """
    permissions.require(by, Action.KEEP_DOCUMENTS, WHO_KEEPS)
    with acting(by, role=permissions.post_label(by), source=Source.PAGE) as act:
        # Held, so that one form sent twice at the same moment waits for itself.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        sent = DocumentVersion.objects.filter(uploaded_by=by, token=token).first()
        if sent is not None:
            return sent
        _check(document, paper, by)
        document = _held(document)
        version = _version(document, paper, token, by)
        if paper.file:
            version.file.save(paper.file.name, paper.file.as_django_file(), save=False)
        version.save()
        BoardMember.objects.bulk_create(_members(version, paper.members))
        act.says(f"Đưa lên văn bản số {version.number}: {document.name}", thing=f"document:{document.pk}")
    return version


def _held(document: KeptDocument) -> KeptDocument:
    """The document's row, taken: two versions at once get two numbers."""
    if document.pk is None:
        document.name = plain_text(document.name)
        document.save()
    return KeptDocument.objects.select_for_update().get(pk=document.pk)


def _version(document: KeptDocument, paper: Paper, token: uuid.UUID, by: User) -> DocumentVersion:
    last = document.versions.aggregate(last=Max("version"))["last"] or 0
    year = SchoolYear.objects.current()
    if year is None:
        raise DocumentRefused("Chưa có năm học nào bắt đầu. Mở năm học rồi đưa văn bản lên.")
    return DocumentVersion(
        document=document,
        version=last + 1,
        year=year,
        number=plain_text(paper.number),
        dated=paper.dated,
        title=plain_text(paper.title),
        text=plain_text(paper.text),
        note=plain_text(paper.note),
        file_name=paper.file.name if paper.file else "",
        file_sha256=paper.file.sha256 if paper.file else "",
        uploaded_by=by,
        role=permissions.post_label(by),
        on_behalf_of=paper.on_behalf_of,
        uploaded_at=clock.now(),
        token=token,
    )


def _members(version: DocumentVersion, members: Sequence[Member]) -> list[BoardMember]:
    duties = duties_on(clock.today(), [member.person for member in members])
    return [
        BoardMember(
            version=version,
            place=place,
            person=member.person,
            post=_post_of(member.person, duties[member.person.pk]),
            role=member.role,
            starts_on=member.starts_on,
            ends_on=member.ends_on,
        )
        for place, member in enumerate(members, start=1)
    ]


def _post_of(person: User, duties: Duties) -> str:
    """What the paper names beside the person."""
    if duties.posts:
        return duties.posts[0][:100]
    return "Giáo viên" if duties.kinds else person.position_title or "Nhân viên"


def _check(document: KeptDocument, paper: Paper, by: User) -> None:
    if document.pk is None:
        _check_new(document)
    if not OLDEST <= paper.dated <= clock.today():
        raise DocumentRefused("Ngày kí chưa tới hoặc quá xa. Ghi ngày trên văn bản đã kí.", field="dated")
    if paper.file is not None and paper.file.kind != "application/pdf":
        raise DocumentRefused("Văn bản lưu bằng tệp PDF. Quét hoặc xuất ra PDF rồi gửi lại.", field="file")
    if not document.is_board and paper.file is None:
        raise DocumentRefused("Chưa có tệp văn bản. Chọn tệp PDF rồi gửi lại.", field="file")
    _check_for_whom(paper, by)
    if document.is_board:
        _check_board(paper)
    _check_number(document, paper)


def _check_number(document: KeptDocument, paper: Paper) -> None:
    """A decision has a number of its own; versions of one document and one day may share it: the draft, the scan."""
    text = plain_text(paper.number)
    number = read_number(text)
    if not document.is_board and not (number and number.is_decision):
        return
    hold_numbers()
    own = DocumentVersion.objects.filter(document=document.pk, dated=paper.dated).order_by()
    problem = number_problem(text, paper.dated, besides=own.values_list("number", flat=True))
    if problem:
        raise DocumentRefused(problem, field="number")


def _check_new(document: KeptDocument) -> None:
    if document.kind != KeptDocument.Kind.OTHER and KeptDocument.objects.filter(kind=document.kind).exists():
        raise DocumentRefused(f"Đã có «{document.name}». Mở văn bản đó và thêm bản mới.")
    if KeptDocument.objects.filter(name=plain_text(document.name)).exists():
        raise DocumentRefused(
            f"Tên «{document.name}» đã có. Mở văn bản đó và thêm bản mới, hoặc đặt tên khác.", field="name"
        )


def _check_for_whom(paper: Paper, by: User) -> None:
    """The clerk keeps papers on behalf of a leader of today, a leader in their own name."""
    if permissions.has_post(by, Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL):
        if paper.on_behalf_of is not None:
            raise DocumentRefused("Thầy cô tự đưa lên, không ghi thay ai.", field="on_behalf_of")
    elif paper.on_behalf_of is None or not leaders().filter(pk=paper.on_behalf_of.pk).exists():
        raise DocumentRefused(
            "Văn thư đưa lên thay Hiệu trưởng hoặc Phó Hiệu trưởng: chọn thay ai.", field="on_behalf_of"
        )


def _check_board(paper: Paper) -> None:
    if not any(character.isalnum() for character in paper.text):
        raise DocumentRefused("Chưa ghi nhiệm vụ của Ban. Ghi vài câu rồi gửi lại.", field="text")
    heads = [each for each in paper.members if each.role == BoardMember.Role.HEAD]
    if len(heads) != 1:
        raise DocumentRefused("Ban có đúng một Trưởng ban. Sửa lại cột nhiệm vụ.", field="members")
    if len(paper.members) < 2:
        raise DocumentRefused("Ban có ít nhất hai người. Ghi thêm thành viên.", field="members")
    twice = [
        name for name, times in Counter(each.person.full_name for each in paper.members).items() if times > 1
    ]
    if len({each.person.pk for each in paper.members}) < len(paper.members):
        raise DocumentRefused(f"{', '.join(twice)} có hai dòng. Mỗi người một dòng.", field="members")
    for each in paper.members:
        if each.ends_on is not None and each.ends_on < each.starts_on:
            raise DocumentRefused(
                f"{each.person.full_name}: ngày thôi sớm hơn ngày vào Ban. Sửa lại.", field="members"
            )


def leaders() -> QuerySet[User]:
    """The principal and the vice-principals of today."""
    kinds = (Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL)
    posts = Post.objects.filter(kind__in=kinds).held_on(clock.today())
    return User.objects.filter(pk__in=posts.values("holder"), is_active=True).order_by("sort_key", "pk")


def board_of_today() -> list[BoardMember]:
    """Who is on the board by the decision in force. One statement."""
    newest = DocumentVersion.objects.filter(document__kind=KeptDocument.Kind.BOARD).order_by("-version")[:1]
    rows = BoardMember.objects.filter(version__in=newest.values("pk")).select_related("person")
    return [member for member in rows if member.is_on(clock.today())]
