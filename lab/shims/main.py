"""Entry point of every shim: ``python -I -S main.py NAME ARGS…``; finds the tool by the name it was called with."""

import os
import sys


def run() -> None:
    """Run the tool and leave with its exit status."""
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    os.environ.pop("LD_LIBRARY_PATH", None)
    tools = __import__("shims.tools", fromlist=["TOOLS"]).TOOLS
    name = os.path.basename(sys.argv[1])
    if os.path.exists("/run/lab/state/faults.json"):
        _meet_faults(" ".join([name, *sys.argv[2:]]))
    module = __import__(f"shims.{tools[name]}", fromlist=["main"])
    try:
        status = module.main(name, sys.argv[2:]) or 0
        sys.stdout.flush()
    except BrokenPipeError:
        status = 141
    except SystemExit as refused:
        print(refused, file=sys.stderr)
        status = 1
    os._exit(status)


def _meet_faults(command: str) -> None:
    strike = __import__("shims.strike", fromlist=["strike"]).strike
    fault = strike("/run/lab/state", command)
    if fault:
        if fault["stderr"]:
            sys.stderr.write(fault["stderr"].rstrip("\n") + "\n")
        os._exit(fault["exit"])


if __name__ == "__main__":
    run()
