"""The pages of training providers."""

from django.urls import path

from openopco.web.provider.views import attaching, bank_accounts, courses, places, settlements

app_name = "provider"
PLACE = "organisme/<int:provider_id>/"
urlpatterns = [
    path("organisme/", courses.dashboard, name="dashboard"),
    path("organisme/dossiers/", courses.courses, name="courses"),
    path("organisme/dossiers/<slug:number>/", courses.course, name="course"),
    path("organisme/reglements/", settlements.mine, name="settlements"),
    path("organisme/rattacher/", attaching.attach, name="attach"),
    path(PLACE, places.identity, name="identity"),
    path(f"{PLACE}compte-bancaire/", bank_accounts.bank_account, name="bank_account"),
    path(f"{PLACE}compte-bancaire/<int:account_id>/terminer/", bank_accounts.end, name="end_bank_account"),
    path(f"{PLACE}personnes/", places.provider_people, name="people"),
    path(f"{PLACE}personnes/<int:membership_id>/", places.person, name="person"),
    path(f"{PLACE}invitations/<int:invitation_id>/", places.invitation, name="invitation"),
]
