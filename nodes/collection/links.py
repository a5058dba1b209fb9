r"""Choose a permanent name in /dev/disk/by-id for a disk, independent of other hardware and of the probe order.

The names are made by udev (systemd's 60-persistent-storage.rules of versions 219 to 258, 60-persistent-storage-dm.rules,
sg3-utils' 58-scsi-sg3_symlink.rules). Several devices may claim one name; the link then leads to any of them, and
``ls`` shows only that one. What each name is made of, best first:

========================  ====================================================================================
dm-uuid-mpath-WWID        the LUN behind all its paths
ata-MODEL_SERIAL          model and serial number as the label on the drive has them
nvme-MODEL_SERIAL         the drive, *not the namespace*: udev's own rules call it obsolete, another namespace takes
                          it over. Taken where the drive has one namespace only
nvme-MODEL_SERIAL_NSID    the namespace, since systemd 254
nvme-eui.… uuid.…         the namespace by what it says of itself; nvme-nvme.VVVV-SERIAL-MODEL-NSID in hexadecimal
                          where it says nothing
scsi-3… 2… 8…             the logical unit by NAA, EUI-64 or SCSI name (VPD page 0x83)
scsi-1… 0… S…             the logical unit by vendor, and the serial number (VPD page 0x80), which all logical units
                          of a drive, and all volumes of some controllers, share
cciss-…                   the same, of volumes that the driver cciss shows
virtio- mmc- pmem- ccw-   the serial number that the hypervisor, the card, the module, the channel gives
usb-… ieee1394-…          the serial number of a bridge, which is often the same in every one of a batch
wwn-0x…                   as scsi-3…, for what has no other name
dm-name-…                 a name that multipath gave; it is kept in a file of the machine
========================  ====================================================================================

Never a name: ``lvm-pv-uuid-``, ``md-``, ``dm-uuid-LVM-`` and the like (made of what is on the disk: they go when it
is erased), ``edd-`` (the number that the BIOS gave), and whatever else is not listed above.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from common.messages import phrase
from common.wording import _
from nodes.collection.disks import NO_DISK
from nodes.collection.placeholders import is_filler
from nodes.collection.run_parsers import Reader
from nodes.collection.storage import Storage
from nodes.facts import DiskFacts
from nodes.parsers.sysfs_block import SysBlock

BY_ID = "/dev/disk/by-id/"
_ORDER = (
    *("dm-uuid-mpath-", "nvme-", "ata-", "scsi-3", "scsi-2", "scsi-8", "scsi-", "cciss-", "virtio-", "mmc-"),
    *("memstick-", "pmem-", "ccw-", "google-", "usb-", "ieee1394-", "wwn-", "dm-name-"),
)
_CONTENT = re.compile(r"lvm-pv-uuid-|md-(?:name|uuid)-|dm-uuid-(?!mpath-)|bcache-|edd-|raid-")
_OWN_NVME = re.compile(r"nvme-(?:eui|uuid|nguid|nvme)\..+")
_NVME_IN_HEX = re.compile(r"nvme-nvme\.[0-9a-f]+-((?:[0-9a-f]{2})+)-.*")
_NSID = re.compile(r"(.+)_([0-9]{1,10})")
# The name of a logical unit in hexadecimal, whatever precedes it.
_WORLD_WIDE = re.compile(
    r"(?:wwn-0x|scsi-[238]|cciss-[23]|dm-uuid-mpath-[23]|nvme-eui\.)([0-9a-f]{8,64})", re.IGNORECASE
)
_INSTANCE = re.compile(r"nvme([0-9]+)n([0-9]+)")
# Where the serial number is not known, its length distinguishes an NSID from the end of a serial number.
_NSID_DIGITS = 4
_UNIT = re.compile(r"-[0-9]+:[0-9]+$")
# Old lsblk cuts models here.
_MODEL_CHARACTERS = 16
# How many links of one disk a warning lists with what speaks against them.
_MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class Bearer:
    """A disk, or another device that may claim a name, with every link that it asks for.

    ``names``: its kernel names, more than one when it is reached over several paths. ``nsid``: of an NVMe namespace,
    0 when it is not known. ``links``: without the folder.
    """

    names: tuple[str, ...]
    links: tuple[str, ...] = ()
    serial: str = ""
    model: str = ""
    wwn: str = ""
    nsid: int = 0


class Links:
    """All devices of one machine that claim names: one link is judged in view of the others."""

    def __init__(self, bearers: Iterable[Bearer]) -> None:
        """Index ``bearers``; each once."""
        every = tuple(bearers)
        self._links = Counter(link for item in every for link in dict.fromkeys(item.links))
        self._serials = Counter(key for item in every for key in _serial_keys(item))
        self._wwns = Counter(_bare(item.wwn) for item in every if item.wwn)
        self._controllers = Counter(number for item in every for number in {it[1] for it in _instances(item)})

    def best(self, bearer: Bearer) -> str:
        """Return the link to use for ``bearer``; empty when none of them stays with it."""
        safe = [link for link in bearer.links if _known(link) and not self.objection(link, bearer)]
        return min(safe, key=_rank, default="")

    def objection(self, link: str, bearer: Bearer) -> str:
        """Return why ``link`` may lead to another disk one day, in words; empty when nothing speaks against it."""
        if _CONTENT.match(link):
            return _("it depends on the contents of the disk")
        if _is_empty(link, bearer.serial):
            return _("its identity is a placeholder")
        if self._links[link] > 1:
            return _("another disk also claims it")
        wwn = _wwn_in(link)
        # Paths that multipath has not joined have the WWN, too; device-mapper has one device of that name.
        if wwn and not link.startswith("dm-uuid-") and self._wwns[wwn] > (wwn == _bare(bearer.wwn)):
            return _("another disk has the same WWN")
        if self._names_no_namespace(link, bearer):
            return _("it names the drive, not the namespace")
        if not wwn and self._is_shared(link, bearer):
            return _("another disk has the same serial number")
        return ""

    def _names_no_namespace(self, link: str, bearer: Bearer) -> bool:
        if not link.startswith("nvme-") or _OWN_NVME.fullmatch(link) or self._has_nsid(link, bearer):
            return False
        instances = _instances(bearer)
        numbers = {bearer.nsid} if bearer.nsid else {int(match[2][:10]) for match in instances}
        # The only namespace now, but not the first: there were others, or there will be.
        return any(self._controllers[match[1]] > 1 for match in instances) or max(numbers, default=1) > 1

    def _has_nsid(self, link: str, bearer: Bearer) -> bool:
        match = _NSID.fullmatch(link)
        if match is None:
            return False
        if bearer.serial:
            return _ends_with(match[1], bearer.serial)
        return self._links[match[1]] > 0 or int(match[2]) == bearer.nsid

    def _is_shared(self, link: str, bearer: Bearer) -> bool:
        """Check whether the link ends with a serial number that another disk of the model has, and so claims, too."""
        if not _ends_with(link, bearer.serial):
            return False
        serial = _plain(bearer.serial)
        model = _plain(bearer.model)[:_MODEL_CHARACTERS]
        if not model:
            return self._serials[serial, None] > 1
        return self._serials[serial, model] + self._serials[serial, ""] > 1


def with_links(
    reader: Reader,
    storage: Storage,
    disks: Mapping[str, DiskFacts],
    links: Mapping[str, tuple[str, ...]],
    claims: Mapping[str, tuple[str, ...]],
) -> dict[str, DiskFacts]:
    """Return ``disks`` by kernel name, each with the full path of its permanent link, if it has one.

    ``links`` are the existing ones, by the kernel name that they lead to; ``claims`` those that a device asked udev
    for, whether it got them or not. A disk without a permanent link is reported.
    """
    bearers = _bearers(storage, disks, claims, links)
    every = Links([*bearers.values(), *_no_disks(storage, bearers.values(), claims, links)])
    found: dict[DiskFacts, DiskFacts] = {}
    for disk, bearer in bearers.items():
        own = tuple(link for name in bearer.names for link in _of(storage, links, name))
        if storage.stands_for_others(bearer.names[0]):
            # Links that lead to one of the paths do not name the disk that is reached over all of them.
            own = _of(storage, links, bearer.names[0])
        best = every.best(replace(bearer, links=own))
        found[disk] = replace(disk, by_id=f"{BY_ID}{best}" if best else "")
        named = sorted(link for link in own if _known(link))
        if named and not best and disk.suggested_status:
            why = [
                phrase("{link}: {why}", link=link, why=phrase(every.objection(link, bearer)))
                for link in named[:_MOST_TOLD]
            ]
            reader.warn(
                _(
                    "{disk} has no permanent name in /dev/disk/by-id ({why:;}), so it cannot be used for an installation: "
                    "give it an identity of its own (firmware or setup of its controller) and collect again, or set it "
                    "to status 0."
                ),
                disk=disk.name,
                why=why,
            )
    return {kname: found[disk] for kname, disk in disks.items()}


def _bearers(
    storage: Storage,
    disks: Mapping[str, DiskFacts],
    claims: Mapping[str, tuple[str, ...]],
    links: Mapping[str, tuple[str, ...]],
) -> dict[DiskFacts, Bearer]:
    names: dict[DiskFacts, dict[str, None]] = {}
    for kname, disk in disks.items():
        below = storage.parents.get(kname, ()) if storage.stands_for_others(kname) else ()
        names.setdefault(disk, {}).update(dict.fromkeys((kname, *below)))
    return {
        disk: Bearer(
            tuple(own),
            tuple(link for name in own for link in _asked(storage, claims, links, name)),
            disk.serial,
            disk.model,
            disk.wwn,
            max(storage.kernel.get(name, SysBlock(name)).nsid for name in own),
        )
        for disk, own in names.items()
    }


def _no_disks(
    storage: Storage,
    bearers: Iterable[Bearer],
    claims: Mapping[str, tuple[str, ...]],
    links: Mapping[str, tuple[str, ...]],
) -> Iterator[Bearer]:
    """Yield devices that are not usable disks, such as a namespace without a size, but may claim a link."""
    named = {name for bearer in bearers for name in bearer.names}
    whole = {name for name, device in storage.devices.items() if device.type == "disk"}
    for name in sorted((whole | (storage.kernel.keys() - storage.devices.keys())) - named):
        if not NO_DISK.fullmatch(name):
            device, kernel = storage.devices.get(name), storage.kernel.get(name, SysBlock(name))
            serial = device.serial if device else kernel.serial
            model = device.model if device else kernel.model
            asked = _asked(storage, claims, links, name)
            yield Bearer((name,), asked, serial, model, device.wwn if device else "", kernel.nsid)


def _asked(
    storage: Storage, claims: Mapping[str, tuple[str, ...]], links: Mapping[str, tuple[str, ...]], name: str
) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_of(storage, links, name), *claims.get(name, ()))))


def _of(storage: Storage, links: Mapping[str, tuple[str, ...]], kname: str) -> tuple[str, ...]:
    """Return the links by kernel name, or by the name under /dev/mapper that some listings have."""
    device = storage.devices.get(kname)
    return links.get(kname, ()) or (links.get(device.name, ()) if device else ())


def objections(bearers: Sequence[Bearer]) -> list[str]:
    """Return what speaks against the first link of each bearer, as chosen elsewhere; empty where nothing does."""
    links = Links(bearers)
    return [links.objection(item.links[0], item) if item.links else "" for item in bearers]


def _instances(bearer: Bearer) -> list[re.Match[str]]:
    return [match for name in bearer.names if (match := _INSTANCE.fullmatch(name))]


def _known(link: str) -> bool:
    return link.startswith(_ORDER)


def _rank(link: str) -> tuple[int, int, int, str]:
    place = next(index for index, prefix in enumerate(_ORDER) if link.startswith(prefix))
    return place, int(bool(_OWN_NVME.fullmatch(link))), len(link), link


def _is_empty(link: str, serial: str) -> bool:
    """Check whether the part of the link that should identify the disk is a placeholder."""
    if match := _NVME_IN_HEX.fullmatch(link):
        return is_filler(bytes.fromhex(match[1]).decode("latin-1"))
    if wwn := _wwn_in(link):
        return is_filler(wwn)
    if _ends_with(link, serial):
        return is_filler(serial)
    # A bridge has a link for each of its units.
    words = _UNIT.sub("", link.partition("-")[2]).split("_")
    if len(words) > 1 and link.startswith("nvme-") and len(words[-1]) < _NSID_DIGITS and words[-1].isdigit():
        words = words[:-1]
    return any(is_filler(" ".join(words[-count:])) for count in range(1, min(len(words), 5) + 1))


def _wwn_in(link: str) -> str:
    """Return the world wide name in the link, in the form of :func:`_bare`; empty for a link by serial number."""
    if match := _WORLD_WIDE.fullmatch(link):
        return match[1].lower()
    return _bare(link.removeprefix("nvme-")) if _OWN_NVME.fullmatch(link) else ""


def _bare(wwn: str) -> str:
    """Strip the prefix from a world wide name."""
    return re.sub(r"^(?:0x|naa\.|eui\.)", "", wwn.lower())


@lru_cache(maxsize=16_384)
def _plain(text: str) -> str:
    """Normalise ``text`` as in links, where udev and firmware exchange ``_`` and blanks."""
    return re.sub(r"[^0-9A-Za-z]+", "_", text).strip("_").lower()


def _ends_with(link: str, serial: str) -> bool:
    """Check whether the last part of the link is this serial number."""
    last = _plain(serial)
    return bool(last) and _plain(link).endswith(f"_{last}")


def _serial_keys(item: Bearer) -> tuple[tuple[str, str | None], ...]:
    serial = _plain(item.serial)
    return ((serial, None), (serial, _plain(item.model)[:_MODEL_CHARACTERS])) if serial else ()
