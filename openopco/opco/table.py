"""The eleven opérateurs de compétences agreed since 1 April 2019 (L.6332-1-1 C. trav.), by slug.

Names are each one's own; the reference data of the IDCC use the same slugs. Only OPCO Mobilités is worded whole:
another OPCO words the rest with its environment variables."""

from typing import Final

DEFAULT_PRODUCT: Final = "Mon compte formation entreprise"

OPCOS: Final[dict[str, dict[str, str]]] = {
    "afdas": {"name": "Afdas"},
    "akto": {"name": "AKTO"},
    "atlas": {"name": "OPCO Atlas"},
    "constructys": {"name": "Constructys"},
    "mobilites": {
        "name": "OPCO Mobilités",
        "product": "M-Gestion",
        "site_url": "https://www.opcomobilites.fr/",
    },
    "ocapiat": {"name": "OCAPIAT"},
    "opco2i": {"name": "OPCO 2i"},
    "opcoep": {"name": "OPCO EP"},
    "opcommerce": {"name": "L’Opcommerce"},
    "sante": {"name": "OPCO Santé"},
    "uniformation": {"name": "Uniformation"},
}
