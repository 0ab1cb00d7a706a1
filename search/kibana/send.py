"""Posts the saved objects to a Kibana; an earlier import of ours is replaced."""

import ssl
from dataclasses import dataclass

import httpx

from notices.problem import Problem

FILE = "policywatch.ndjson"
SECONDS = 60


class KibanaRefused(Problem):
    """Kibana did not take the saved objects."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many objects Kibana took."""

    objects: int


def send(text: str, url: str, api_key: str, *, authority: str = "") -> Imported:
    """Imports NDJSON into the Kibana at an address; raises KibanaRefused with Kibana's own reason and what to do."""
    if not api_key.isascii():
        raise KibanaRefused("POLICYWATCH_KIBANA_API_KEY has characters that no key has: copy the key's `encoded`")
    address = f"{url.rstrip('/')}/api/saved_objects/_import"
    headers = {"kbn-xsrf": "policywatch"} | ({"Authorization": f"ApiKey {api_key}"} if api_key else {})
    files = {"file": (FILE, text.encode(), "application/ndjson")}
    try:
        trusted = ssl.create_default_context(cafile=authority or None)
        with httpx.Client(verify=trusted, timeout=SECONDS, trust_env=False) as client:
            answer = client.post(address, params={"overwrite": "true"}, headers=headers, files=files)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise KibanaRefused(f"{url} cannot be reached ({type(error).__name__}): check the address of Kibana") from None
    if answer.status_code in (401, 403):
        raise KibanaRefused(
            f"{url} refused the key ({answer.status_code}): "
            "set POLICYWATCH_KIBANA_API_KEY to one that may write saved objects"
        )
    try:
        said = answer.json()
    except ValueError:
        said = {}
    if answer.status_code != 200 or not isinstance(said, dict) or not said.get("success"):
        raise KibanaRefused(f"{url} did not import ({answer.status_code}: {_reason(said, answer)})")
    return Imported(int(said.get("successCount", 0)))


def _reason(said: object, answer: httpx.Response) -> str:
    if isinstance(said, dict):
        errors = said.get("errors") or []
        if errors:
            first = errors[0]
            kind = first.get("error", {}).get("type", "unknown error")
            return f"{len(errors)} objects, the first {first.get('type')} {first.get('id')}: {kind}"
        if said.get("message"):
            return str(said["message"])[:200]
    return "no answer of Kibana's: is this its address?" if answer.status_code == 200 else answer.reason_phrase
