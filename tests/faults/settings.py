"""The tests' settings for whole processes: mail leaves by SMTP, for a server of the test's own."""

from config.settings.test import *  # noqa: F403

MAIL_TRANSPORT = "smtp"
