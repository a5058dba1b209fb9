"""Erasing data disks: their contents, whether they may be erased, and the script that erases them. Pure."""
