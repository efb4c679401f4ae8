"""A Django form with one field of each sort, for the page of components."""

from typing import Any

from django import forms


class SampleForm(forms.Form):
    """Refused on purpose when bound: shows each error."""

    email = forms.EmailField(
        label="Adresse e-mail",
        help_text="Nous y envoyons votre accusé de réception.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    amount = forms.CharField(label="Montant", required=False)
    side = forms.ChoiceField(
        label="Vous êtes", choices=[("e", "Employeur"), ("o", "Organisme de formation")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="Jours", choices=[("l", "Lundi"), ("m", "Mardi")], widget=forms.CheckboxSelectMultiple, required=False
    )
    region = forms.ChoiceField(label="Région", choices=[("", "Choisissez"), ("ge", "Grand Est")], required=False)
    text = forms.CharField(label="Votre message", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    terms = forms.BooleanField(label="J'accepte les conditions générales d'utilisation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"use_required_attribute": False, **kwargs})
