"""Generated requests to every operation of the API: each answer is one that docs/openapi.yaml describes.

Schemathesis reads the document, makes requests that fit it and requests that nearly do, and judges the answers. The console
is the real web server over a database of its own, with something behind every address.

No operation is left out. What keeps requests from doing harm:

* No worker runs: a job that a request begins stays queued, and no step of it connects to a node.
* What connects to nodes while the request waits (previews of haproxy, dry runs) finds nodes of 127.1.0.0/24 whose SSH port
  is closed. Servers of memcached that a request names itself are replaced by a closed port (generated_requests_hooks.py).
* ``DELETE /token/`` ends the token that comes with it, so it gets a token of its own. Of the tokens that ``DELETE
  /tokens/{token_id}/`` finds, it is given one that nothing else uses. ``DELETE /nodes/{node_id}/`` has a node of its own.
* Lines are asked for of a job that has succeeded, which nothing begins again: with a job that is to go on ``wait`` would
  hold up the test for 25 seconds.

``make test-api ARGS="--max-examples 100 --phases coverage,fuzzing"`` asks more: ARGS are options of ``schemathesis run``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.cache.core import ZONE_PATTERN
from tests.support.migrated import migrate
from tests.system.console import PASSWORD, ROOT

START_S = 90
SHOWN = 8000
DOCUMENT = ROOT / "docs" / "openapi.yaml"
HOOKS = "tests.system.generated_requests_hooks"
# What an answer is held against; whether a request that fits the document is taken depends on what is there, too.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "use_after_free",
    "ensure_resource_availability",
    "allow_header_conformance",
)
MAKE = f"""
import json
from django.contrib.auth.models import Group, User
from common.actor import SYSTEM, Actor
from installer.tokens import issue_token
from nodes.models import Collection, Node
from nodes.save_facts import pack
from tests import factories
from tests.support import demo
from zones.services.adopt import adopt_zone
from zones.services.config_files import ConfigFile
from zones.services.configure import config_qingcloud

ann = Actor(name="ann", via="command")
demo.VARIABLES["base"]["is_global_zone"] = 1
demo.nodes()
files = {{kind: ConfigFile(file["name"], file["text"].encode()) for kind, file in demo.texts().items()}}
adopt_zone(variables=files["variables"], settings=files["settings"], actor=ann)
draft = config_qingcloud(variables=[], settings=[files["scale"]], actor=ann)[0].plan
apart = factories.make_zone()
alone = factories.make_node(1, mgmt_address="127.1.0.101")
away = factories.make_node(2, mgmt_address="127.1.0.102")
Collection.objects.create(pk=1, node=alone, by="ann", raw=pack(b"what it said"))
role = factories.make_role(alone, apart)
eip = factories.make_eip(apart, alone)
ended = factories.make_job([alone], status="failed")
done = factories.make_job([alone], status="succeeded")
factories.add_events(done, ["line %d" % n for n in range(50)], node="127.1.0.101")
running = factories.make_job([alone], zone_id="pek3c")
factories.add_events(running, ["line"])
Node.objects.update(ssh_port=1)

