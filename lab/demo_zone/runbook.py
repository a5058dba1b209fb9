"""Section 3 of the runbook, step by step: a zone into a region."""

from __future__ import annotations

from lab.demo.console import fail
from lab.demo.runbook import Runbook, say
from lab.demo_zone import services
from lab.demo_zone.site import EXISTING, HAPROXY, JOINING, NEW, OLD, PROXIES, WEB, ZOOCASSA, ZoneSite


class ZoneRunbook(Runbook):
    """One run of the demo."""

    site: ZoneSite

    def run(self) -> None:
        """Run all steps, in order."""
        services.need_programs()
        self.start()
        self.adopt()
        self.region()
        self.new_zone()
        self.review()
        self.scale()
        self.compare()

    def adopt(self) -> None:
        """Adopt the running global zone."""
        say(f"Zone {OLD} runs already and is the global zone of its region.")
        self._make_known("existing.txt", EXISTING)
        files = ["-v", str(self.site.variables_of(OLD)), "-s", str(self.site.settings_of(OLD))]
        self.console.manage("adopt_zone", *files)

    def region(self) -> None:
        """Start what the region has: caches full of lists with one zone, and two web services."""
        say("The region has two memcached, full of cached lists of zones, and two global web services.")
        for number in ZOOCASSA:
            services.start_memcached(self.console, self.site.at(number))
        services.start_web(self.console, [self.site.address(item) for item in WEB])
        self._reach("webservices.txt", WEB)

    def _reach(self, name: str, machines: tuple[object, ...]) -> None:
        path = str(self.site.ip_list(name, machines))  # type: ignore[arg-type]
        self.console.manage("add_nodes", "-I", path, "--port", "2222")
        secret = {"INSTALLER_SSH_PASSWORD": self.node_password}
        self.console.manage("establish_ssh", path, "2222", "root", "--wait", environment=secret)

    def new_zone(self) -> None:
        """Prepare the new zone: hardware, configuration, approval."""
        say(f"Three servers become zone {NEW}: collected, configured, reviewed, approved by a second person.")
        self._make_known("joining.txt", JOINING)
        files = ["-v", str(self.site.variables_of(NEW)), "-s", str(self.site.settings_of(NEW))]
        self.console.manage("config_qingcloud", *files)
        plan = self.console.json("show_plan", "-z", NEW)
        path = f"/plans/{plan['plan_id']}/approve/"
        seen = {"content_hash": plan["content_hash"], "comment": "read and found right"}
        self.console.api("POST", path, seen, user="approver")

    def review(self) -> None:
        """Review the new zone's proxies: their future haproxy.cfg."""
        say(
            f"The proxies of {NEW} are reached, and what their haproxy.cfg will be is looked at and approved:"
        )
        self._reach("proxies.txt", PROXIES)
        console = self.console
        console.show("render_haproxy", "-z", NEW, "--preview", "--on-management")
        change = console.json("list_changes", "-z", NEW)[0]["change_id"]
        console.manage("render_haproxy", "-z", NEW, "--approve", change)
        say("Which cache entries would go (nothing is deleted yet):")
        console.show("clear_zone_cache", "-z", NEW, "--dry-run", "--format", "table")

    def scale(self) -> None:
        """Run one job: nodes, caches, services one by one, proxies one by one."""
        say("One job installs the zone and makes its region know it:")
        joining = str(self.site.ip_list("joining.txt", JOINING))
        text = self.console.manage("scale_qingcloud_zone", "-z", NEW, "-I", joining, "--wait")
        self.job_id = next(word for word in text.split() if word.startswith("j-"))

    def compare(self) -> None:
        """Check that both zones are there, the entries are gone and the proxies serve."""
        self._zones()
        for number in ZOOCASSA:
            count, left = services.cached(self.site.at(number))
            if (count, left) != (services.OTHERS, 0):
                fail(f"memcached {self.site.at(number)} has {count} entries, {left} of them lists of zones")
        say(
            f"Caches: {services.USERS} lists of zones are gone from each, {services.OTHERS} other entries stay."
        )
        for proxy in PROXIES:
            address = self.site.address(proxy)
            for port in services.WEB_PORTS:
                answer = services.through(address, port)
                if not answer.startswith("web service"):
                    fail(f"nobody answers behind {address}:{port}")
            text = (self.site.folder / "lab/nodes" / address / "root/etc/haproxy/haproxy.cfg").read_text()
            if not text.startswith(HAPROXY):
                fail(f"{address}: what is not ours in haproxy.cfg was touched")
            print(f"    proxy {address}: {', '.join(map(str, services.WEB_PORTS))} lead to {answer}")
        say(f"Zone {NEW} is in the region; job {self.job_id} did all of it.")

    def _zones(self) -> None:
        found = self.console.api("GET", "/zones/", user="operator")["results"]
        if {zone["zone_id"] for zone in found} != {OLD, NEW}:
            fail(f"zones are {found}")
        status = self.console.json("get_status", self.job_id)
        nodes = self.console.json("describe_nodes", "-z", NEW)["node_set"]
        if status["status"] != "succeeded" or {node["status"] for node in nodes} != {"active"}:
            fail(f"job {self.job_id} is {status['status']}, nodes are {[node['status'] for node in nodes]}")
        print(
            "\n    zones: " + ", ".join(f"{zone['zone_id']} ({zone['node_count']} nodes)" for zone in found)
        )
