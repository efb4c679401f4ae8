"""The administrators' pages."""

from django.urls import path

from openopco.web.admin.views import (
    accounts,
    feedback,
    funding,
    funds,
    home,
    lists,
    parameters,
    portfolios,
    references,
    templates,
)
from openopco.web.desk.views import absences

app_name = "admin_opco"
urlpatterns = [
    path("administration/", home.home, name="home"),
    path("administration/comptes/", accounts.listing, name="accounts"),
    path("administration/comptes/nouveau/", accounts.create, name="create_account"),
    path("administration/comptes/<int:user_id>/", accounts.account, name="account"),
    path("administration/comptes/<int:user_id>/<slug:verb>/", accounts.act, name="account_act"),
    path("administration/roles/<int:role_id>/confirmer/", accounts.confirm_role, name="confirm_role"),
    path("administration/roles/<int:role_id>/terminer/", accounts.end_role, name="end_role"),
    path("administration/avis/", feedback.received, name="feedback"),
    path("administration/avis/<int:feedback_id>/", feedback.detail, name="feedback_detail"),
    path("administration/avis/<int:feedback_id>/lu/", feedback.mark_read, name="feedback_mark_read"),
    path("administration/absences/", absences.everybody, name="absences"),
    path("administration/absences/<int:absence_id>/terminer/", absences.end, name="end_absence"),
    path("administration/portefeuilles/", portfolios.listing, name="portfolios"),
    path("administration/portefeuilles/<int:rule_id>/terminer/", portfolios.end, name="end_rule"),
    path("gestion/financement/regles/nouvelle/", funding.add, name="add_rule"),
    path("gestion/financement/regles/<slug:code>/terminer/", funding.end, name="end_funding_rule"),
    path("gestion/financement/enveloppes/nouvelle/", funding.new_envelope, name="new_envelope"),
    path("gestion/financement/enveloppes/<int:envelope_id>/", funding.envelope, name="envelope"),
    path("administration/fonds/", funds.listing, name="funds"),
    path("administration/fonds/<int:closure_id>/rouvrir/", funds.reopen, name="reopen_funds"),
    path("administration/parametres/", parameters.in_force, name="parameters"),
    path("administration/parametres/<slug:code>/", parameters.parameter, name="parameter"),
    path(
        "administration/parametres/<slug:code>/retirer/<int:parameter_id>/",
        parameters.withdraw,
        name="withdraw_parameter",
    ),
    path("administration/listes/", lists.every, name="lists"),
    path("administration/listes/<slug:list_code>/", lists.one, name="list"),
    path("administration/listes/<slug:list_code>/nouvelle/", lists.add, name="add_entry"),
    path("administration/listes/<slug:list_code>/entrees/<slug:entry_code>/", lists.entry, name="entry"),
    path(
        "administration/listes/<slug:list_code>/entrees/<slug:entry_code>/retirer/",
        lists.withdraw,
        name="withdraw_entry",
    ),
    path("administration/references/", references.listing, name="references"),
    path("administration/references/<slug:dataset>/", references.one, name="reference"),
    path("administration/references/<slug:dataset>/nouvelle/", references.deposit, name="deposit_edition"),
    path("administration/references/<slug:dataset>/revenir/", references.restore, name="restore_edition"),
    path("administration/references/<slug:dataset>/<int:edition_id>/", references.edition, name="edition"),
    path(
        "administration/references/<slug:dataset>/<int:edition_id>/ecarter/", references.discard, name="discard_edition"
    ),
    path("administration/references/<slug:dataset>/<int:edition_id>/lignes.csv", references.file, name="edition_file"),
    path("administration/lettres/", templates.listing, name="templates"),
    path("administration/lettres/<slug:code>/", templates.template, name="template"),
    path("administration/lettres/<slug:code>/modifier/", templates.edit, name="template_edit"),
    path("administration/lettres/<slug:code>/apercu.pdf", templates.preview_pdf, name="template_preview"),
    path("administration/lettres/<slug:code>/versions/<int:number>/", templates.version, name="template_version"),
    path(
        "administration/lettres/<slug:code>/versions/<int:number>/apercu.pdf",
        templates.version_pdf,
        name="template_version_pdf",
    ),
]
