"""This OPCO: its name and words, its dated parameters, what people think of the portal, what is new in it."""

from openopco.opco.identities import Identity, identity

__all__ = ["Identity", "identity"]
