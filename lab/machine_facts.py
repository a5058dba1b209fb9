"""One description of a machine, for the tests of what is found out about machines, the lab and the demo alike.

A description is a mapping, as JSON or YAML: the lab's profiles (``lab/profiles``) and the machines of the tests
(``tests/machines``) are files of it. From it come the state of a simulated node (:func:`first_state`), its files and
tools (``lab/sysfiles.py``, ``lab/shims``), and what a collection of the machine would hold (``lab/outputs``).
A fact that nobody knows is ``null`` or left out: no tool tells it then.

=================  ===================================================================================================
``description``    one line about the machine; ``source``: where its facts come from, ``why``: why the answer is right
``extends``        the name of a profile whose keys hold where this one has none (``_server``: an ordinary x86 server)
``arch``           as ``uname -m``; ``kernel``, ``kernel_build``: as ``uname -r``, ``-v``; ``util_linux``: its version
``os``             ``id``, ``id_like``, ``name``, ``version_id``, ``version``, ``codename`` of os-release
``product``        ``vendor``, ``name``, ``serial``, ``version``, ``uuid``, ``family``, ``sku``, ``bios``, ``bios_date``
``cpu``            ``model``, ``sockets`` (0: no tool tells), ``cores_per_socket`` (a list where they differ),
                   ``threads_per_core`` or ``core_types`` ([cores, threads of each] …), ``vendor_id``, ``family``,
                   ``model_number``, ``stepping``, ``mhz``, ``cache_kib``, ``flags``; ``cpus_told``: where lscpu
                   miscounts ``CPU(s)``
``memory_kib``     MemTotal of /proc/meminfo
``disks``          devices that lie on no other, as lsblk(8) tells them: ``name`` (``kname``), ``size`` in bytes,
                   ``type`` (``disk``), ``model``, ``vendor``, ``rev``, ``serial``, ``wwn``, ``tran``, ``hctl``,
                   ``rota``, ``rm``, ``ro``, ``zoned``, ``fstype``, ``label``, ``uuid``, ``pttype``, ``mountpoint`` or
                   ``mountpoints``, and partitions as ``children`` (a volume, too, where the lab's tools are to remove
                   it). From the kernel: ``path`` (of the device, below /sys), ``driver`` (of its host), ``fc``,
                   ``scsi_type``, ``wwid``, ``virtual`` (no device behind it).
                   ``by_id``: links in /dev/disk/by-id, else those that udev would make. ``os``, ``root``, ``swap``,
                   ``rest``: partitions of an installed system
``untold``         keys of ``disks`` and ``nics`` that no tool tells of this machine where they are left out: ``rota``,
                   ``rm``, ``ro``, ``by_id``, ``speed``
``stacks``         what ``lies_on`` the devices of these kernel names, in order: RAID arrays, logical volumes, LUNs over
                   several paths, caches; ``name``, ``kname``, ``type``, ``size`` and the like, ``dm_uuid``,
                   ``backing`` (of a bcache), ``by_id``
``mounts``         ``source``, ``target``, ``fstype`` of what is mounted without lsblk showing it; ``swaps``: ``path``,
                   ``size`` of such swap; ``zpools``: ``vdevs`` ([kind, [[path, disk], …]] …), ``imported``,
                   ``mountpoint`` by name
``nics``           interfaces in the kernel's order: ``name``, ``type`` (``physical``, ``bond``, ``vlan``, ``bridge``, any
                   other kind of ip-link(8), ``other`` where ip knows none), ``mac`` (burnt in), ``address`` (in use),
                   ``media``, ``mtu``, ``speed``, ``link``, ``admin_up``, ``master``, ``link_to`` and ``id`` of a VLAN,
                   ``mode`` and ``slaves`` of a bond, ``addresses`` ("10.0.0.1/24", with " link" or " host" if not
                   global), ``pci`` or ``path``, ``driver``, ``devtype``, ``wireless``, ``physfn``, ``port_name``
``routes``         ``dst``, ``via``, ``dev``, ``metric``
``answer``         what the collector is to find (``tests/unit/nodes/test_machines.py``)
=================  ===================================================================================================

Only for the lab: ``packages``, ``repository``, ``services``, ``swap``, ``qemu_version``, ``ip_json``, ``hostname``.
Placeholders in strings: ``lab/profiles/__init__.py``.
"""

from __future__ import annotations

from typing import Any

from lab import disks


def first_state(facts: dict[str, Any], seed: str) -> dict[str, Any]:
    """Return the initial state of the machine, which its tools read and change; ``seed`` makes its UUIDs repeatable."""
    services = {
        name: {"enabled": mode == "enabled", "active": True} for name, mode in facts["services"].items()
    }
    untold = {"speed": None} if "speed" in facts.get("untold", []) else {}
    return {
        "disks": disks.expand_all(facts, seed),
        "packages": {name: {"version": version} for name, version in facts["packages"].items()},
        "services": services,
        "nics": [{**untold, **nic, "raw": nic.get("link_to")} for nic in facts["nics"]],
        "routes": facts["routes"],
        "mounts": facts.get("mounts", []),
        "swaps": facts.get("swaps", []),
        "programs": {},
        "zpools": facts.get("zpools", {}),
        "drbd": {},
        "clock_offset_s": facts.get("clock_offset_s") or 0.0,
    }
