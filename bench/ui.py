"""What pages cost in a browser: home, the list of nodes, a zone, and a job of 200 nodes with a long log.

``python bench/ui.py --nodes 2000 --lines 100000 --json`` prints one JSON object with a row for each page.
``server_ms``: median time of the page's document on the server; ``first_paint_ms``: from the navigation to the first
content; ``bytes``: of the document before compression; ``heap_mb``: of scripts, after collecting garbage; ``filter_ms``:
from a change of a filter until its result is drawn (in the log: by level and by text; in the list: the whole page of a
search); ``frame_ms``: between two frames while scrolling, median and 95th percentile; ``frame_work_ms``: what the page's
thread works for a frame, which does not depend on how busy the machine is with other things.

It needs Chromium. gunicorn is started as ``make run`` starts it, on this host, with a database of its own on the server
of ``DATABASE_URL``, else with SQLite.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.api import Server, gunicorn  # noqa: E402 -- the path above
from lab.database import own_database  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

_REPEAT = 7
_WIDTH, _HEIGHT = 1280, 800
_WHEEL_PX, _WHEELS = 400, 90
_FIRST_PAINT = """() => new Promise((done) => {
  const found = () => performance.getEntriesByName("first-contentful-paint")[0];
  if (found()) done(found().startTime);
  else new PerformanceObserver(() => { if (found()) done(found().startTime); }).observe({ type: "paint", buffered: true });
})"""
# Frames until the page says that they are enough.
_FRAMES = """() => {
  window.frames_ms = [];
  let last = performance.now();
  const next = (now) => { window.frames_ms.push(now - last); last = now; if (window.frames_ms) requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""
# From the change of a field until the number of lines is another one and was drawn.
_FILTER = """([id, value]) => new Promise((done) => {
  const field = document.getElementById(id), count = document.getElementById("log-count");
  const before = count.textContent, begun = performance.now();
  new MutationObserver((_, observer) => {
    if (count.textContent === before) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
  }).observe(count, { childList: true, characterData: true, subtree: true });
  field.value = value;
  field.dispatchEvent(new Event("input"));
  field.dispatchEvent(new Event("change"));
})"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=2000)
    parser.add_argument("--lines", type=int, default=100_000, help="lines in the log of the job")
    parser.add_argument("--shots", type=Path, help="folder for a picture of each page")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, own_database() as url:
        os.environ.update(
            INSTALLER_DATA_DIR=name, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="installer.settings"
        )
        os.environ.setdefault("INSTALLER_LOG_LEVEL", "ERROR")
        result = measure(options)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    for page, row in result["pages"].items():
        sys.stdout.write(f"{page}: {', '.join(f'{key} {value}' for key, value in row.items())}\n")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Fill the database, start the server and the browser, and visit each page."""
    import django

    django.setup()
    cookie, paths = _prepare(options)
    with gunicorn("installer.wsgi", {"Cookie": f"{cookie[0]}={cookie[1]}"}) as server:
        pages = {name: _document(server, path) for name, path in paths.items()}
        _visit(server, cookie, paths, pages, options.shots)
    return {
        "nodes": options.nodes,
        "lines": options.lines,
        "load_1m": round(os.getloadavg()[0], 1),
        "pages": pages,
    }


def _prepare(options: argparse.Namespace) -> tuple[tuple[str, str], dict[str, str]]:
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from bench import api_data

    call_command("migrate", verbosity=0)
    api_data.EVENTS = options.lines
    api_data.build(options.nodes)
    client = Client()
    client.force_login(User.objects.get(username=api_data.PERSON))
    nodes = reverse("admin:nodes_node_changelist")
    paths = {
        "home": reverse("admin:index"),
        "nodes": nodes,
        "nodes, searched": f"{nodes}?q=r001",
        "zone": reverse("admin:zones_zone_change", args=[api_data.ZONE]),
        "job": reverse("admin:jobs_job_change", args=[api_data.JOB]),
    }
    name = settings.SESSION_COOKIE_NAME
    return (name, client.cookies[name].value), paths


def _document(server: Server, path: str) -> dict[str, Any]:
    """Fetch the document of a page again and again."""
    taken, spent, data = [], [], b""
    for _ in range(_REPEAT):
        before = server.cpu_ms()
        milliseconds, status, data, _headers = server.send("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        taken.append(milliseconds)
        spent.append(server.cpu_ms() - before)
    return {
        "server_ms": round(statistics.median(taken)),
        "server_cpu_ms": round(statistics.median(spent)),
        "bytes": len(data),
    }


def _visit(
    server: Server, cookie: tuple[str, str], paths: dict[str, str], pages: dict[str, Any], shots: Path | None
) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    root = f"{server.url.scheme}://{server.url.netloc}"
    # The synchronous interface runs an event loop in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": _WIDTH, "height": _HEIGHT})
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": root}])
        for name, path in paths.items():
            page = context.new_page()
            tools = context.new_cdp_session(page)
            tools.send("Performance.enable")
            # Styles and scripts are in the browser's memory, as in every visit but the first.
            painted = []
            for _ in range(3):
                page.goto(f"{root}{path}")
                painted.append(page.evaluate(_FIRST_PAINT))
            row = pages[name]
            row["first_paint_ms"] = round(statistics.median(painted[1:]))
            if name == "job":
                page.locator("#log-count", has_text="line").wait_for()
                row |= _filters(page)
            row |= _scrolling(page, tools, "#log" if name == "job" else "body")
            tools.send("HeapProfiler.collectGarbage")
            row["heap_mb"] = round(tools.send("Runtime.getHeapUsage")["usedSize"] / 2**20, 1)
            if shots:
                page.screenshot(path=shots / f"ui-{name.replace(', ', '-')}.png")
            page.close()
        browser.close()
    pages["nodes"]["filter_ms"] = pages["nodes, searched"]["first_paint_ms"]


def _filters(page: Page) -> dict[str, int]:
    changes = {
        "filter_ms": ("log-level", "error"),
        "filter_node_ms": ("log-node", page.locator("#log-node option").nth(3).get_attribute("value")),
        "filter_text_ms": ("log-q", "1999"),
    }
    found = {}
    for name, (field, value) in changes.items():
        taken = []
        for _ in range(3):
            taken.append(page.evaluate(_FILTER, [field, value]))
            page.evaluate(_FILTER, [field, ""])
        found[name] = round(statistics.median(taken))
    return found


def _scrolling(page: Page, tools: CDPSession, place: str) -> dict[str, Any]:
    """Turn the wheel over a place, up and then down."""
    page.locator(place).hover()
    page.evaluate(_FRAMES)
    before = _worked_ms(tools)
    for number in range(_WHEELS):
        page.mouse.wheel(0, _WHEEL_PX if number > _WHEELS // 2 else -_WHEEL_PX)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    worked = _worked_ms(tools) - before
    frames = sorted(
        page.evaluate("() => { const found = window.frames_ms; window.frames_ms = null; return found; }")
    )
    return {
        "frame_ms": [round(statistics.median(frames), 1), round(frames[int(len(frames) * 0.95) - 1], 1)],
        "frame_work_ms": round(worked / len(frames), 1),
    }


def _worked_ms(tools: CDPSession) -> float:
    metrics = tools.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration") * 1000


if __name__ == "__main__":
    main()
