"""Reading the journal."""

from django.db.models import QuerySet

from openopco.journal.models import Entry, ReadAudit


def entries_of(subject_kind: str, subject_id: int) -> QuerySet[Entry]:
    """The subject's entries, oldest first. The caller has checked that the reader may see the subject."""
    return Entry.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("sequence")


def reads_of(subject_kind: str, subject_id: int) -> QuerySet[ReadAudit]:
    """Who read the subject's sensitive things, latest first."""
    return ReadAudit.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-at", "-id")
