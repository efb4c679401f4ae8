"""The officers' pages."""

from django.urls import path

from openopco.web.desk.views import (
    batches,
    corrections,
    deciding,
    dossier,
    history,
    holding,
    identities,
    memberships,
    nir,
    slips,
    talking,
    watching,
    worklist,
)

app_name = "desk"
DOSSIER = "gestion/dossiers/<slug:number>/"
urlpatterns = [
    path("gestion/", worklist.worklist, name="worklist"),
    path("gestion/lot/", batches.choose, name="batches"),
    path("gestion/lot/<slug:code>/", batches.batch, name="batch"),
    path(DOSSIER, dossier.dossier, name="dossier"),
    path(f"{DOSSIER}suivant/", dossier.following, name="next"),
    path(f"{DOSSIER}precedent/", dossier.preceding, name="previous"),
    path(f"{DOSSIER}suivre/", watching.follow, name="follow"),
    path(f"{DOSSIER}ne-plus-suivre/", watching.unfollow, name="unfollow"),
    path(f"{DOSSIER}echanges/", talking.talk, name="talk"),
    path(f"{DOSSIER}echanges/message/", talking.message, name="message"),
    path(f"{DOSSIER}echanges/note/", talking.note, name="note"),
    path(f"{DOSSIER}historique/", history.history, name="history"),
    path(f"{DOSSIER}prendre/", holding.take, name="take"),
    path(f"{DOSSIER}remettre/", holding.release, name="release"),
    path(f"{DOSSIER}confier/", holding.assign, name="assign"),
    path(f"{DOSSIER}corrections/", corrections.ask, name="corrections"),
    path(f"{DOSSIER}corrections/retirer/", deciding.withdraw, name="withdraw"),
    path(f"{DOSSIER}rectifier/", slips.slip, name="slip"),
    path(f"{DOSSIER}accorder/", deciding.grant, name="grant"),
    path(f"{DOSSIER}refuser/", deciding.refuse, name="refuse"),
    path(f"{DOSSIER}classer/", deciding.close, name="close"),
    path(f"{DOSSIER}stagiaires/<slug:row>/", dossier.trainee, name="trainee"),
    path(f"{DOSSIER}stagiaires/<slug:row>/nir/", nir.nir, name="nir"),
    path("gestion/rattachements/", memberships.memberships, name="memberships"),
    path("gestion/rattachements/<int:membership_id>/", memberships.membership, name="membership"),
    path("gestion/rattachements/<int:membership_id>/justificatif/", memberships.proof, name="membership_proof"),
    path("gestion/rattachements/<int:membership_id>/accepter/", memberships.accept, name="accept_membership"),
    path("gestion/rattachements/<int:membership_id>/refuser/", memberships.refuse, name="refuse_membership"),
    path("gestion/etablissements/", identities.establishments, name="establishments"),
    path("gestion/etablissements/<int:establishment_id>/", identities.establishment, name="establishment"),
    path("gestion/etablissements/<int:establishment_id>/repertoire/", identities.ask_again, name="ask_again"),
    path("gestion/etablissements/organismes/", identities.providers, name="providers"),
    path("gestion/etablissements/organismes/<int:provider_id>/", identities.provider, name="provider"),
    path(
        "gestion/etablissements/organismes/<int:provider_id>/repertoire/",
        identities.ask_provider_again,
        name="ask_provider_again",
    ),
]
