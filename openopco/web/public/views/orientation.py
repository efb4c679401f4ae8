"""« Quel dispositif choisir ? »: the answers live in the address, so that going back, keeping and sending it all work."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openopco.training.orientation import rules
from openopco.training.orientation.rules import Form

NEEDED = "Choisissez une réponse."


@login_not_required
@require_safe
def orientation(request: HttpRequest) -> HttpResponse:
    """The question that the address calls for, or where it leads."""
    answers = {question.code: request.GET.get(question.code, "") for question in rules.QUESTIONS}
    question, kept = rules.next_question(answers), rules.kept(answers)
    given = [_given(kept, rank) for rank in range(len(kept))]
    context: dict[str, Any] = {"given": given, "back_url": given[-1]["url"] if given else ""}
    if question is None:
        return render(request, "public/orientation_result.html", context | _led_to(request, answers))
    # The button was pressed and nothing was chosen, or what came is no answer of ours.
    error = NEEDED if "suite" in request.GET and request.GET.get("suite") == question.code else ""
    asked = {
        "question": question,
        "rank": len(kept) + 1,
        "kept": [(each.code, code) for each, code in kept],
        "error": error,
    }
    return render(request, "public/orientation.html", context | asked, status=422 if error else 200)


def _given(kept: list[tuple[rules.Question, str]], rank: int) -> dict[str, str]:
    """An answer with the address that asks its question again."""
    question, answer = kept[rank]
    before = {each.code: code for each, code in kept[:rank]}
    return {"label": question.label, "word": question.word(answer), "url": _address(before)}


def _address(answers: Mapping[str, str]) -> str:
    place = reverse("public:orientation")
    return f"{place}?{urlencode(answers)}" if answers else place


def _led_to(request: HttpRequest, answers: Mapping[str, str]) -> dict[str, Any]:
    found = rules.outcome(answers)
    return {"outcome": found, "is_online": found.form is Form.ACTION, "is_ours": found.form is not Form.AUCUN, "key": uuid4(),
            "here": request.get_full_path()}  # fmt: skip
