"""The OPCO's own words, in letters and mails: templates that an administrator words, dates, and never rewrites."""
