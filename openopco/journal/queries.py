"""Reading the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from openopco.journal.models import Entry, ReadAudit


def entries_of(subject_kind: str, subject_id: int) -> QuerySet[Entry]:
    """The subject's entries, oldest first. The caller has checked that the reader may see the subject."""
    return Entry.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("sequence")


def reads_of(subject_kind: str, subject_id: int) -> QuerySet[ReadAudit]:
    """Who read the subject's sensitive things, latest first."""
    return ReadAudit.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-at", "-id")


def readers_since(moment: datetime, *, counted: Sequence[str], size: int = 25) -> list[dict[str, Any]]:
    """Who has read sensitive things since: actor_id, `last`, and how many distinct subjects of each kind of `counted`,
    under its name with « _ » for « . »; those who read most of the first kind first. The caller has checked the right."""
    counts = {what.replace(".", "_"): Count("subject_id", filter=Q(what=what), distinct=True) for what in counted}
    found = ReadAudit.objects.filter(at__gte=moment, what__in=counted, actor_id__isnull=False).order_by()
    rows = found.values("actor_id").annotate(last=Max("at"), **counts)
    return [dict(row) for row in rows.order_by(*(f"-{name}" for name in counts), "actor_id")[:size]]
