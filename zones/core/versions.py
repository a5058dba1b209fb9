"""Compare two versions of one plan, for a person who has reviewed the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.messages import Message, phrase
from common.wording import _
from zones.core.diff import diff_plan
from zones.core.rendering import RenderedFile
from zones.core.world import identity_text

SHOWN_NAMES = 20


@dataclass(frozen=True, slots=True)
class Version:
    """All that a plan's hash covers: ``texts`` by path; roles by address, disks and host keys by node id."""

    texts: Mapping[str, str]
    roles: Mapping[str, Mapping[str, Any]]
    disk_identities: Mapping[str, list[str]]
    host_keys: Mapping[str, str]

    def before(self, texts: Mapping[str, str | None], facts: Mapping[str, Any]) -> Version:
        """Return the version before a change, given the former texts (None: there was none) and facts."""
        merged = {**self.texts, **texts}
        return Version(
            texts={path: text for path, text in merged.items() if text is not None},
            roles=facts.get("roles", self.roles),
            disk_identities=facts.get("disk_identities", self.disk_identities),
            host_keys=facts.get("host_keys", self.host_keys),
        )


def text_differences(seen: Version, now: Version) -> tuple[tuple[str, str], ...]:
    """Return each path whose text differs, with its unified diff."""
    files = [RenderedFile(path, text) for path, text in sorted(now.texts.items())]
    return tuple((item.path, item.unified) for item in diff_plan(seen.texts, files, partial=False).files)


def fact_differences(seen: Version, now: Version) -> Iterator[Message]:
    """Yield a sentence for what else differs: nodes, roles, disks to be formatted, host keys."""
    yield from _nodes(seen.roles, now.roles)
    for address in sorted(seen.roles.keys() & now.roles.keys()):
        name = _name(address, now)
        old, new = _role(seen.roles[address]), _role(now.roles[address])
        if old != new:
            yield phrase(_("{node}: role changed from {old} to {new}"), node=name, old=old, new=new)
        node_id = now.roles[address]["node_id"]
        old, new = (
            _some(map(identity_text, version.disk_identities.get(node_id, ()))) for version in (seen, now)
        )
        if old != new:
            template = _("{node}: disks to format changed from {old} to {new}")
            yield phrase(template, node=name, old=old, new=new)
        old, new = (version.host_keys.get(node_id, "") or _none() for version in (seen, now))
        if old != new:
            yield phrase(_("{node}: host key changed from {old} to {new}"), node=name, old=old, new=new)


def _nodes(seen: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]) -> Iterator[Message]:
    for more, fewer, template in (
        (now, seen, _("{n:node|nodes} added: {names}")),
        (seen, now, _("{n:node|nodes} left out: {names}")),
    ):
        names = [f"{more[address]['hostname']} ({address})" for address in sorted(more.keys() - fewer.keys())]
        if names:
            yield phrase(template, n=len(names), names=_some(names))


def _name(address: str, version: Version) -> str:
    return f"{version.roles[address]['hostname']} ({address})"


def _role(given: Mapping[str, Any]) -> str:
    subs = ", ".join(given["sub_roles"])
    role = f"{given['role']}{f' ({subs})' if subs else ''}"
    return phrase(_("{role} paired with {peer}"), role=role, peer=given["pair"]) if given["pair"] else role


def _some(names: Iterable[str]) -> Message:
    listed = sorted(names)
    if len(listed) > SHOWN_NAMES:
        return phrase(
            _("{names} and {more} more"), names=listed[:SHOWN_NAMES], more=len(listed) - SHOWN_NAMES
        )
    return phrase("{names}", names=listed) if listed else _none()


def _none() -> Message:
    return phrase(_("none"))
