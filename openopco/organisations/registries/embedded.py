"""The demonstration's registry: invented companies with valid numbers, and the walk-through's two establishments."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from openopco.organisations.errors import NotFound
from openopco.organisations.registries.facts import CompanyFacts, Declaration, OpcoFacts, Qualiopi

NOT_COMPANY = ("idccs", "nda", "qualiopi", "opco_slug")


class EmbeddedRegistry:
    """Reads `data/demo-registry.json`. Never unavailable."""

    def company(self, siret: str) -> CompanyFacts:
        row = _row(siret)
        fields = {name: value for name, value in row.items() if name not in NOT_COMPANY}
        return CompanyFacts(idccs=tuple(row.get("idccs", ())), **fields)

    def declaration(self, siret: str) -> Declaration:
        row = _row(siret)
        if "nda" not in row:
            raise NotFound
        return Declaration(row["nda"], Qualiopi(**dict.fromkeys(row.get("qualiopi", ()), True)))

    def opco(self, siret: str) -> OpcoFacts:
        row = _row(siret)
        return OpcoFacts(row.get("opco_slug", ""), next(iter(row.get("idccs", ())), ""))


def demo_sirets() -> list[str]:
    """Every SIRET that the demonstration knows, in the file's order."""
    return list(_rows())


def _row(siret: str) -> dict[str, Any]:
    try:
        return _rows()[siret]
    except KeyError:
        raise NotFound from None


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, Any]]:
    text = files("openopco.organisations").joinpath("data/demo-registry.json").read_text(encoding="utf-8")
    return {row["siret"]: row for row in json.loads(text)}
