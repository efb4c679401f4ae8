"""Invented answers in the shapes of the public services."""

from typing import Any

from tests.organisations.factories import ACTIF_AUTO


def place(siret: str = ACTIF_AUTO, **changes: Any) -> dict[str, Any]:
    """One of `matching_etablissements`."""
    told = {
        "siret": siret,
        "adresse": "24 AV DE HOLLANDE 68110 ILLZACH",
        "code_postal": "68110",
        "commune": "68154",
        "libelle_commune": "ILLZACH",
        "activite_principale": "71.20A",
        "etat_administratif": "A",
        "liste_idcc": ["1090"],
        "tranche_effectif_salarie": "02",
        "est_siege": True,
    }
    return {**told, **changes}


def company(*places: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What « Recherche d'entreprises » answers."""
    unit = {
        "siren": (places[0]["siret"] if places else ACTIF_AUTO)[:9],
        "nom_complet": "ACTIF AUTO CONTROLE (ACTIF)",
        "nom_raison_sociale": "ACTIF AUTO CONTROLE",
        "etat_administratif": "A",
        "tranche_effectif_salarie": "03",
        "matching_etablissements": list(places),
        "complements": {"liste_idcc": None},
    }
    return {"results": [{**unit, **changes}], "total_results": 1, "page": 1, "per_page": 10, "total_pages": 1}


def nothing() -> dict[str, Any]:
    return {"results": [], "total_results": 0, "page": 1, "per_page": 10, "total_pages": 0}


def line(siret: str, nda: str, **certified: bool) -> dict[str, Any]:
    """One record of the public list of providers."""
    flags = {f"certifications_{name}": "true" if value else "false" for name, value in certified.items()}
    return {
        "fields": {
            "siren": siret[:9],
            "siretetablissementdeclarant": siret,
            "numerodeclarationactivite": nda,
            **flags,
        }
    }


def provider_list(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"nhits": len(lines), "records": list(lines)}


def opco(name: str = "OPCO Mobilités", status: str = "OK", idcc: int | None = 1090) -> dict[str, Any]:
    return {"searchStatus": status, "idcc": idcc, "opcoName": name, "opcoSiren": None, "url": None}
