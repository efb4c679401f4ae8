"""« Donnez votre avis »: people leave an opinion, administrators read it."""

from django.core.cache import cache
from django.utils import timezone

from openopco.base.actions import action
from openopco.journal import record
from openopco.kernel.errors import Forbidden
from openopco.opco import rules
from openopco.opco.errors import TooMuchFeedback
from openopco.opco.models import Feedback
from openopco.rights import Actor, Permission, require


@action
def leave_feedback(
    *, actor: Actor, page: str, body: str = "", rating: str | int | None = None, anonymous: bool = False
) -> Feedback:
    """Keeps an opinion on the portal, of anybody signed in; `anonymous` keeps no author. Not journalled: the journal
    would name who asked not to be. Raises Forbidden, EmptyFeedback, WrongRating, FeedbackTooLong, TooMuchFeedback."""
    if actor.user_id is None:
        raise Forbidden
    note = rules.feedback_rating(rating)
    words = rules.feedback_body(body, note)
    _slow_down(actor.user_id)
    return Feedback.objects.create(
        page=rules.feedback_page(page), rating=note, body=words, author_id=None if anonymous else actor.user_id
    )


@action
def mark_feedback_read(*, actor: Actor, feedback_id: int) -> Feedback:
    """Marks an opinion as read; twice is once. Administrators. Raises Forbidden, Feedback.DoesNotExist."""
    require(actor, Permission.FEEDBACK_READ)
    feedback = Feedback.objects.select_for_update().get(pk=feedback_id)
    if feedback.read_at is None:
        feedback.read_at = timezone.now()
        feedback.save(update_fields=["read_at"])
        record(subject_kind="feedback", subject_id=feedback.pk, event="feedback.read", actor=actor)
    return feedback


def _slow_down(user_id: int) -> None:
    key, now = f"opco:feedback:{user_id}", timezone.now().timestamp()
    moments = rules.recent(cache.get(key, []), now)
    if len(moments) >= rules.FEEDBACK_PER_HOUR:
        raise TooMuchFeedback
    cache.set(key, [*moments, now], timeout=int(rules.HOUR))
