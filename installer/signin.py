"""Sign-in with name and password; attempts are counted in the database before the password is checked.

Three counters, because each alone has a gap: one for a name from an address, one for an address whatever the name
(a list of names is tried from it), one for a name from any address (many addresses try it). For a user who recently
signed in from an address only the first one applies there: strangers can lock an account for themselves, not for its
owner's desk.
"""

from __future__ import annotations

import hashlib
import ipaddress
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from common import audit
from common.actor import Actor
from common.errors import NotFound
from common.messages import Message, message
from common.text import plain
from installer import tokens
from installer.auditing import record_limited
from installer.models import TryCount

UNKNOWN = "unknown"
KNOWN_FOR = timedelta(days=30)
FORGET_AFTER = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
Kind = TryCount.Kind


@dataclass(frozen=True, slots=True)
class Limit:
    """The number of attempts in a window, then locked: ``first`` at first, doubled each time, at most an hour."""

    tries: int
    window: timedelta
    first: timedelta
    longest: timedelta = timedelta(hours=1)

    def lock(self, strikes: int) -> timedelta:
        """Return the duration of the (``strikes`` + 1)th lock within a day."""
        return min(self.first * int(2 ** min(strikes, 10)), self.longest)


LIMITS = {
    Kind.PAIR: Limit(10, 15 * _MINUTE, _MINUTE),
    # Several users may share an address: their correct passwords do not count.
    Kind.ADDRESS: Limit(20, 15 * _MINUTE, 5 * _MINUTE),
    Kind.ACCOUNT: Limit(50, 60 * _MINUTE, 5 * _MINUTE),
}


