"""Documents of the school: listed and read by everybody, kept by the leaders and, on their behalf, the clerk."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock, permissions
from accounts.confirmation import require_password
from accounts.file_answers import file_to_save
from accounts.models import AccessLogEntry, Post
from accounts.powers import Action
from accounts.rate_limit import limited
from accounts.refusals import log_access
from accounts.requests import SignedInRequest
from approvals.document_forms import MemberFormSet, VersionForm, first_rows, first_values, staff
from approvals.documents import WHO_KEEPS, DocumentRefused, Member, keep
from approvals.evidence import download_name
from approvals.models import BoardMember, DocumentVersion, KeptDocument

Kind = KeptDocument.Kind
ORDER = {kind: place for place, kind in enumerate(Kind.values)}


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document with the version in force, the newest; `versions` are all, newest first."""

    document: KeptDocument
    versions: tuple[DocumentVersion, ...]

    @property
    def current(self) -> DocumentVersion:
        return self.versions[0]

    @property
    def former(self) -> tuple[DocumentVersion, ...]:
        return self.versions[1:]


@require_safe
def document_list(request: SignedInRequest) -> HttpResponse:
    """Every document with its version in force. Two statements."""
    versions = DocumentVersion.objects.select_related("uploaded_by", "on_behalf_of").order_by("-version")
    found = KeptDocument.objects.prefetch_related(Prefetch("versions", queryset=versions))
    lines = [DocumentLine(each, tuple(each.versions.all())) for each in found]
    lines.sort(key=lambda line: (ORDER[line.document.kind], line.document.name))
    kinds = {line.document.kind for line in lines}
    context = {
        "lines": lines,
        "may_keep": permissions.may(request.user, Action.KEEP_DOCUMENTS),
        "missing": [kind for kind in Kind if kind not in kinds and kind != Kind.OTHER],
    }
    return render(request, "approvals/documents.html", context)


@require_safe
def document_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """A document: the version in force, with the board's members, then the former ones."""
    line = _line(pk)
    members = list(line.current.members.select_related("person").order_by("place"))
    context = {
        "line": line,
        "members": members,
        "today": clock.today(),
        "may_keep": permissions.may(request.user, Action.KEEP_DOCUMENTS),
    }
    return render(request, "approvals/document.html", context)


def _line(pk: int) -> DocumentLine:
    versions = DocumentVersion.objects.select_related("uploaded_by", "on_behalf_of", "year")
    versions = versions.annotate(on_board=Count("members")).order_by("-version")
    found = KeptDocument.objects.prefetch_related(Prefetch("versions", queryset=versions))
    document = get_object_or_404(found, pk=pk)
    return DocumentLine(document, tuple(document.versions.all()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("document", times=60, minutes=10, what="đưa văn bản lên", methods=("POST",))
def document_new(request: SignedInRequest, kind: str) -> HttpResponse:
    """The first version of a document of the kind."""
    permissions.require(request.user, Action.KEEP_DOCUMENTS, WHO_KEEPS)
    if kind not in Kind.values:
        raise Http404(f"Không có loại văn bản «{kind}».")
    name = "" if kind == Kind.OTHER else str(Kind(kind).label)
    return _form_page(request, KeptDocument(kind=kind, name=name), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("document", times=60, minutes=10, what="đưa văn bản lên", methods=("POST",))
def document_renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """A further version, which takes the place of the last."""
    permissions.require(request.user, Action.KEEP_DOCUMENTS, WHO_KEEPS)
    line = _line(pk)
    return _form_page(request, line.document, line.current)


def _form_page(
    request: SignedInRequest, document: KeptDocument, last: DocumentVersion | None
) -> HttpResponse:
    leads = permissions.has_post(request.user, Post.Kind.PRINCIPAL, Post.Kind.VICE_PRINCIPAL)
    people = staff() if document.is_board else {}
    if request.method != "POST":
        form = VersionForm(initial=first_values(document, last), document=document, by_clerk=not leads)
        rows = MemberFormSet(initial=first_rows(last), prefix="m", form_kwargs={"people": people})
        return _show_form(request, document, last, form, rows)
    form = VersionForm(request.POST, request.FILES, document=document, by_clerk=not leads)
    rows = MemberFormSet(request.POST, prefix="m", form_kwargs={"people": people})
    is_whole = form.is_valid() and (not document.is_board or rows.is_valid())
    problem = ""
    if is_whole:
        if document.is_board:
            require_password(
                request,
                f"Đưa lên quyết định số {form.cleaned_data['number']} về Ban quản lí CSDL: có hiệu lực ngay, thay "
                "quyết định đang có; lưu rồi không sửa, xoá được.",
            )
        try:
            return _keep(request, document, form, _members(form, rows) if document.is_board else ())
        except DocumentRefused as refusal:
            if refusal.field in form.fields:
                form.add_error(refusal.field, refusal.message)
            else:
                problem = refusal.message
    return _show_form(request, document, last, form, rows, problem=problem, status=422)


def _members(form: VersionForm, rows: MemberFormSet) -> tuple[Member, ...]:  # type: ignore[valid-type]
    found = (row.member(form.cleaned_data["dated"]) for row in rows)  # type: ignore[attr-defined]
    return tuple(member for member in found if member is not None)


def _keep(
    request: SignedInRequest, document: KeptDocument, form: VersionForm, members: tuple[Member, ...]
) -> HttpResponse:
    if "name" in form.fields:
        document.name = form.cleaned_data["name"]
    version = keep(document, form.paper(members), token=form.cleaned_data["token"], by=request.user)
    messages.success(
        request, f"Đã lưu văn bản số {version.number}. Bản này đang có hiệu lực; các bản trước vẫn giữ."
    )
    return redirect("approvals:document", version.document_id)


def _show_form(
    request: SignedInRequest,
    document: KeptDocument,
    last: DocumentVersion | None,
    form: VersionForm,
    rows: MemberFormSet,  # type: ignore[valid-type]
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "document": document,
        "last": last,
        "form": form,
        "rows": rows,
        "problem": problem,
        "roles": BoardMember.Role.choices,
    }
    return render(request, "approvals/document_new.html", context, status=status)


@require_safe
@limited("document_file", times=600, minutes=10, what="mở văn bản")
def document_file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The kept PDF of a version, for all staff; every look is logged."""
    permissions.require(request.user, Action.SEE_DOCUMENTS)
    version = get_object_or_404(DocumentVersion.objects.select_related("document"), pk=pk)
    if not version.file:
        raise Http404("Bản này không kèm tệp: in từ trang của văn bản.")
    try:
        content = version.file.open("rb")
    except FileNotFoundError as problem:
        raise Http404("Tệp không còn trên đĩa. Báo văn thư kèm số văn bản.") from problem
    log_access(
        request,
        AccessLogEntry.Kind.DOWNLOADED,
        target=f"Văn bản số {version.number}: {version.document.name}",
    )
    return file_to_save(content, download_name(version.file_name, "pdf"), "application/pdf")
