"""Invoices and refund claims as those who are paid see them, employers and training providers alike: one door serves both."""