class Locked(Exception):
    """Too many attempts; ``seconds`` until the next one counts."""

    def __init__(self, until: datetime) -> None:
        self.seconds = max(1, round((until - timezone.now()).total_seconds()))
        minutes, rest = divmod(self.seconds, 60)
        if minutes:
            wait = gettext("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
        else:
            wait = gettext("%(seconds)s s") % {"seconds": rest}
        text = gettext(
            "Too many wrong passwords: signing in with this name from this address is locked for %(time)s. "
            "Wait, or ask the administrator of the installer to run manage.py unlock_sign_in."
        )
        super().__init__(text % {"time": wait})


@dataclass(frozen=True, slots=True)
class _Try:
    """A counted attempt: its counters, and those it locked."""

    keys: tuple[str, ...]
    locked: tuple[str, ...]


def sign_in(
    *,
    name: str,
    password: str,
    actor: Actor,
    request: HttpRequest | None = None,
    admitted: Callable[[User], bool] = lambda user: True,
) -> User | None:
    """Return the user with that name and password, or None; both are recorded in the audit.

    ``actor`` gives the origin and the interface. ``admitted``: decides whether the user may use this interface.
    Raises :class:`Locked` after too many attempts, whatever the password.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    tried = _count(name, actor.address)
    before = User.objects.filter(username=name).values_list("password", flat=True).first() or ""
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User) or not admitted(user):
        _failed(name, actor, tried)
        return None
    tokens.carry_over(user, password, before)
    _give_back(tried)
    audit.record(_as(actor, user.get_username()), "sign_in", user.get_username())
    return user


def unlock_sign_in(*, actor: Actor, name: str = "", address: str = "") -> int:
    """Forget the attempts of a name, an address, a name from an address, or all; returns how many were locked.

    Raises :class:`NotFound` when none of that name or address is locked.
    """
    wanted = Q(kind__in=LIMITS)
    if name:
        wanted &= Q(account=_folded(name))
    if address:
        wanted &= Q(address=_network(address))
    with transaction.atomic():
        found = TryCount.objects.filter(wanted)
        locked = found.filter(locked_until__gt=timezone.now()).count()
        if not locked:
            raise NotFound.because(_not_locked(plain(name)[:80], address))
        found.update(tries=0, strikes=0, locked_until=None)
        audit.record(actor, "unlock_sign_in", plain(name)[:128], **({"address": address} if address else {}))
    return locked


def _not_locked(name: str, address: str) -> Message:
    way_in = _way_in()
    if name and address:
        return message("U10", "name_from_address", name=name, address=address, way_in=way_in)
    if name:
        return message("U10", "name", name=name, way_in=way_in)
    if address:
        return message("U10", "address", address=address, way_in=way_in)
    return message("U10", "nothing", way_in=way_in)


def _way_in() -> Message:
    """Suggest what to do when nothing matching the request is locked."""
    if TryCount.objects.filter(kind__in=LIMITS, locked_until__gt=timezone.now()).exists():
        return message("U10", "others_locked")
    return message("U10", "forgotten_password")


def _count(name: str, address: str) -> _Try:
    """Count the attempt, or refuse it. Raises :class:`Locked`."""
    now = timezone.now()
    wanted = {_key(*place): place for place in _places(name, address)}
    while True:
        with transaction.atomic():
            TryCount.objects.bulk_create(
                [
                    TryCount(key=key, kind=kind, account=account, address=net, since=now)
                    for key, (kind, account, net) in sorted(wanted.items())
                ],
                ignore_conflicts=True,
            )
            rows = list(TryCount.objects.select_for_update().filter(key__in=wanted).order_by("key"))
            # Recreate a row that another process has just deleted.
            if len(rows) == len(wanted):
                return _counted(rows, now)


def _counted(rows: list[TryCount], now: datetime) -> _Try:
    pair = next(row for row in rows if row.kind == Kind.PAIR)
    if pair.known_until and pair.known_until > now:
        rows = [pair]
    until = [row.locked_until for row in rows if row.locked_until and row.locked_until > now]
    if until:
        raise Locked(max(until))
    locked = []
    for row in rows:
        limit = LIMITS[Kind(row.kind)]
        if now - row.since >= FORGET_AFTER:
            row.strikes = 0
        if now - row.since >= limit.window:
            row.tries, row.since = 0, now
        row.tries += 1
        if row.tries >= limit.tries:
            # This attempt is still allowed: a correct password releases the lock again.
            row.locked_until = now + limit.lock(row.strikes)
            row.tries, row.since, row.strikes = 0, now, row.strikes + 1
            locked.append(row.key)
        row.save(update_fields=["tries", "since", "strikes", "locked_until"])
    return _Try(tuple(row.key for row in rows), tuple(locked))


def _give_back(tried: _Try) -> None:
    """Reset the pair after a correct password and mark it as known; remove the attempt from the other counters."""
    now = timezone.now()
    with transaction.atomic():
        for row in TryCount.objects.select_for_update().filter(key__in=tried.keys).order_by("key"):
            if row.kind == Kind.PAIR:
                row.tries, row.strikes, row.locked_until, row.known_until = 0, 0, None, now + KNOWN_FOR
            elif row.key in tried.locked:
                row.tries = LIMITS[Kind(row.kind)].tries - 1
                row.locked_until, row.strikes = None, max(0, row.strikes - 1)
            else:
                row.tries = max(0, row.tries - 1)
            row.save(update_fields=["tries", "strikes", "locked_until", "known_until"])
    _forget()


def _failed(name: str, actor: Actor, tried: _Try) -> None:
    """Record the failure, with the account if it exists. An unknown name may be a password in the wrong field."""
    subject = name if User.objects.filter(username=name).exists() else ""
    record_limited(
        _as(actor, UNKNOWN), "sign_in_failed", subject, **({} if subject else {"name": "no such account"})
    )
    for row in TryCount.objects.filter(key__in=tried.locked):
        record_limited(
            _as(actor, UNKNOWN),
            "sign_in_locked",
            subject,
            what=row.kind,
            until=f"{row.locked_until:%Y-%m-%d %H:%M:%S} UTC",
        )


def _forget() -> None:
    """Delete expired rows: made-up names would stay forever."""
    now = timezone.now()
    stale = Q(since__lt=now - FORGET_AFTER) & (Q(known_until=None) | Q(known_until__lt=now))
    TryCount.objects.filter(stale).delete()


def _as(actor: Actor, name: str) -> Actor:
    return Actor(name=name, via=actor.via, address=actor.address)


def _places(name: str, address: str) -> list[tuple[TryCount.Kind, str, str]]:
    account, net = _folded(name), _network(address)
    return [(Kind.PAIR, account, net), (Kind.ADDRESS, "", net), (Kind.ACCOUNT, account, "")]


def _folded(name: str) -> str:
    """Normalise a name for counting: case makes no difference; a long name is replaced by its digest."""
    folded = plain(unicodedata.normalize("NFKC", name).strip().casefold())
    return folded if len(folded) <= 150 else hashlib.sha256(folded.encode()).hexdigest()


def _network(address: str) -> str:
    """Return the address for counting: for IPv6 its /64, in which one machine may take any address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def _key(kind: TryCount.Kind, account: str, address: str) -> str:
    return hashlib.sha256(f"{kind}\0{account}\0{address}".encode()).hexdigest()
