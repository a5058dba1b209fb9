"""Remedies of refusals outside the shell: over REST, and from a verb whose faces all check first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from common.errors import Refused


def refused_by(code: str, verb: Callable[[], object]) -> str:
    """Call the verb; it is refused with this code. Return the remedy as printed."""
    with pytest.raises(Refused) as caught:
        verb()
    found = [item.remedy for item in caught.value.findings if item.code == code]
    assert found and found[0], caught.value.findings
    return found[0]


def refused_over_rest(code: str, client: APIClient, path: str, body: Any = None, verb: str = "post") -> str:
    """Send the request; it is answered with this code. Return the remedy as printed."""
    answer = getattr(client, verb)(f"/api/v1/{path}", body or {}, format="json")
    assert answer.status_code in (400, 404, 409), answer.content
    found = [item.get("remedy", "") for item in answer.json()["findings"] if item["code"] == code]
    assert found and found[0], answer.content
    return str(found[0])


def sent(client: APIClient, path: str, body: Any = None, verb: str = "post") -> Any:
    """Send the request; it succeeds. Return the answer."""
    answer = getattr(client, verb)(f"/api/v1/{path}", body or {}, format="json")
    assert answer.status_code < 300, answer.content
    return answer.json() if answer.content else None
