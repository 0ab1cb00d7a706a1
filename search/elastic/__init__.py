"""The index on Elasticsearch: its templates, documents and projector, and searches on it."""

import sys
from importlib import import_module

# The client imports these where they are installed, for its asynchronous half: two thirds of the time of its import,
# which a search from the shell would wait for. Hidden meanwhile, they are found again by whoever needs them.
_HIDDEN = {name for name in ("aiohttp", "httpx") if name not in sys.modules}
try:
    sys.modules.update(dict.fromkeys(_HIDDEN))  # type: ignore[arg-type]
    import_module("elasticsearch")
finally:
    for _name in _HIDDEN:
        sys.modules.pop(_name, None)