def person(name, group):
    user = User.objects.create_user(name, password="{PASSWORD}", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    kept, ends, revoked = (issue_token(user=user, actor=SYSTEM) for _ in range(3))
    return {{"token": kept.key, "ends": ends.key, "revoked": revoked.token.token_id}}

print(json.dumps({{
    "people": {{name: person(name + "-1", name) for name in ("viewer", "operator", "approver")}},
    "values": {{
        "node": [alone.node_id, Node.objects.get(mgmt_address="127.1.0.14").node_id],
        "away": [away.node_id],
        "zone": [demo.ZONE, apart.zone_id],
        "plan": [draft.plan_id],
        "job": [ended.job_id, running.job_id],
        "done": [done.job_id],
        "row": [str(row.pk) for row in (alone.disks.first(), alone.interfaces.first(), eip, draft.vbcs.first())],
        "hash": [draft.content_hash],
        "settings_name": [files["scale"].name],
        "settings_text": [files["scale"].data.decode()],
    }},
}}))
"""


@dataclass(frozen=True)
class Web:
    """The running web server: its address, its log, and what there is."""

    url: str
    log: Path
    there: dict[str, Any]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "INSTALLER_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "installer.settings",
    }

    def manage(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    migrate(environment)
    there = json.loads(manage("shell", "--no-imports", "-c", MAKE))
    log = tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "installer.wsgi"),
                *("--bind", f"127.0.0.1:{port}", "--config", "installer/gunicorn.py"),
            ],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_S
        while True:
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            time.sleep(0.1)
        yield Web(f"http://127.0.0.1:{port}", log, there)
    finally:
        server.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


# What refuses wrong data: as Schemathesis has it, and 413, of a text that is too long in a body that is too large as well.
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]


def configuration(there: dict[str, Any], role: str) -> str:
    """Schemathesis' own settings file: who asks, and what stands in the place of generated keys most of the time."""
    mine = there["people"][role]
    values = {
        **there["values"],
        "revoked": [mine["revoked"]],
        "username": [f"{role}-1"],
        "password": [PASSWORD],
        "number": ["1"],
        "code": ["R02", "N04"],
        "address": ["127.1.0.14", "127.1.0.101"],
        "group": ["hyper", "127.1.0.12"],
        "path": ["hosts", "variables.yaml"],
        "disk": ["sdb"],
        "item": ["management-route"],
        "login": ["root"],
        "command": ["true"],
        "reason": ["wrong rack"],
        "package": ["pitrix-vm"],
        "pattern": [ZONE_PATTERN],
    }
    lines = [
        f"headers = {{Authorization = {json.dumps('Token ' + mine['token'])}}}",
        "[parameters]",
        *(
            f'"{name}" = {{dictionary = "{kind}", probability = 0.8}}'
            for name, kind in (
                ("path.node_id", "node"),
                ("path.zone_id", "zone"),
                ("path.plan_id", "plan"),
                ("path.job_id", "job"),
                ("path.id", "row"),
                ("path.token_id", "revoked"),
                ("path.number", "number"),
                ("path.code", "code"),
                ("body.content_hash", "hash"),
                ("body.addresses[*]", "address"),
                ("body.node_ids[*]", "node"),
                ("body.group", "group"),
                ("body.path", "path"),
                ("query.path", "path"),
                ("query.job", "job"),
                ("body.disk", "disk"),
                ("body.disks[*]", "disk"),
                ("body.item", "item"),
                ("body.user", "login"),
                ("body.command", "command"),
                ("body.reason", "reason"),
                ("body.packages[*]", "package"),
                ("body.username", "username"),
                ("body.password", "password"),
                ("body.pattern", "pattern"),
                ("body.settings[*].name", "settings_name"),
                ("body.settings[*].text", "settings_text"),
            )
        ),
    ]
    for name, found in values.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(found)}"]
    lines += [
        "[checks.negative_data_rejection]",
        f"expected-statuses = {json.dumps(REFUSALS)}",
        "[[operations]]",
        'include-name = "DELETE /api/v1/token/"',
        f"headers = {{Authorization = {json.dumps('Token ' + mine['ends'])}}}",
        "[[operations]]",
        'include-name = "DELETE /api/v1/nodes/{node_id}/"',
        "[operations.parameters]",
        '"path.node_id" = {dictionary = "away", probability = 0.8}',
        "[[operations]]",
        'include-name = "GET /api/v1/jobs/{job_id}/events/"',
        "[operations.parameters]",
        '"path.job_id" = {dictionary = "done", probability = 1.0}',
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("role", "mode"), [("viewer", "all"), ("operator", "all"), ("approver", "positive")])
def test_every_answer_is_as_described(web: Web, role: str, mode: str, tmp_path: Path) -> None:
    """An approver may do all that an operator may: one sends what nearly fits, too, the other what fits only."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(configuration(web.there, role))
    options = {
        "--url": web.url,
        "--checks": ",".join(CHECKS),
        # The cases at the edge of every value (coverage) are some thousands; make test-api can ask for them.
        "--phases": "fuzzing",
        "--mode": mode,
        "--max-examples": "3",
        "--seed": "14",
        "--generation-database": "none",
        "--request-timeout": "60",
        "--warnings": "off",
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(DOCUMENT)),
            *("--no-color", "--continue-on-failure"),
            *(word for option in options.items() for word in option),
            *shlex.split(os.environ.get("SCHEMATHESIS_ARGS", "")),
        ],
        # Its caches and reports stay there.
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": HOOKS,
            "GENERATED_REQUESTS_FIT": "1" if mode == "positive" else "",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-SHOWN:]
    operations = re.search(r"Tested: (\d+)", said)
    assert operations and int(operations[1]) == number_of_operations(), said[-SHOWN:]
    log = web.log.read_text()
    assert "Traceback" not in log, log[-SHOWN:]
    # make test-api shows it.
    sys.stdout.write(said)


def number_of_operations() -> int:
    """How many the document has."""
    paths = yaml.load(DOCUMENT.read_text(), yaml.CSafeLoader)["paths"]
    return sum(len(methods) for methods in paths.values())
