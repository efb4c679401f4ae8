"""« Donnez votre avis »: a page that works without JavaScript and remembers where one came from."""

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from openopco.habilitations.http import PersonRequest
from openopco.kernel.errors import OpenOpcoError
from openopco.kernel.nir import NirInText
from openopco.opco.actions.feedback import leave_feedback
from openopco.opco.errors import EmptyFeedback, FeedbackTooLong, TooMuchFeedback, WrongRating
from openopco.opco.rules import feedback_page

RATINGS: Final = (
    ("5", "Très satisfait"),
    ("4", "Satisfait"),
    ("3", "Ni satisfait ni mécontent"),
    ("2", "Mécontent"),
    ("1", "Très mécontent"),
)
# What the action refuses, and beside which field it is said. None: above the form.
PLACES: Final[dict[type[OpenOpcoError], str | None]] = {
    EmptyFeedback: "body",
    FeedbackTooLong: "body",
    WrongRating: "rating",
    NirInText: "body",
    TooMuchFeedback: None,
}


class AnyText(forms.CharField):
    """Text as sent, less the null character that no database keeps: tidying it is the action's affair."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").replace("\x00", "")


class FeedbackForm(forms.Form):
    """Only what the page shows; the action checks."""

    page = AnyText(required=False, widget=forms.HiddenInput)
    rating = AnyText(
        label="Êtes-vous satisfait du portail ?",
        required=False,
        widget=forms.RadioSelect(choices=RATINGS),
    )
    body = AnyText(
        label="Votre avis",
        help_text="Ce qui vous aide, ce qui vous gêne. N'écrivez ni numéro de sécurité sociale ni mot de passe.",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    anonymous = forms.BooleanField(label="Ne pas indiquer mon nom", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: PersonRequest) -> HttpResponse:
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial={"page": _page_before(request)})
    if form.is_valid() and _kept(request, form):
        return redirect(
            f"{reverse('portal:feedback_thanks')}?{urlencode({'page': feedback_page(form.cleaned_data['page'])})}"
        )
    return render(request, "portal/feedback.html", {"form": form})


@require_safe
def thanks(request: PersonRequest) -> HttpResponse:
    return render(request, "portal/feedback_thanks.html", {"back": feedback_page(request.GET.get("page", "/"))})


def _page_before(request: PersonRequest) -> str:
    return feedback_page(request.GET.get("page") or request.headers.get("Referer", ""))


def _kept(request: PersonRequest, form: FeedbackForm) -> bool:
    sent: dict[str, Any] = form.cleaned_data
    try:
        leave_feedback(actor=request.actor, **sent)
    except tuple(PLACES) as error:
        form.add_error(PLACES[type(error)], error.message)
        return False
    return True
