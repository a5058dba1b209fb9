"""ethtool(8): permanent address, driver, speed and link of an interface."""

from __future__ import annotations

from . import node


def main(name: str, args: list[str]) -> int:
    """Answer -P, -i and the plain form."""
    names = [arg for arg in args if not arg.startswith("-")]
    nic = next((item for item in node.state()["nics"] if names and item["name"] == names[0]), None)
    if nic is None:
        return node.fail("Cannot get device settings: No such device\nNo data available", 75)
    up = nic.get("link", True)
    if "-P" in args or "--show-permaddr" in args:
        print(f"Permanent address: {nic['mac'] if nic['type'] == 'physical' else '00:00:00:00:00:00'}")
    elif "-i" in args or "--driver" in args:
        print(f"driver: {nic.get('driver', nic['type'])}\nversion: 5.4.0\nbus-info: {nic.get('pci', '')}")
    else:
        print(f"Settings for {nic['name']}:\n\tSpeed: {nic.get('speed', 10000) if up else 'Unknown!'}Mb/s")
        print(f"\tDuplex: {'Full' if up else 'Unknown!'}\n\tLink detected: {'yes' if up else 'no'}")
    return 0
