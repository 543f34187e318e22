"""Documents of the school for tests: a plan, and the decision on the management board."""

import uuid

from accounts import clock
from accounts.models import User
from approvals.documents import Member, Paper, keep
from approvals.evidence import CleanFile
from approvals.models import BoardMember, DocumentVersion, KeptDocument
from tests.approvals.papers import scan
from tests.gradebook.school import School

Role = BoardMember.Role
PLAN_FILE = CleanFile("ke-hoach.pdf", "application/pdf", scan())


def board_paper(school: School, **changed: object) -> Paper:
    """Cô Bích leads the board, cô Hoa is her deputy, anh Tuấn its secretary."""
    today = clock.today()
    people = ((school.bich, Role.HEAD), (school.hoa, Role.DEPUTY), (school.tuan, Role.SECRETARY))
    values = {
        "number": "12/QĐ-THKĐ",
        "dated": today,
        "title": "Về việc thành lập Ban quản lí Hệ thống CSDL",
        "text": "Ban quản lí, vận hành Hệ thống CSDL của nhà trường.",
        "members": tuple(Member(person, role.value, today) for person, role in people),
    }
    return Paper(**{**values, **changed})  # type: ignore[arg-type]


def the_board(school: School, **changed: object) -> DocumentVersion:
    """The decision, laid down by the principal; a further one is a further version."""
    document = KeptDocument.objects.filter(kind="board").first() or KeptDocument(
        kind="board", name="Quyết định thành lập Ban quản lí CSDL"
    )
    return keep(document, board_paper(school, **changed), token=uuid.uuid4(), by=again(school.bich))


def the_plan(school: School, number: str = "05/KH-THKĐ") -> DocumentVersion:
    document = KeptDocument.objects.filter(kind="plan").first() or KeptDocument(kind="plan", name="Kế hoạch")
    paper = Paper(number=number, dated=clock.today(), title="Quản lí và sử dụng CSDL", file=PLAN_FILE)
    return keep(document, paper, token=uuid.uuid4(), by=again(school.bich))


def again(person: User) -> User:
    """Read anew: powers are remembered on the object."""
    return User.objects.get(pk=person.pk)
