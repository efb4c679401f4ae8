"""What may be done with a request: the links and buttons of the side of « Examen ». The actions ask again for themselves."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

from openopco.dossiers.models import Dossier
from openopco.web.components.markup import filled, filled_each
from openopco.web.components.tags import icon
from openopco.web.desk.acting import Possible
from openopco.web.menu import address_of, address_with

BUTTON = '\n<a class="button{}" href="{}">{}</a>'
LINE = '\n<li><a href="{}">{}</a></li>'
POSTED = (
    '<form method="post" action="{}" data-submit-once><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    '<input type="hidden" name="version" value="{}"><button class="{}"{}>{}</button></form>'
)
TAKE_KEY, FOLLOW_KEY = filled(" data-key-take"), filled(" data-key-follow")
SECOND, DANGER = " button-second", " button-second desk-danger"
BESIDE = (
    '<p class="desk-next"><a class="button button-second button-small" rel="prev" href="{}">{}Précédent</a>'
    '<a class="button{}" rel="next" href="{}" accesskey="s">Dossier suivant{}</a></p>'
)


class Acts:
    """Of one request, for one reader, in the list he came from (`query`)."""

    def __init__(
        self, request: HttpRequest, dossier: Dossier, possible: Possible, query: str, *, followed: bool
    ) -> None:
        self._request, self._dossier, self._possible = request, dossier, possible
        self._query, self._followed = query, followed

    def buttons(self) -> SafeString:
        """What changes its state."""
        links = filled_each(BUTTON, self._buttons())
        return self._taken() + links if self._possible.take else links

    def _taken(self) -> SafeString:
        return self._posted("desk:take", "button button-start", "Prendre ce dossier", TAKE_KEY)

    def _buttons(self) -> Iterator[tuple[str, str, str]]:
        can = self._possible
        if can.grant:
            yield "", self._at("desk:grant"), "Accorder"
        if can.ask:
            yield SECOND, self._at("desk:corrections"), "Demander un complément"
        if can.answer_for:
            yield SECOND, address_with("portal:answer", str(self._dossier.number)), "Saisir la réponse reçue"
        if can.withdraw:
            yield SECOND, self._at("desk:withdraw"), "Retirer la demande de complément"
        if can.refuse:
            yield DANGER, self._at("desk:refuse"), "Refuser"

    def lines(self) -> SafeString:
        """Everything else, one line each."""
        return filled_each(LINE, self._before()) + self._posts() + filled_each(LINE, self._after())

    def _before(self) -> Iterator[tuple[str, str]]:
        if self._possible.close:
            yield self._at("desk:close"), "Classer sans suite"
        if self._possible.assign:
            yield self._at("desk:assign"), "Confier à un collègue"

    def _posts(self) -> SafeString:
        if not self._possible.works:
            return filled("")
        route, words = ("unfollow", "Ne plus suivre") if self._followed else ("follow", "Suivre ce dossier")
        posts = [self._posted(f"desk:{route}", "button-link", filled("{}{}", icon("star"), words), FOLLOW_KEY)]
        if self._possible.release:
            posts.insert(0, self._posted("desk:release", "button-link", "Remettre à prendre"))
        return filled_each("\n<li>{}</li>", ((each,) for each in posts))

    def _after(self) -> Iterator[tuple[str, str]]:
        can, number = self._possible, str(self._dossier.number)
        if can.lift:
            yield self._at("desk:lift"), "Lever la caducité"
        if can.confirm_start:
            yield address_with("portal:course_start", number), "Noter que la formation a commencé"
        if can.correct_start:
            yield address_with("portal:course_start", number), "Corriger le premier jour de la formation"
        if can.modify:
            yield address_with("portal:modify", number), "Enregistrer une modification dite par téléphone"
        if not can.works:
            return
        yield f"{self._at('desk:talk')}#id_message", "Écrire à l'employeur"
        yield self._at("desk:as_employer"), "Voir comme l'employeur"
        yield address_with("desk:company", str(self._dossier.establishment_id)), "Fiche de l'employeur"
        if self._dossier.provider_id:
            yield address_with("desk:provider_sheet", str(self._dossier.provider_id)), "Fiche de l'organisme"

    def beside(self) -> SafeString:
        """The request before and the one after; the latter is what is left to do where nothing else is."""
        small = "" if self._possible.nothing else " button-second button-small"
        back, on = icon("chevron-left"), icon("chevron-right")
        return filled(BESIDE, self._at("desk:previous"), back, small, self._at("desk:next"), on)

    def shortcuts(self) -> SafeString:
        """The page of the shortcuts, which turns them on unless the reader wants none; nothing for who only reads."""
        if not self._possible.works:
            return filled("")
        wanted = filled(" data-shortcuts") if self._request.COOKIES.get("raccourcis") != "non" else ""
        return filled('<a href="{}"{}>Raccourcis clavier</a>', address_of("desk:shortcuts"), wanted)

    def _at(self, route: str) -> str:
        return address_with(route, str(self._dossier.number)) + self._query

    def _posted(self, route: str, look: str, words: str, key: str = "") -> SafeString:
        token, version = get_token(self._request), str(self._dossier.version)
        return filled(POSTED, self._at(route), token, version, look, key, words)
