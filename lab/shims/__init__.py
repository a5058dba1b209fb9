"""Commands of a node that answer from its profile and change its state, since there is no hardware behind them.

Each runs as ``python -I -S`` inside the node, where this folder is the package ``shims``: relative imports only,
and few of them, since every command pays for what it imports.
"""
