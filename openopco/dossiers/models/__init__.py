"""A request, whatever its kind: one narrow row for lists and decisions, its raw draft beside it, and what people said of it."""

from openopco.dossiers.models.agreements import CourseStart, LapseLifting
from openopco.dossiers.models.corrections import CorrectionItem, CorrectionRequest
from openopco.dossiers.models.decisions import Decision
from openopco.dossiers.models.dossier import NO_DUE_DATE, Dossier
from openopco.dossiers.models.drafts import DraftField, DraftRow
from openopco.dossiers.models.filters import SavedFilter
from openopco.dossiers.models.funds import FundClosure, FundHold
from openopco.dossiers.models.letters import Letter
from openopco.dossiers.models.modifications import Modification, ModificationItem
from openopco.dossiers.models.papers import PaperFiling
from openopco.dossiers.models.pieces import DOSSIER_DOCUMENT, MODIFICATION_DOCUMENT, pieces_of, pieces_of_modification
from openopco.dossiers.models.portfolios import PortfolioRule, Proposal
from openopco.dossiers.models.sending import Receipt, Transmission
from openopco.dossiers.models.statistics import (
    LONGEST_DELAY,
    DelayTally,
    PointTally,
    ProviderTally,
    StateTally,
    TalliedMonth,
    TallyReading,
)
from openopco.dossiers.models.talking import Message, Note
from openopco.dossiers.models.watching import Follow, News

__all__ = [
    "DOSSIER_DOCUMENT",
    "LONGEST_DELAY",
    "MODIFICATION_DOCUMENT",
    "NO_DUE_DATE",
    "CorrectionItem",
    "CorrectionRequest",
    "CourseStart",
    "Decision",
    "DelayTally",
    "Dossier",
    "DraftField",
    "DraftRow",
    "Follow",
    "FundClosure",
    "FundHold",
    "LapseLifting",
    "Letter",
    "Message",
    "Modification",
    "ModificationItem",
    "News",
    "Note",
    "PaperFiling",
    "PointTally",
    "PortfolioRule",
    "Proposal",
    "ProviderTally",
    "Receipt",
    "SavedFilter",
    "StateTally",
    "TalliedMonth",
    "TallyReading",
    "Transmission",
    "pieces_of",
    "pieces_of_modification",
]
