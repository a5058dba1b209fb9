"""How often a password may be tried."""

from __future__ import annotations

import hashlib
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle


class LoginThrottle(ScopedRateThrottle):
    """Ten tries a minute for each name from each address.

    The address is that of the connection: a forwarded-for header is written by whoever tries.
    """

    scope = "login"
    THROTTLE_RATES = {"login": "10/min"}

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """One counter for each address and name."""
        data = request.data
        name = str(data.get("username", "") if hasattr(data, "get") else "").strip().lower()
        ident = hashlib.sha256(f"{request.META.get('REMOTE_ADDR', '')}\0{name}".encode("utf-8", "replace"))
        return self.cache_format % {"scope": self.scope, "ident": ident.hexdigest()}
