"""smartctl(8): identity and health of a simulated disk (-i, -H, -a), as text or JSON (-j)."""

from __future__ import annotations

import json

from . import devices, node


def main(name: str, args: list[str]) -> int:
    """Answer for one device."""
    names = [arg for arg in args if arg.startswith("/dev/")]
    device = devices.find(node.state(), names[0]) if names else None
    if device is None:
        return node.fail("Smartctl open device failed: No such device", 2)
    if "-j" in args or "--json" in args:
        print(
            json.dumps(
                {
                    "model_name": device["model"],
                    "serial_number": device["serial"],
                    "firmware_version": device["rev"],
                    "user_capacity": {"bytes": device["size"]},
                    "rotation_rate": 7200 if device["rota"] else 0,
                    "smart_status": {"passed": True},
                }
            )
        )
        return 0
    print("smartctl 7.1 2019-12-30\n\n=== START OF INFORMATION SECTION ===")
    print(f"Device Model:     {device['model']}\nSerial Number:    {device['serial']}")
    print(f"Firmware Version: {device['rev']}\nUser Capacity:    {device['size']:,} bytes")
    print(f"Rotation Rate:    {'7200 rpm' if device['rota'] else 'Solid State Device'}")
    if {"-H", "-a", "-x", "--all", "--health"} & set(args):
        print("\nSMART overall-health self-assessment test result: PASSED")
    return 0
