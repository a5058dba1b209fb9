"""``python -m lab.demo [--once] [--port N]``: what ``make demo`` runs."""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from lab import check
from lab.demo.console import Console, DemoFailed
from lab.demo.runbook import Runbook
from lab.demo.site import Site, free_net, free_port
from lab.errors import LabError


def main(story: type[Runbook] = Runbook, site: type[Site] = Site, prog: str = "make demo") -> int:
    """Run the demo; returns 0 when everything happened as described, else 1."""
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    parser.add_argument("--once", action="store_true", help="end when the runbook is through")
    parser.add_argument("--port", type=int, default=8000, help="of the console; another one if it is taken")
    parser.add_argument("--keep", action="store_true", help="leave the folder with data and logs behind")
    options = parser.parse_args()
    try:
        check.require()
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="installer-demo-"))
    console = Console(folder, free_port(options.port))
    net, held = free_net()
    began = time.monotonic()
    try:
        runbook = story(console, site(net, folder), secrets.token_urlsafe(9))
        runbook.run()
        print(f"\nAll of it took {time.monotonic() - began:.0f} seconds.")
        runbook.farewell()
        if not options.once:
            _serve(console)
        code = 0
    except DemoFailed as failure:
        print(f"\nThe demo failed: {failure}\nLogs are in {folder}", file=sys.stderr)
        options.keep = True
        code = 1
    except KeyboardInterrupt:
        print("\nEnding.", file=sys.stderr)
        code = 130 if options.once else 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        console.stop()
        held.close()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return code


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _serve(console: Console) -> None:
    print("It serves until Ctrl-C.", flush=True)
    while all(process.poll() is None for process in console.processes.values()):
        time.sleep(0.5)
    ended = [name for name, process in console.processes.items() if process.poll() is not None]
    raise DemoFailed(f"{', '.join(ended)} ended by itself")


if __name__ == "__main__":
    sys.exit(main())
