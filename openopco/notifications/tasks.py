"""The digest: one mail in the morning, for those who chose it, where something is new."""

from datetime import date, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from openopco import opco
from openopco.accounts.models import User
from openopco.base.jobs import sweep
from openopco.kernel.calendar import paris_today
from openopco.mail import queue_mail
from openopco.notifications.enums import Pace
from openopco.notifications.kinds import kind_of, registered_kinds
from openopco.notifications.models import Digest, MailPreference, Notice
from openopco.notifications.rules import Line, digest_subject, digest_text, is_morning

# The first digest goes back this far; none tells more than this many.
FIRST = timedelta(days=1)
MOST_LINES = 50


@sweep("notifications.digest", every_seconds=600)
def send_digests() -> int:
    """Queues the day's digests, from seven in the morning in Paris. Each person has one a day, by a unique key: killed and
    run again, it goes on with the others. Returns how many went."""
    now = timezone.now()
    if not is_morning(now):
        return 0
    today = paris_today(now)
    told = Digest.objects.filter(day=today).values("user_id")
    daily = MailPreference.objects.filter(pace=Pace.DAILY, user__is_active=True).exclude(user_id__in=told)
    kinds = {kind.code for kind in registered_kinds() if not kind.compulsory}
    chosen: dict[int, set[str]] = {}
    for user_id, kind in daily.order_by("user_id", "kind").values_list("user_id", "kind"):
        chosen.setdefault(user_id, set()).add(kind)
    return sum(_send(user_id, those & kinds, today) for user_id, those in chosen.items())


@transaction.atomic
def _send(user_id: int, kinds: set[str], today: date) -> bool:
    person = User.objects.select_for_update().get(pk=user_id)
    if Digest.objects.filter(user=person, day=today).exists():
        return False
    news = _news(person, kinds)
    if not news:
        return False
    Digest.objects.create(user=person, day=today, last_notice_id=max(notice.pk for notice in news))
    identity = opco.identity()
    text = digest_text(_lines(news), product=identity.product, opco=identity.name)
    queue_mail(to=person.email, subject=digest_subject(len(news)), text=text, unique_key=f"digest:{person.pk}:{today}")
    return True


def _news(person: User, kinds: set[str]) -> list[Notice]:
    """What came since the last digest and is not read yet, oldest first."""
    last = Digest.objects.filter(user=person).order_by("-day").first()
    since = {"pk__gt": last.last_notice_id} if last else {"created_at__gte": timezone.now() - FIRST}
    unread = Notice.objects.filter(user=person, read_at__isnull=True, kind__in=kinds, **since)
    return list(unread.order_by("id")[:MOST_LINES])


def _lines(news: list[Notice]) -> list[Line]:
    """What is about the same thing together, where the first of it came."""
    first = {(each.subject_kind, each.subject_id): each.pk for each in reversed(news)}
    told = sorted(news, key=lambda each: (first[each.subject_kind, each.subject_id], each.pk))
    return [Line(each.title, kind_of(each.kind).act, urljoin(settings.PUBLIC_URL, each.url)) for each in told]
