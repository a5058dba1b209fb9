"""Which module answers which command. Read by the lab too, to make the links."""

TOOLS = {
    "reboot": "power",
    "poweroff": "power",
    "shutdown": "power",
    "uname": "uname",
    "arch": "uname",
}
