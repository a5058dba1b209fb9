"""The runbook, step by step, explained as it runs."""

from __future__ import annotations

import json
import secrets
import sys
import urllib.request

from lab.demo.console import Console, fail
from lab.demo.site import EXISTING, JOINING, NEW_HYPERS, OLD_HYPERS, ZONE, Site

_MAKE_USERS = """
import os
from django.contrib.auth.models import Group, User
for name, group in (("operator", "operator"), ("approver", "approver")):
    user = User.objects.create_user(name, password=os.environ["DEMO_PASSWORD"], is_staff=True)
    user.groups.add(Group.objects.get(name=group))
User.objects.create_superuser("admin", password=os.environ["DEMO_PASSWORD"])
"""


class Runbook:
    """One run of the demo."""

    def __init__(self, console: Console, site: Site, password: str) -> None:
        self.console = console
        self.site = site
        self.password = password
        self.node_password = secrets.token_urlsafe(9)
        self.job_id = ""
        self.routes = ""

    def run(self) -> None:
        """Run all steps, in the order of a real night."""
        self.start()
        self.adopt()
        self.register()
        self.correct()
        self.configure()
        self.approve()
        self.scale()
        self.compare()

    def start(self) -> None:
        """Start machines, database, users, worker and web server."""
        console = self.console
        say("Ten bare servers are switched on (simulated, each with its own address and a real SSH server).")
        self.site.build(self.node_password)
        python = sys.executable
        console.start("lab", [python, "-m", "lab", "serve", str(console.folder / "lab")], ready='"ready"')
        say("The console starts: database, worker, web server.")
        console.manage("migrate", "--verbosity", "0", show=False)
        console.shell(_MAKE_USERS, DEMO_PASSWORD=self.password)
        for name in ("operator", "approver"):
            console.tokens[name] = console.manage("create_token", name, "--days", "1", show=False).strip()
        console.start("worker", [python, "manage.py", "qcluster"])
        web = console.web.fileno()
        gunicorn = [
            python,
            "-m",
            "gunicorn",
            "installer.wsgi",
            "--bind",
            f"fd://{web}",
            "--config",
            "installer/gunicorn.py",
        ]
        console.start("web", gunicorn, fds=[web])
        console.wait(lambda: _answers(f"{console.url}/readyz"), "the console does not become ready", "web")

    def adopt(self) -> None:
        """Adopt the running zone: one KS and two hypers."""
        say(f"Zone {ZONE} runs already, with one KS and two hypers. The console learns what is there.")
        self._make_known("existing.txt", EXISTING)
        console = self.console
        console.manage("adopt_zone", "-v", str(self.site.variables()), "-s", str(self.site.settings()))
        console.show("describe_nodes", "-z", ZONE, "--format", "table")

    def register(self) -> None:
        """Add one gateway and six hypers: register them, enable login, collect."""
        say(
            "One gateway and six hypers are to join. They are registered, get the installer's key (the password is"
        )
        print("asked for once and forgotten), and their hardware is collected.")
        self._make_known("joining.txt", JOINING)
        self.console.show("describe_nodes", "-s", "available", "--format", "table")

    def _make_known(self, name: str, machines: tuple[object, ...]) -> None:
        console = self.console
        path = str(self.site.ip_list(name, machines))  # type: ignore[arg-type]
        console.manage("add_nodes", "-I", path, "--port", "2222")
        secret = {"INSTALLER_SSH_PASSWORD": self.node_password}
        console.manage("establish_ssh", path, "2222", "root", "--wait", environment=secret)
        console.manage("collect_nodes", "-I", path, "--wait")

    def correct(self) -> None:
        """Correct what the RAID controller reports wrongly; both values are kept."""
        address = self.site.address(NEW_HYPERS[0])
        say(
            f"On {address} a RAID controller reports an SSD as a SATA disk: it would be left out of the pool."
        )
        print("A person who knows the machine corrects it. What was observed is kept beside the correction:")
        words = ["-i", address, "-d", "sdb", "-t", "ssd", "--reason", "SSD behind the RAID controller"]
        self.console.manage("modify_node_attributes", *words)
        node = self.console.json("describe_nodes", "-i", address)["node_set"][0]
        disk = next(item for item in node["data_disks"] if item["name"] == "sdb")
        fields = disk["fields"]["type"]
        print(f"    sdb: observed {fields['observed']}, corrected to {fields['override']} by {fields['by']}")
        if disk["type"] != "ssd" or fields["observed"] != "sata":
            fail(f"the correction of sdb on {address} is not as it should be: {disk}")

    def configure(self) -> None:
        """Turn files into a plan."""
        say(
            "The configuration is checked again, networks and addresses are allocated, every file is rendered."
        )
        self.console.manage("config_qingcloud", "-s", str(self.site.scale_settings()))
        self.console.show("show_plan", "-z", ZONE, "--format", "table")

    def approve(self) -> None:
        """Approve as another user, here over the REST API; nothing runs without approval."""
        console = self.console
        say("Nothing runs without approval:")
        joining = str(self.site.ip_list("joining.txt", JOINING))
        console.manage("scale_qingcloud", "-z", ZONE, "-I", joining, expect=2)
        plan = console.json("show_plan", "-z", ZONE)
        say(f"A second person has read every byte of plan {plan['plan_id']} in the browser and approves it.")
        path = f"/plans/{plan['plan_id']}/approve/"
        seen = {"content_hash": plan["content_hash"], "comment": "read and found right"}
        answer = console.api("POST", path, seen, user="approver")
        print(f"    POST /api/v1{path} -> {answer['status']} by {answer['decided_by']}")

    def scale(self) -> None:
        """Run the job."""
        say("The scaling runs as a job. You can watch it in the browser, too:")
        print(f"    {self.console.url}/admin/")
        joining = str(self.site.ip_list("joining.txt", JOINING))
        text = self.console.manage("scale_qingcloud", "-z", ZONE, "-I", joining, "--wait")
        self.job_id = next(word for word in text.split() if word.startswith("j-"))
        self.console.show("describe_nodes", "-z", ZONE, "--format", "table")
        say("These return routes go onto the gateway of the management network:")
        self.routes = self.console.show("dump_vbc_route", "hyper")

    def compare(self) -> None:
        """Check that commands and REST report the same, correct state."""
        console = self.console
        nodes = console.json("describe_nodes", "-z", ZONE)
        active = {item["mgmt_address"] for item in nodes["node_set"] if item["status"] == "active"}
        wanted = {self.site.address(item) for item in (*EXISTING, *JOINING)}
        if active != wanted:
            fail(f"not active: {', '.join(sorted(wanted - active))}")
        over_rest = console.api("GET", f"/nodes/?zone_id={ZONE}&page_size=1000", user="operator")
        if _by_id(over_rest["results"]) != _by_id(nodes["node_set"]):
            fail("REST and describe_nodes tell different things about the nodes")
        status = console.json("get_status", self.job_id)
        if (
            status["status"] != "succeeded"
            or console.api("GET", f"/jobs/{self.job_id}/", user="operator") != status
        ):
            fail(f"job {self.job_id} is {status['status']}, or REST tells something else")
        jobs = console.api("GET", "/jobs/?action=scale_qingcloud", user="operator")
        if jobs["count"] != 1:
            fail(f"{jobs['count']} scaling jobs instead of one")
        if console.api("GET", f"/zones/{ZONE}/vbc-routes/", user="operator") != self.routes:
            fail("REST and dump_vbc_route give different routes")
        hypers = len(OLD_HYPERS) + len(NEW_HYPERS)
        if len(self.routes.splitlines()) != hypers // 2:
            fail(f"{len(self.routes.splitlines())} routes for {hypers} hypers in VBCs of two")
        say(f"Commands and REST agree: {len(JOINING)} new nodes active, job {self.job_id} succeeded, ")
        print(f"{len(self.routes.splitlines())} return routes, one for each VBC.")

    def farewell(self) -> None:
        """Say where to look."""
        print(f"\n  Console:  {self.console.url}/admin/\n  Login:    admin\n  Password: {self.password}")
        print("  (made for this run; also operator and approver, with the same password)", flush=True)


def say(text: str) -> None:
    """Print a sentence of the story."""
    print(f"\n{text}", flush=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _by_id(nodes: list[dict[str, object]]) -> str:
    return json.dumps(sorted(nodes, key=lambda item: str(item["node_id"])), sort_keys=True)
