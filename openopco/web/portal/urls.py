"""The pages of employers, and those that everybody signed in has."""

from django.urls import path

from openopco.web.portal.views import drafts, feedback, pieces, providers, reference, sending, steps, trainees

app_name = "portal"
DRAFT = "brouillons/<uuid:key>/"
urlpatterns = [
    path("demandes/nouvelle/<slug:slug>/", steps.create, name="new_request"),
    path("demandes/<str:number>/envoyee/", sending.sent, name="sent"),
    path("demandes/<str:number>/accuse-reception.pdf", sending.receipt, name="receipt"),
    path("demandes/<str:number>/reprendre/", drafts.copy, name="copy"),
    path(DRAFT, steps.resume, name="draft"),
    path(f"{DRAFT}champ/", steps.autosave, name="autosave"),
    path(f"{DRAFT}organisme/", providers.provider, name="provider"),
    path(f"{DRAFT}organisme/retirer/", providers.remove, name="remove_provider"),
    path(f"{DRAFT}modeles/", drafts.course_templates, name="templates"),
    path(f"{DRAFT}stagiaires/ajouter/", trainees.add, name="add_trainee"),
    path(f"{DRAFT}stagiaires/choisir/", trainees.choose, name="choose_trainees"),
    path(f"{DRAFT}stagiaires/<slug:row>/", trainees.trainee, name="trainee"),
    path(f"{DRAFT}stagiaires/<slug:row>/retirer/", trainees.remove, name="remove_trainee"),
    path(f"{DRAFT}pieces/<slug:zone>/", pieces.join, name="join_piece"),
    path(f"{DRAFT}envoyer/", sending.submit, name="submit"),
    path(f"{DRAFT}supprimer/", drafts.delete, name="delete_draft"),
    path(f"{DRAFT}<slug:slug>/", steps.step, name="step"),
    path("documents/<uuid:key>/", pieces.document, name="document"),
    path("reference/communes/", reference.communes, name="communes"),
    path("avis/", feedback.give, name="feedback"),
    path("avis/merci/", feedback.thanks, name="feedback_thanks"),
]
