"""Placeholder until the synonym file is there."""


def find_terms(text: str) -> tuple[str, ...]:
    """Nothing yet."""
    return ()
