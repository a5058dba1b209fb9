"""The jobs on nodes: registered with the engine when Django starts."""

from nodes.handlers import collect, erase, establish


def register() -> None:
    """Register all of them; called from ``NodesConfig.ready``."""
    establish.register()
    collect.register()
    erase.register()
