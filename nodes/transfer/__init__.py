"""Import and export files of nodes: the JSON of describe_nodes, and CSV. Pure."""
