"""Nodes in and out of files: the JSON of describe_nodes, and CSV. Pure."""
