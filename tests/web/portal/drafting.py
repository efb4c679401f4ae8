"""What a browser does with the pages of a draft: finds its forms, and sends them back with what was typed."""

from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from openopco.dossiers.models import Dossier, DraftField, DraftRow

STEPS = ("employeur", "formation", "stagiaires", "pieces", "synthese")


def step_of(draft: Dossier, slug: str) -> str:
    return reverse("portal:step", args=[draft.key, slug])


def trainee_of(draft: Dossier, row: str) -> str:
    return reverse("portal:trainee", args=[draft.key, row])


def rows_of(draft: Dossier) -> list[str]:
    return list(DraftRow.objects.filter(dossier=draft).order_by("position", "id").values_list("key", flat=True))


def stored(draft: Dossier, name: str, row: str = "") -> str:
    """The raw value that the draft keeps; empty where it keeps none."""
    found = DraftField.objects.filter(dossier=draft, name=name, row=row).first()
    return found.value if found else ""


class _Form(HTMLParser):
    """The controls of the form that is saved as one types."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.errors: dict[str, dict[str, str]] = {}
        self.is_inside = False
        self.text_of = ""
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = "data-autosave-url" in given
        if not self.is_inside:
            return
        if "aria-invalid" in given:
            self.errors[given["name"]] = given
        if tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.values[given["name"]] = given.get("value", "")
        elif tag == "select":
            self.select = given["name"]
            self.values[self.select] = ""
        elif tag == "option" and "selected" in given:
            self.values[self.select] = given["value"]
        elif tag == "textarea":
            self.text_of = given["name"]
            self.values[self.text_of] = ""

    def handle_data(self, data: str) -> None:
        if self.text_of:
            self.values[self.text_of] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "textarea":
            self.values[self.text_of] = self.values[self.text_of].removeprefix("\n")
            self.text_of = ""


def form_of(response: HttpResponse) -> dict[str, str]:
    """What the form of a page would send if nothing were typed."""
    return _parsed(response).values


def invalid_in(response: HttpResponse) -> dict[str, dict[str, str]]:
    """The controls said to be wrong, with their attributes."""
    return _parsed(response).errors


def _parsed(response: HttpResponse) -> _Form:
    form = _Form()
    form.feed(response.content.decode())
    return form


def send_back(client: Client, url: str, **typed: str) -> HttpResponse:
    """Opens a page, types, and sends it, as a browser without JavaScript."""
    return client.post(url, {**form_of(client.get(url)), **typed})
