"""The pages of the OPCO's accountants: transfers, the bank's answers, whether the figures agree."""
