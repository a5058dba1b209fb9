"""Allowed values in each kind of rendered file: one function for each program that reads them. Pure.

Every value from people or machines is checked where it is written, by the grammar of the program that reads it. What
does not fit is refused (D18), never repaired in silence, and never written so that it means something else.

===========================  ==========================================  ===============================================
file                         read by                                     written by
===========================  ==========================================  ===============================================
settings/HOST                ``settings.sh``, the platform               ``settings_reader.quoted``; :func:`unfit_setting`
arguments of a component     sh(1)                                       ``operations.scripts.arguments``
hosts                        hosts(5): getent, libc                      :func:`host_line`
mirror list                  the platform, HOSTNAME ADDRESS a line       :func:`mirror_line`
nodes/GROUP                  the platform, a host name a line            :func:`list_line`
variables.yaml, vms.yaml     YAML 1.1                                    :func:`yaml_text`
server.yaml                  YAML 1.1                                    :func:`yaml_word`
haproxy.cfg                  haproxy                                     ``rendering.haproxy`` (names and addresses)
drbd.d/vm.res                drbdadm, on the node                        :func:`unfit_setting` (words of DRBD)
conf.d/pitrix-ROLE.conf      supervisord (configparser)                  :func:`program_name`
control of a package         dpkg (deb-control(5))                       :func:`control_line`
routes/SYNTAX                ip(8), routers                              networks and addresses, parsed
fstab, sysctl                constant text in ``disk.sh``, ``network.sh``  contain no input
===========================  ==========================================  ===============================================

JSON and SQL are written by ``json`` and by Django with parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml

from common.characters import deceives
from common.errors import Refused
from common.messages import Message, message
from zones.core.nets import parse_address

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
_PRINTING = re.compile(r"[ -~]*", re.ASCII)
_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", re.ASCII)
_WORDS = re.compile(r"([!-~]+( [!-~]+)*)?", re.ASCII)
# Words of drbd.conf(5) that need no quotes (drbdadm_scanner.fl).
_DRBD = re.compile(r"[A-Za-z0-9/._:+@=-]+", re.ASCII)
DESCRIPTIVE = frozenset({"cpu_arch", "os_name", "os_version", "vpool_reason"})
"""Keys of a settings file that hold text for people: characters that cannot be written become U+FFFD."""
_OF_DRBD = frozenset({"drbd_disks", "pair_hostname", "pair_address", "mgmt_network_address", "hostname"})


def unfit_setting(key: str, value: str, *, drbd: bool = False) -> Message | None:
    """Return why a value cannot be in a settings file, as the end of a sentence; None when it can.

    ``drbd``: the node writes some of the values into a resource of DRBD.
    """
    if key in DESCRIPTIVE:
        return None
    if not _WORDS.fullmatch(value):
        return message("D18", "no_words")
    if drbd and key in _OF_DRBD and not all(_DRBD.fullmatch(word) for word in value.split()):
        return message("D18", "no_words_of_drbd")
    return None


def host_name(name: str) -> str:
    """Return the text if it is a valid host name. Raises Refused."""
    if not _HOST.fullmatch(name):
        raise Refused.because(message("D18", "no_host_name", name=name[:80]))
    return name


def host_line(address: str, names: Iterable[str]) -> str:
    """Return ``ADDRESS NAME [NAME…]`` of hosts(5). Raises Refused."""
    try:
        parse_address(address)
    except ValueError as error:
        raise Refused.because(message("D18", "no_host_address", reason=error)) from None
    return " ".join([address, *map(host_name, names)])


def mirror_line(name: str, address: str) -> str:
    """Return ``HOSTNAME ADDRESS`` of the mirror list. Raises Refused."""
    host_line(address, [name])
    return f"{name} {address}"


@lru_cache(maxsize=65536)
def list_line(name: str) -> str:
    """Return a host name with its line feed. Raises Refused."""
    return f"{host_name(name)}\n"


def yaml_text(values: Any) -> str:
    """Return the values as YAML in which every character is visible: deceptive ones are written as escapes."""
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)
    if any(map(deceives, set(text))):
        return yaml.safe_dump(values, sort_keys=False, allow_unicode=False, width=100)
    return text


def yaml_word(value: str) -> str:
    """Return a word between ``'`` on one line. Raises Refused."""
    if not _PRINTING.fullmatch(value):
        raise Refused.because(message("D18", "no_yaml_word", value=value[:80]))
    return "'" + value.replace("'", "''") + "'"


def program_name(name: str) -> str:
    """Return the name of a supervisord program, which is used in a heading and in paths. Raises Refused."""
    if not _PROGRAM.fullmatch(name):
        raise Refused.because(message("D18", "no_program_name", name=name[:80]))
    return name


def control_line(field: str, value: str) -> str:
    """Return ``Field: value`` of deb-control(5). Raises Refused."""
    if not _PRINTING.fullmatch(value) or value != value.strip() or not value:
        raise Refused.because(message("D18", "no_package_field", value=value[:80], field=field))
    return f"{field}: {value}\n"
