"""Fixtures of the pages' tests."""

from tests.browser import page, page_without_javascript

__all__ = ["page", "page_without_javascript"]
