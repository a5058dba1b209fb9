"""Match observed disks with stored ones, so that a person's correction of one disk is never applied to another.

A correction follows its disk through every spelling of its identifiers. Where it could be for either of two disks,
neither gets it: the stored row is left without a disk, its corrections wait, and a disk that it may be is not proposed
for use.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nodes.facts import DiskFacts
from nodes.identifiers import Wwn, other_name, place_of, plain, same_model, same_name, serial_of, wwn_of
from nodes.models import MAX_ID, Disk

# Rows that may share a serial number: namespaces of one drive, volumes of one controller.
_MOST_ALIKE = 256


@dataclass(frozen=True, slots=True)
class Sight:
    """A disk as it was once seen. ``serial`` is plain, ``place`` distinguishes disks that share it."""

    name: str
    by_id: str
    wwn: Wwn | None
    serial: str
    place: str
    model: str
    size_bytes: int
    present: bool

    @property
    def identified(self) -> bool:
        """Return whether it has an identifier that is its own."""
        return bool(self.wwn or self.serial)


def match(
    known: Sequence[Disk], disks: Sequence[DiskFacts], *, by_name: bool = True
) -> list[tuple[Disk | None, DiskFacts]]:
    """Pair each observed disk with its stored row, None for a new one.

    By WWN, by serial number, by link, and by name where nothing else distinguishes disks. A disk that replaced another
    one is a new disk, even under the old name. ``by_name`` is false where another machine may answer: a name proves
    nothing then.
    """
    rows = {number: _stored(row) for number, row in enumerate(known)}
    seen = {number: observed(disk) for number, disk in enumerate(disks)}
    found: dict[int, int] = {}
    for key, is_same in (*_SURE, *(_BY_NAME if by_name else ())):
        alike: dict[str, list[int]] = defaultdict(list)
        for number, sight in rows.items():
            # Beyond that nothing distinguishes them, and a hostile node may list as many as it likes.
            if len(alike[key(sight)]) <= _MOST_ALIKE:
                alike[key(sight)].append(number)
        may = {
            number: [row for row in alike[word] if is_same(rows[row], sight)]
            for number, sight in seen.items()
            if (word := key(sight)) and len(alike[word]) <= _MOST_ALIKE
        }
        claims = Counter(row for matches in may.values() for row in matches)
        for number, matches in may.items():
            # One row for one disk, and one disk for one row: otherwise the next comparison decides, or none.
            if len(matches) != 1 or claims[matches[0]] != 1:
                continue
            if is_same is _one_of_its_kind and rows[matches[0]].name != seen[number].name:
                continue
            found[number] = matches[0]
            del rows[matches[0]], seen[number]
    return [(known[found[number]] if number in found else None, disk) for number, disk in enumerate(disks)]


def said(disk: DiskFacts, key: str) -> str:
    """Return ``wwn``, ``serial`` or ``by_id`` of an observed disk, as it is stored."""
    return str(getattr(disk, key))[:MAX_ID]


def may_be(lost: Disk, disk: DiskFacts) -> bool:
    """Check whether an observed disk that was not known before may be one that is no longer found.

    It takes far less than to carry a correction over: enough to ask a person.
    """
    one, other = _stored(lost), observed(disk)
    if one.serial and other.serial:
        return one.serial == other.serial
    if other_name(one.wwn, other.wwn):
        return False
    named = one.name == other.name
    if not one.identified and not other.identified:
        return named or _same_kind(one, other)
    return one.size_bytes == other.size_bytes and (named or same_model(one.model, other.model))


def observed(disk: DiskFacts) -> Sight:
    """Return the sight of a disk as it was seen now."""
    return _sight(
        name=disk.name[:64],
        by_id=said(disk, "by_id"),
        wwn=said(disk, "wwn"),
        serial=said(disk, "serial"),
        model=disk.model,
        size_bytes=disk.size_bytes,
        present=True,
    )


def _stored(row: Disk) -> Sight:
    return _sight(
        name=row.name,
        by_id=row.by_id,
        wwn=row.wwn,
        serial=row.serial,
        model=row.model,
        size_bytes=row.observed_size_bytes,
        present=row.present,
    )


def _sight(
    *, name: str, by_id: str, wwn: str, serial: str, model: str, size_bytes: int, present: bool
) -> Sight:
    return Sight(
        name=name,
        by_id=by_id,
        wwn=wwn_of(wwn),
        serial=serial_of(serial, wwn),
        place=place_of(wwn, by_id, serial),
        model=model[:128],
        size_bytes=size_bytes,
        present=present,
    )


def _contradict(one: Sight, other: Sight) -> bool:
    """Check whether any identifier speaks against their being one disk."""
    if (one.serial and other.serial and one.serial != other.serial) or other_name(one.wwn, other.wwn):
        return True
    return bool(one.place and other.place and one.place != other.place and not same_name(one.wwn, other.wwn))


def _same_kind(one: Sight, other: Sight) -> bool:
    return one.size_bytes == other.size_bytes and same_model(one.model, other.model)


def _same_wwn(row: Sight, disk: Sight) -> bool:
    return same_name(row.wwn, disk.wwn) and not _contradict(row, disk)


def _same_serial(row: Sight, disk: Sight) -> bool:
    """Compare serial numbers; where the WWNs are spelled differently, or one is missing, all else has to agree, too."""
    if row.serial != disk.serial or _contradict(row, disk):
        return False
    if row.wwn is disk.wwn is None:
        return same_model(row.model, disk.model)
    return same_name(row.wwn, disk.wwn) or _same_kind(row, disk)


def _same_link(row: Sight, disk: Sight) -> bool:
    """Compare links that only one disk can have, with everything else that is known."""
    if row.by_id != disk.by_id or _contradict(row, disk) or not _same_kind(row, disk):
        return False
    # The link of model and serial number is given to any of the disks that share them.
    return not any(serial and plain(disk.by_id).endswith(serial) for serial in (row.serial, disk.serial))


def _same_name(row: Sight, disk: Sight) -> bool:
    """Compare names, of disks with no identifiers, or with the same ones that others here have, too."""
    if _contradict(row, disk) or not _same_kind(row, disk):
        return False
    if not row.identified and not disk.identified:
        return not row.by_id or not disk.by_id or row.by_id == disk.by_id
    same_words = row.serial == disk.serial and (same_name(row.wwn, disk.wwn) or row.wwn is disk.wwn is None)
    return row.present and same_words


def _one_of_its_kind(row: Sight, disk: Sight) -> bool:
    """Match the only disk of its kind when identifiers appeared or vanished, such as a serial only root can read."""
    nothing_in_common = not (row.wwn and disk.wwn) and not (row.serial and disk.serial)
    return row.present and nothing_in_common and not _contradict(row, disk) and _same_kind(row, disk)


def _wwn_key(sight: Sight) -> str:
    """Return the same key for every spelling of one WWN: its first 16 digits, sorted."""
    return "".join(sorted(sight.wwn.digits[:16])) if sight.wwn else ""


_Way = tuple[Callable[[Sight], str], Callable[[Sight, Sight], bool]]
_SURE: tuple[_Way, ...] = (
    (_wwn_key, _same_wwn),
    (lambda sight: sight.serial, _same_serial),
    (lambda sight: sight.by_id, _same_link),
)
_BY_NAME: tuple[_Way, ...] = (
    (lambda sight: sight.name, _same_name),
    (lambda sight: str(sight.size_bytes), _one_of_its_kind),
)
