"""What is done on a node: scripts of the components and packages, as text and bytes. Pure."""

from __future__ import annotations

import shlex
from pathlib import Path

_HERE = Path(__file__).parent
INSTALL_COMPONENTS = ("os", "network", "disk", "post")
# The settings of the scripts that write haproxy.cfg and put it back.
KEEPER = (_HERE / "haproxy_keeper.sh").read_text()
PACKAGE_FOLDER = "/opt/install/update_nodes/packages"


def component_script(component: str, settings: str, **values: str) -> str:
    """The POSIX sh script of a component: the node's settings as variables, then what is done with them.

    A settings file is valid shell (its headings are comments, its values are quoted), so the node runs
    exactly the bytes that were approved. ``values`` are further variables.
    """
    more = "\n".join(f"{name}={shlex.quote(value)}" for name, value in sorted(values.items()))
    body = (_HERE / f"{component}.sh").read_text()
    return f"set -eu\numask 022\nLC_ALL=C\nexport LC_ALL\n{settings}\n{more}\n\n{body}"
