"""Start of every shim: ``python -I -S main.py NAME ARGS…``; finds the tool by the name it was called with."""

import os
import sys


def run() -> None:
    """Run the tool and leave with its exit status."""
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.environ.pop("LD_LIBRARY_PATH", None)
    tools = __import__("shims.tools", fromlist=["TOOLS"]).TOOLS
    name = os.path.basename(sys.argv[1])
    module = __import__(f"shims.{tools[name]}", fromlist=["main"])
    try:
        status = module.main(name, sys.argv[2:]) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        status = 141
    os._exit(status)


if __name__ == "__main__":
    run()
