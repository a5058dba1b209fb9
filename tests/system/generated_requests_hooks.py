"""What Schemathesis calls for every request that it has made (tests/system/test_generated_requests.py)."""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
CLOSED = "127.0.0.1:1"
ONLY_WHAT_FITS = "GENERATED_REQUESTS_FIT"


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Where requests are to be taken: JSON only, with no field that the document does not name (those are refused)."""
    if not os.environ.get(ONLY_WHAT_FITS):
        return
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            for kind in set(content) - {"application/json"}:
                del content[kind]
    for schema in raw_schema["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Servers of memcached that a request names are asked at once: no machine outside this test is."""
    body = case.body
    if isinstance(body, dict):
        for name in ("servers", "cache_servers"):
            if isinstance(body.get(name), str) and len(body[name]) <= 4000:
                body[name] = CLOSED


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Let a bad form be taken: forms have no types, and what is no form is read as one without fields."""
    return not (isinstance(failure, AcceptedNegativeData) and case.media_type in FORMS)
