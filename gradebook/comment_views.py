"""The bank of comments: the list to read and copy from, one comment, shipped ones to hide, what the sheets offer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import permissions
from accounts.held_powers import powers_of
from accounts.models import User
from accounts.powers import Action
from accounts.requests import SignedInRequest, posted
from gradebook.comment_bank import (
    BY_CODE,
    FIRST,
    LAST,
    Entry,
    Listed,
    Whose,
    entry_of,
    read_bank,
    shipped_by_mark,
    suggestions_for,
)
from gradebook.comment_codes import code_of
from gradebook.comment_forms import CommentForm, ListForm
from gradebook.comment_keeping import (
    WHO_KEEPS,
    CommentRefused,
    Keeping,
    add_comment,
    change_comment,
    hide_shipped,
    keeping_of,
    remove_comment,
    require_keeps,
    show_shipped,
)
from gradebook.models import BankComment, SubjectLine
from gradebook.regulation import GRADES
from gradebook.sheets import HOMEROOM_CODE


@never_cache
@require_safe
def comments(request: SignedInRequest) -> HttpResponse:
    """The ready comments of one line or group, by level, with what the person may do to each."""
    permissions.require(request.user, Action.USE_COMMENTS)
    told = ListForm(request.GET)
    told.is_valid()
    subject = BY_CODE[told.cleaned_data.get("subject") or _first_subject(request.user)]
    grade, whose = told.cleaned_data.get("grade"), told.cleaned_data.get("whose") or ""
    keeping = keeping_of(request.user)
    bank = read_bank(
        request.user, subjects=[subject.code], grade=grade, with_hidden=bool(keeping.grades_of(subject.code))
    )
    context = {
        "form": ListForm(initial={"subject": subject.code, "grade": grade, "whose": whose}),
        "subject": subject,
        "levels": [
            (level, [_with_acts(each, keeping) for each in bank if _is_listed(each, level.value, whose)])
            for level in subject.levels
        ],
        "grade": grade,
        "keeping": keeping,
        "who_keeps": WHO_KEEPS,
    }
    return render(request, "gradebook/comments.html", context)


def _first_subject(user: User) -> str:
    """A line that the person teaches; a homeroom teacher who teaches none begins with the qualities."""
    powers = powers_of(user)
    ids = {line_id for _class_id, line_id in powers.taught}
    codes = set(SubjectLine.objects.filter(pk__in=ids).values_list("code", flat=True)) if ids else set()
    return next((code for code in BY_CODE if code in codes), "quality" if powers.homeroom_classes else "TV")


def _is_listed(listed: Listed, level: str, whose: str) -> bool:
    return listed.entry.level == level and whose in ("", listed.whose.value)


def _with_acts(listed: Listed, keeping: Keeping) -> tuple[Listed, str, bool]:
    """With its code in mark files, and whether the person may change it, or hide it."""
    return listed, code_of(listed), listed.whose == Whose.OWN or keeping.covers(listed.entry)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_new(request: SignedInRequest) -> HttpResponse:
    """A new comment, of one's own or the school's; `?from=` begins with a shipped one."""
    permissions.require(request.user, Action.USE_COMMENTS)
    keeping = keeping_of(request.user)
    if request.GET.get("whose") == Whose.SCHOOL and not keeping.is_some:
        permissions.require(request.user, Action.KEEP_COMMENTS, WHO_KEEPS)
    form = CommentForm(posted(request), initial=_initial(request, keeping), may_keep_school=keeping.is_some)

    def act() -> None:
        told = form.cleaned_data
        replaces = shipped_by_mark().get(told["replaces"])
        add_comment(Whose(told["whose"]), form.entry, by=request.user, replaces=replaces)

    if request.method == "POST" and form.is_valid() and _stands(form, act):
        messages.success(request, "Đã thêm nhận xét vào ngân hàng.")
        return _to_list(form.entry)
    return _form_page(request, form)


def _initial(request: SignedInRequest, keeping: Keeping) -> dict[str, Any]:
    asked = request.GET
    begun = shipped_by_mark().get(asked.get("from", ""))
    entry = begun or Entry(asked.get("subject", "TV"), asked.get("level", "T"), "")
    kept = keeping.grades_of(entry.subject) if asked.get("whose") == Whose.SCHOOL else ()
    return {
        "whose": Whose.SCHOOL if asked.get("whose") == Whose.SCHOOL else Whose.OWN,
        "subject": entry.subject,
        "level": entry.level,
        "first_grade": entry.first_grade if begun else min(kept, default=FIRST),
        "last_grade": entry.last_grade if begun else max(kept, default=LAST),
        "text": entry.text,
        "replaces": begun.mark if begun and asked.get("whose") == Whose.SCHOOL else "",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: SignedInRequest, pk: int) -> HttpResponse:
    """A comment of one's own or of the school's to change; with `remove` it is taken out. Another's does not exist."""
    permissions.require(request.user, Action.USE_COMMENTS)
    row = get_object_or_404(BankComment.objects.mine_or_schools(request.user), pk=pk)
    if row.owner_id is None:
        require_keeps(request.user, entry_of(row))
    form = CommentForm(posted(request), initial=_initial_of(row), may_keep_school=False)

    def act() -> None:
        change_comment(pk, form.entry, seen=form.cleaned_data["seen"], by=request.user)

    def remove() -> None:
        remove_comment(pk, seen=form.cleaned_data["seen"], by=request.user)

    if request.method == "POST" and form.is_valid():
        is_removal = "remove" in request.POST
        if _stands(form, remove if is_removal else act):
            messages.success(request, f"Đã {'bỏ nhận xét khỏi ngân hàng' if is_removal else 'sửa nhận xét'}.")
            return _to_list(form.entry)
    return _form_page(request, form, row)


