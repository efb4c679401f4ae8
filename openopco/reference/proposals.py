"""Which OPCO an IDCC makes likely. A proposal, never a decision: one agreement can have several OPCOs, and the OPCO of
an establishment is told by its SIRET. The codes 5100, 5501, 9998 and 9999 tell nothing and stand nowhere.

Source: public map of the collective agreements of OPCO Mobilités, in agreement with the couples IDCC-OPCO of France
compétences (« Table SIRET-OPCO », June 2026). Agreements since replaced stay: pay slips still carry their code."""

from openopco.reference.enums import Opco

OPCO_MOBILITES = frozenset(
    """
    0003 0011 0016 0023 0412 0538 0779 0919 1057 1090 1182 1247 1424 1536 1710 1923 1974 1980 2174 2345 2360 2480 2964
    2972 3017 3028 3123 3207 3217 3223 3228 3229 3245 5014 5020 5520 5521 5554 5555 5583 5598
    """.split()  # noqa: SIM905 - one code a line would hide the list
)
PROPOSALS: dict[str, frozenset[str]] = {Opco.MOBILITES: OPCO_MOBILITES}
