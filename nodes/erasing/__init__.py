"""Erasing data disks: what lies on them, whether they may be erased, and the script that does it. Pure."""
