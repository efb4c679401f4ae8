"""`/composants/`: every component in every state, for developers and tests. Routed by settings.COMPONENT_GALLERY."""
