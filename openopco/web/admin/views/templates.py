"""« Lettres et courriels »: the OPCO's words, looked at before they count, dated, never rewritten."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openopco.base.pdf import PdfFailed
from openopco.habilitations.http import PersonRequest
from openopco.kernel.calendar import format_date, paris_today, parse_date
from openopco.kernel.errors import Conflict, InvalidValue, Unavailable
from openopco.opco.errors import BadTemplate
from openopco.opco.texts import letters, rules, versions
from openopco.opco.texts.actions import set_template
from openopco.opco.texts.catalogue import TEMPLATES, Template
from openopco.opco.texts.shipped import Words
from openopco.opco.texts.versions import Version
from openopco.rights import Permission
from openopco.web.admin import templating
from openopco.web.admin.access import needs
from openopco.web.admin.templating import TemplateForm
from openopco.web.desk.views.holding import CONFLICT


@require_safe
@needs(Permission.TEMPLATE_MANAGE)
def listing(request: PersonRequest) -> HttpResponse:
    """Every template, with the words that stand today and those that come."""
    known = versions.every_version(actor=request.actor)
    return render(request, "admin/letters/list.html", {"groups": templating.groups(known, _today())})


@require_safe
@needs(Permission.TEMPLATE_MANAGE)
def template(request: PersonRequest, code: str) -> HttpResponse:
    """One template: what it says today, and its history."""
    known = _versions(request, code)
    current = versions.standing(known, _today())
    context = {
        "template": current.template,
        "current": current,
        "preview": templating.preview_of(current.template, current.words),
        "history": templating.history(known, _today()),
    }
    return render(request, "admin/letters/template.html", context)


@require_safe
@needs(Permission.TEMPLATE_MANAGE)
def version(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """One version as it was set, and what it changed."""
    known = _versions(request, code)
    found, before = _version(known, number), [each for each in known if each.number < number]
    context = {
        "template": found.template,
        "version": found,
        "name": templating.name_of(found),
        "since": templating.since(found),
        "preview": templating.preview_of(found.template, found.words),
        "before": templating.name_of(before[0]) if before else "",
        "changes": templating.differences(before[0].words, found.words) if before else [],
    }
    return render(request, "admin/letters/version.html", context)


@require_safe
@needs(Permission.TEMPLATE_MANAGE)
def version_pdf(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """A version of a letter, as PDF, for an invented request."""
    found = _version(_versions(request, code), number)
    if not found.template.is_letter:
        raise Http404
    return _pdf(found.template, found.words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.TEMPLATE_MANAGE)
def edit(request: PersonRequest, code: str) -> HttpResponse:
    """[Voir l'aperçu], as often as one likes; [Enregistrer] makes the next version."""
    known = _versions(request, code)
    if request.method != "POST":
        return _editor(request, known, _opened(request, known))
    form = TemplateForm(request.POST)
    words = _checked(form, known[0].template)
    if words is None or "apercu" in request.POST:
        return _editor(request, known, form, words)
    return _save(request, known, form, words)


@require_POST
@needs(Permission.TEMPLATE_MANAGE)
def preview_pdf(request: PersonRequest, code: str) -> HttpResponse:
    """What is being written, as PDF. Where it can't be, the editor again, with why."""
    known = _versions(request, code)
    if not known[0].template.is_letter:
        raise Http404
    form = TemplateForm(request.POST)
    words = _checked(form, known[0].template)
    return _pdf(known[0].template, words) if words else _editor(request, known, form)


def _save(request: PersonRequest, known: list[Version], form: TemplateForm, words: Words) -> HttpResponse:
    code = known[0].template.code
    try:
        row = set_template(
            actor=request.actor,
            code=code,
            words=words,
            starts_on=parse_date(form.cleaned_data["starts_on"]),
            last_seen=form.seen,
        )
    except Conflict as error:
        known = _versions(request, code)
        return _editor(request, known, form.having_seen(known[0].number), words, problem=error.message)
    except InvalidValue as error:
        form.add_error("starts_on", error.message)
        return _editor(request, known, form, words)
    messages.success(request, f"C'est enregistré : ce texte prend effet le {format_date(row.starts_on)}.")
    return redirect("admin_opco:template", code)


def _opened(request: PersonRequest, known: list[Version]) -> TemplateForm:
    """The editor on the latest words, or on those of the version that one starts again from."""
    wanted = request.GET.get("depuis", "")
    start = next((each for each in known if str(each.number) == wanted), known[0])
    tomorrow = format_date(_today() + timedelta(days=1))
    return TemplateForm(
        initial={
            "subject": start.words.subject,
            "body": start.words.body,
            "starts_on": tomorrow,
            "last_seen": known[0].number,
        }
    )


def _checked(form: TemplateForm, template: Template) -> Words | None:
    """What was typed, tidied; None where something is wrong, which the form then says."""
    form.is_valid()
    typed = Words(form.data.get("subject", ""), form.data.get("body", ""))
    if "subject" in form.errors or "body" in form.errors:
        return None
    try:
        return rules.checked(template, typed)
    except BadTemplate as error:
        for field, said in error.errors.items():
            form.add_error(field, said)
        return None


def _editor(
    request: PersonRequest, known: list[Version], form: TemplateForm, words: Words | None = None, problem: str = ""
) -> HttpResponse:
    template = known[0].template
    shown = words or (known[0].words if not form.is_bound else None)
    context: dict[str, Any] = {
        "template": template,
        "form": form,
        "problem": problem,
        "latest": templating.name_of(known[0]),
        "known": known,
        "variables": templating.variable_lines(template),
        "preview": templating.preview_of(template, shown) if shown else None,
    }
    status = CONFLICT if problem else 422 if form.errors else 200
    return render(request, "admin/letters/edit.html", context, status=status)


def _pdf(template: Template, words: Words) -> HttpResponse:
    try:
        content = letters.typeset(letters.example_of(template, words))
    except PdfFailed as error:
        raise Unavailable("Le PDF n'a pas pu être préparé : réessayez dans un moment.") from error
    headers = {
        "Content-Disposition": f'inline; filename="{template.code}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _versions(request: PersonRequest, code: str) -> list[Version]:
    if code not in TEMPLATES:
        raise Http404
    return versions.versions_of(actor=request.actor, code=code)


def _version(known: list[Version], number: int) -> Version:
    found = next((each for each in known if each.number == number), None)
    if found is None:
        raise Http404
    return found


def _today() -> date:
    return paris_today(timezone.now())
