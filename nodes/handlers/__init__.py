"""What jobs on nodes do: registered with the engine when Django starts."""

from nodes.handlers import collect, erase, establish


def register() -> None:
    """Called from ``NodesConfig.ready``."""
    establish.register()
    collect.register()
    erase.register()
