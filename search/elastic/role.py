"""What the product must be allowed to do on a server, and no more."""

from typing import Any

from search.elastic.connection import Names

CLUSTER = ["cluster:monitor/main"]  # to ask for the server's version
INDICES = [
    "read",
    "write",
    "create_index",
    "delete_index",
    "view_index_metadata",
    "maintenance",  # to refresh
    "indices:admin/aliases",  # to swap them
    "indices:admin/settings/update",  # to let an index that is being built refresh seldom
]


def key_request(names: Names) -> dict[str, Any]:
    """The body of the request that makes an API key for the product, which reaches its own indices only."""
    allowed = {"names": [names.ours], "privileges": INDICES}
    return {
        "name": names.base,
        "role_descriptors": {names.base: {"cluster": CLUSTER, "indices": [allowed]}},
        "metadata": {"product": "policywatch"},
    }
