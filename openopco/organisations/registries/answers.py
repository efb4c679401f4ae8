"""Reading what the public services answer. They are not trusted: a shape that is not theirs is `Unavailable`, a value
that makes no sense is left out."""

from collections.abc import Callable, Iterator
from typing import Any

from openopco.kernel.errors import InvalidValue, Unavailable
from openopco.kernel.identifiers import parse_idcc, parse_naf, parse_nda, parse_postal_code
from openopco.kernel.text import clean_line, fold
from openopco.organisations.errors import NotFound
from openopco.organisations.registries.facts import CompanyFacts, Declaration, OpcoFacts, Qualiopi
from openopco.reference.enums import HeadcountBand

# Agreements that the social declarations use for « none » or « unknown »: they decide nothing.
MUTE_IDCCS = frozenset({"5100", "5501", "9998", "9999"})
# Words by which each OPCO is recognised in the names that services give it.
OPCO_WORDS = {
    "mobilites": "mobilites",
    "afdas": "afdas",
    "akto": "akto",
    "atlas": "atlas",
    "constructys": "constructys",
    "ocapiat": "ocapiat",
    "2i": "opco2i",
    "ep": "opcoep",
    "opcommerce": "opcommerce",
    "sante": "sante",
    "uniformation": "uniformation",
}


def read_company(answer: Any, siret: str) -> CompanyFacts:
    """From « Recherche d'entreprises » (`GET /search?q=<siret>`). Raises NotFound, Unavailable."""
    for unit in _objects(_member(answer, "results")):
        for place in _objects(unit.get("matching_etablissements") or []):
            if place.get("siret") == siret:
                return _company(unit, place)
    raise NotFound


def read_declaration(answer: Any, siret: str) -> Declaration:
    """From the « liste publique des organismes de formation » searched by SIREN. The establishment's own line counts,
    else the only line of its SIREN: of several that are all another's, none. Raises NotFound, Unavailable."""
    lines = [_object(record.get("fields")) for record in _objects(_member(answer, "records"))]
    lines = [line for line in lines if line.get("siren") == siret[:9]]
    own = [line for line in lines if line.get("siretetablissementdeclarant") == siret] or lines
    if not own:
        raise NotFound
    return _declaration(own[0]) if len(own) == 1 else _all_together(own)


def read_opco(answer: Any) -> OpcoFacts:
    """From CFADock (`GET /api/opcos/?siret=`). Several OPCOs, or none, make an empty answer. Raises Unavailable."""
    status = _text(_object(answer).get("searchStatus"))
    if not status:
        raise Unavailable
    if status != "OK":
        return OpcoFacts()
    return OpcoFacts(opco_slug(_text(answer.get("opcoName"))), next(iter(_idccs([answer.get("idcc")])), ""))


def opco_slug(name: str) -> str:
    """The slug of the OPCO that goes by this name; empty for an unknown one."""
    words = fold(name).split()
    return next((slug for word, slug in OPCO_WORDS.items() if word in words), "")


def _company(unit: dict[str, Any], place: dict[str, Any]) -> CompanyFacts:
    name = _text(unit.get("nom_raison_sociale")) or _text(unit.get("nom_complet"))
    if not name:
        raise NotFound
    complements = unit.get("complements")
    idccs = place.get("liste_idcc") or (_object(complements).get("liste_idcc") if complements else None)
    return CompanyFacts(
        siret=place["siret"],
        name=name[:200],
        address=_street(place)[:250],
        postal_code=_parsed(parse_postal_code, place.get("code_postal")),
        city=_text(place.get("libelle_commune"))[:120],
        insee_code=_text(place.get("commune"))[:5],
        naf=_parsed(parse_naf, place.get("activite_principale")),
        idccs=_idccs(idccs),
        headcount_band=_band(place),
        company_headcount_band=_band(unit),
        is_active=place.get("etat_administratif") == "A" and unit.get("etat_administratif") == "A",
    )


def _street(place: dict[str, Any]) -> str:
    """The address without its postal code and city, which have columns of their own."""
    whole, code = _text(place.get("adresse")), _text(place.get("code_postal"))
    street, found, _ = whole.rpartition(f" {code} ") if code else ("", "", "")
    return street if found else whole.removesuffix(_text(place.get("libelle_commune"))).strip()


def _declaration(line: dict[str, Any]) -> Declaration:
    return Declaration(_parsed(parse_nda, line.get("numerodeclarationactivite")), _qualiopi(line))


def _all_together(lines: list[dict[str, Any]]) -> Declaration:
    # Several declarations and no telling which: the number is asked, the certificates are the legal unit's.
    found = [_qualiopi(line) for line in lines]
    return Declaration(
        "",
        Qualiopi(
            actions=any(each.actions for each in found),
            bilans=any(each.bilans for each in found),
            vae=any(each.vae for each in found),
            apprentissage=any(each.apprentissage for each in found),
        ),
    )


def _qualiopi(line: dict[str, Any]) -> Qualiopi:
    def certified(name: str) -> bool:
        return str(line.get(f"certifications_{name}", "")).lower() in ("true", "1", "oui")

    return Qualiopi(
        actions=certified("actionsdeformation"),
        bilans=certified("bilansdecompetences"),
        vae=certified("vae"),
        apprentissage=certified("actionsdeformationparapprentissage"),
    )


def _idccs(raw: Any) -> tuple[str, ...]:
    codes = [_parsed(parse_idcc, str(code)) for code in raw or [] if isinstance(code, (str, int))]
    return tuple(dict.fromkeys(code for code in codes if code and code not in MUTE_IDCCS))


def _band(of: dict[str, Any]) -> str:
    band = _text(of.get("tranche_effectif_salarie"))
    return band if band in HeadcountBand.values else ""


def _parsed(parse: Callable[[str], str], raw: Any) -> str:
    try:
        return parse(_text(raw))
    except InvalidValue:
        return ""


def _text(raw: Any) -> str:
    return clean_line(raw) if isinstance(raw, str) else ""


def _member(answer: Any, name: str) -> Any:
    return _object(answer).get(name)


def _object(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Unavailable
    return raw


def _objects(raw: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(raw, list):
        raise Unavailable
    return (_object(each) for each in raw)
