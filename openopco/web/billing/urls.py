"""The pages of invoices and refund claims, for those who are paid."""

from django.urls import path

from openopco.web.billing.views import claims, credit_notes, drafts, invoices, mandates, printing

app_name = "billing"
CLAIM = "factures/<uuid:key>/"
urlpatterns = [
    path("factures/", invoices.invoices, name="invoices"),
    path("demandes/<slug:number>/reglement/", drafts.start_refund, name="start_refund"),
    path("organisme/dossiers/<slug:number>/facture/", drafts.start_invoice, name="start_invoice"),
    path("factures/mandat-de-facturation/", mandates.mandate, name="mandate"),
    path(CLAIM, claims.claim, name="claim"),
    path(f"{CLAIM}preparer/", drafts.draft, name="draft"),
    path(f"{CLAIM}retirer/", claims.withdraw, name="withdraw"),
    path(f"{CLAIM}repondre/", claims.answer, name="answer"),
    path(f"{CLAIM}avoir/", credit_notes.credit_note, name="credit_note"),
    path(f"{CLAIM}facture.pdf", claims.invoice_pdf, name="invoice_pdf"),
    path(f"{CLAIM}certificats/<uuid:certificate_key>.pdf", claims.certificate_pdf, name="certificate_pdf"),
    path(f"{CLAIM}certificats-a-signer.pdf", printing.certificates_to_sign, name="certificates_to_sign"),
    path(f"{CLAIM}pieces/<uuid:document_key>/", claims.document, name="document"),
    path(f"{CLAIM}pieces/<uuid:document_key>/pages/<int:number>.jpg", printing.page, name="page"),
]
