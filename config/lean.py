"""Imports of packages without what they would import for parts of theirs that nobody here uses."""

import sys
from importlib import import_module


def import_without(package: str, *unused: str) -> None:
    """Imports a package as if others were not installed; they are found again by whoever needs them."""
    hidden = {name for name in unused if name not in sys.modules}
    try:
        sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
        import_module(package)
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