def _initial_of(row: BankComment) -> dict[str, Any]:
    return {
        "whose": Whose.SCHOOL if row.owner_id is None else Whose.OWN,
        "subject": row.subject,
        "level": row.level,
        "first_grade": row.first_grade,
        "last_grade": row.last_grade,
        "text": row.text,
        "seen": row.text,
    }


def _stands(form: CommentForm, act: Callable[[], None]) -> bool:
    """Whether the act was done; its refusal stands at the field it is about."""
    try:
        act()
    except CommentRefused as refusal:
        form.add_error(refusal.field, refusal.message)
    return not form.errors


def _form_page(request: SignedInRequest, form: CommentForm, row: BankComment | None = None) -> HttpResponse:
    context = {"form": form, "row": row}
    return render(request, "gradebook/comment.html", context, status=422 if form.errors else 200)


def _to_list(entry: Entry) -> HttpResponse:
    return redirect(f"{reverse('gradebook:comments')}?subject={entry.subject}")


@require_POST
def comment_shipped(request: SignedInRequest, mark: str, act: str) -> HttpResponse:
    """Hides a shipped comment from everybody, or shows it again."""
    entry = shipped_by_mark().get(mark)
    if entry is None or act not in ("hide", "show"):
        raise Http404("Không có nhận xét này trong bộ có sẵn.")
    if act == "hide":
        hide_shipped(entry, by=request.user)
        messages.success(request, "Đã ẩn nhận xét: giáo viên không còn được gợi ý câu ấy.")
    else:
        show_shipped(entry, by=request.user)
        messages.success(request, "Nhận xét có sẵn được dùng lại.")
    return _to_list(entry)


@never_cache
@require_GET
def comment_suggestions(request: SignedInRequest, grade: int, code: str) -> JsonResponse:
    """What the comment cells of a sheet are offered: {"TOAN": {"T": [["text", "own"], …]}}."""
    permissions.require(request.user, Action.USE_COMMENTS)
    if grade not in GRADES or (code not in BY_CODE and code != HOMEROOM_CODE):
        raise Http404("Không có môn học hoặc khối này.")
    return JsonResponse(suggestions_for(request.user, code, grade))
