"""The pages of finance."""

from django.urls import path

from openopco.web.finance.views import batches, debtors, overpayments, reconciliation, returns

app_name = "finance"
urlpatterns = [
    path("finance/lots/", batches.batches, name="batches"),
    path("finance/lots/preparer/", batches.prepare, name="prepare"),
    path("finance/lots/<int:batch_id>/", batches.batch, name="batch"),
    path("finance/lots/<int:batch_id>/emettre/", batches.release, name="release"),
    path("finance/lots/<int:batch_id>/annuler/", batches.cancel, name="cancel"),
    path("finance/lots/<int:batch_id>/fichier/", batches.file, name="file"),
    path("finance/lots/<int:batch_id>/non-recu/", batches.unreceived, name="unreceived"),
    path("finance/virements/<int:order_id>/retirer/", batches.withdraw, name="withdraw"),
    path("finance/retours/", returns.returns, name="returns"),
    path("finance/retours/a-voir/", returns.to_see, name="to_see"),
    path("finance/retours/<int:file_id>/", returns.bank_file, name="bank_file"),
    path("finance/retours/faits/<int:event_id>/", returns.event, name="event"),
    path("finance/retours/faits/<int:event_id>/rendre/", returns.refund, name="refund"),
    path("finance/rapprochement/", reconciliation.home, name="reconciliation"),
    path("finance/rapprochement/dossiers/<slug:number>/", reconciliation.dossier, name="dossier"),
    path("finance/rapprochement/ecritures/", reconciliation.entries, name="entries"),
    path("finance/rapprochement/reste-a-liquider/", reconciliation.carried_over, name="carried_over"),
    path("finance/rapprochement/<int:year>/<slug:fund>/<slug:figure>/", reconciliation.figure, name="figure"),
    path("finance/comptes/", debtors.debtors, name="debtors"),
    path("finance/comptes/<int:account_id>/verifier/", debtors.confirm, name="confirm_debtor"),
    path("finance/comptes/<int:account_id>/terminer/", debtors.end, name="end_debtor"),
    path("finance/trop-percus/", overpayments.overpayments, name="overpayments"),
    path("finance/trop-percus/<int:overpayment_id>/", overpayments.overpayment, name="overpayment"),
    path("finance/trop-percus/<int:overpayment_id>/lettre.pdf", overpayments.letter, name="overpayment_letter"),
    path("finance/sommes-dues/<int:due_id>/avoir/", overpayments.credit, name="credit"),
]
