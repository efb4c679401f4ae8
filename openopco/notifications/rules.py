"""Who gets a mail beside the line in the inbox. Pure."""

from openopco.notifications.kinds import NoticeKind

MOST_COUNTED = 99


def wants_mail(kind: NoticeKind, choice: bool | None) -> bool:
    """`choice` is the person's own, None when there is none."""
    if kind.compulsory or choice is None:
        return kind.compulsory or kind.mail
    return choice


def mail_text(*, title: str, link: str, product: str, opco: str) -> str:
    """The plain text of a notice's mail. It names nobody: what happened, and where to read on."""
    return f"Bonjour,\n\n{title}\n\nPour en savoir plus, ouvrez votre espace {product} :\n{link}\n\n{opco}\n"
