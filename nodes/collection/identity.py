"""How a disk is identified: its serial, world wide name and full model. Its link: ``links.py``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nodes.collection.placeholders import is_filler
from nodes.parsers.block import BlockDevice
from nodes.parsers.sysfs_block import SysBlock

# The first half of a name of 32 digits (NAA 6), which older programs take for the whole.
_HALF_WWN = re.compile(r"0x6[0-9a-f]{15}")
# SCSI has 16 characters for the model; trailing blanks are lost.
_CUT_MODEL = 15
_ATA_SERIAL = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9-]{8,20}")


@dataclass(frozen=True, slots=True)
class Identity:
    """The identifiers of a disk; every field may be empty."""

    wwn: str
    serial: str
    model: str


def identify(
    device: BlockDevice, base: BlockDevice, kernel: SysBlock, links: Mapping[str, tuple[str, ...]]
) -> Identity:
    """Identify ``device``, whose attributes are on ``base`` when it is a LUN over paths."""
    own = links.get(device.kname, ()) or links.get(device.name, ())
    every = (*own, *links.get(base.kname, ()))
    serial = _told(base.serial) or _virtio_serial(every) or _ata_serial(base.model, every)
    return Identity(
        wwn=_told(_wwn(_told(base.wwn), kernel.wwid, every)),
        serial=serial,
        model=_model(base.model, serial, every),
    )


def _told(text: str) -> str:
    """Return ``text``, empty when it is a placeholder that bridges and controllers give all their disks."""
    return "" if is_filler(text) else text


def _wwn(told: str, wwid: str, links: tuple[str, ...]) -> str:
    """Return lsblk's name; the link instead where it has the vendor extension that old lsblk leaves out."""
    names = [link.removeprefix("wwn-") for link in links if link.startswith("wwn-")]
    linked = [name for name in names if not is_filler(name)]
    longer = next((link for link in linked if told and link.startswith(told)), "")
    if longer or told:
        return longer or told
    if linked:
        return linked[0]
    return (
        f"0x{wwid[4:]}"
        if wwid.startswith("naa.")
        else wwid
        if wwid.startswith(("eui.", "nvme.", "uuid."))
        else ""
    )


def _virtio_serial(links: tuple[str, ...]) -> str:
    return next((link.removeprefix("virtio-") for link in links if link.startswith("virtio-")), "")


def _ata_serial(model: str, links: tuple[str, ...]) -> str:
    """Return the serial number in ``ata-MODEL_SERIAL`` (man udev(7)), where udev gives it nowhere else.

    A drive without one has the link ``ata-MODEL``, and the model may be cut at 16 characters.
    """
    head = f"ata-{model.strip().replace(' ', '_')}_"
    for link in links:
        if not model.strip() or not link.startswith(head):
            continue
        rest = link.removeprefix(head)
        if len(model.strip()) < _CUT_MODEL and "_" not in rest:
            return _told(rest)
        last = rest.rpartition("_")[2]
        if _ATA_SERIAL.fullmatch(last):
            return _told(last)
    return ""


def _model(told: str, serial: str, links: tuple[str, ...]) -> str:
    """Return the model; in full where old lsblk cut it at 16 characters and the ``ata-`` link has the rest."""
    for link in links:
        if serial and link.startswith("ata-") and link.endswith(f"_{serial}"):
            full = link.removeprefix("ata-").removesuffix(f"_{serial}").replace("_", " ")
            if len(told) <= 16 and full.startswith(told):
                return full
    return told


def contradict(wwn: str, serial: str, other_wwn: str, other_serial: str) -> bool:
    """Check whether two observations of a disk, each with its identifiers, cannot be of the same disk.

    What lsblk shows of a SCSI disk depends on its version and on sg3-utils: as serial number the one on its label, or
    the WWN once more; as WWN all 32 digits, or the first 16 of them.
    """
    if wwn and other_wwn and wwn != other_wwn:
        short, long = sorted((wwn, other_wwn), key=len)
        if not (_HALF_WWN.fullmatch(short) and long.startswith(short)):
            return True
    told = [
        text for text, name in ((serial, wwn), (other_serial, other_wwn)) if text and not _is_wwn(text, name)
    ]
    return len(told) == 2 and told[0] != told[1]


def _is_wwn(serial: str, wwn: str) -> bool:
    """Check whether the serial number is only the WWN, or its beginning."""
    digits, name = serial.lower().removeprefix("0x"), wwn.lower().removeprefix("0x")
    return len(digits) >= 16 and bool(name) and (digits.startswith(name) or name.startswith(digits))
