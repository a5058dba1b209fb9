"""A person editing configuration files."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fixtures.region import VARIABLES, settings_text
from tests.lab.installer.remedies.stage import Stage
from tests.support import newzone
from zones.models import Plan

SCALE = "scale_settings.pek3c.yaml"
VARIABLES_D, SETTINGS_D = "variables.pek3d.yaml", "settings.pek3d.yaml"
MANUAL = """\
vbc:
  - {mgmt_ips: [172.16.80.32, 172.16.80.33], ipv4_vbc: 10.20.50.0/24, ipv4_vip: 172.16.80.231|172.16.80.32}
"""
"""The VBC of zone pek3d, as a person gives it."""


@dataclass
class Desk:
    """Files that pass as they are, and the command that reads them."""

    stage: Stage
    texts: dict[str, str]
    command: tuple[str, ...]

    def broken(self, code: str, name: str, *changes: tuple[str, str]) -> str:
        """Save the file with these changes; the command refuses it. Return the remedy as printed."""
        self.stage.file(name, edited(self.texts[name], *changes))
        return self.stage.refused(code, *self.command)

    def saved(self, name: str, *changes: tuple[str, str]) -> None:
        """Save the file with these changes; the command accepts it."""
        self.stage.file(name, edited(self.texts[name], *changes))
        self.stage.does(*self.command)

    def breaks_and_mends(self, code: str, name: str, remedy: str, wrong: tuple[str, str], right: str) -> None:
        """Refuse a change with exactly this remedy; with the change corrected as advised, the file passes."""
        assert self.broken(code, name, wrong) == remedy
        self.saved(name, (wrong[0], right))


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    return text


def scaling(stage: Stage) -> Desk:
    """Return a file of two hypers for zone pek3c."""
    stage.region.nodes(21, 22)
    text = settings_text({21: "hyper-repl", 22: "hyper-repl"}).decode()
    return Desk(stage, {SCALE: text}, ("config_qingcloud", "--check", "-s", stage.file(SCALE, text)))


def new_zone(stage: Stage) -> Desk:
    """Return the two files of zone pek3d."""
    stage.region.nodes(*newzone.HYPERS)
    [ks] = stage.region.nodes(*newzone.KS)
    ks.disks.filter(name="sdc").delete()
    variables = edited(
        VARIABLES.decode(),
        ("pek3c", "pek3d"),
        ("MODE", "devops"),
        ("172.16.80.200/24-172.16.80.230", "172.16.80.231/24-172.16.80.240"),
    )
    variables = variables.replace("10.10.", "10.20.")
    texts = {VARIABLES_D: variables, SETTINGS_D: newzone.settings_file().data.decode()}
    paths = [stage.file(name, text) for name, text in texts.items()]
    return Desk(stage, texts, ("config_qingcloud", "--check", "-v", paths[0], "-s", paths[1]))


def again(desk: Desk, remedy: str, *changes: tuple[str, str]) -> None:
    """Configure zone pek3c again as the remedy says, with its own files: those of the machines that run."""
    texts = {
        "variables.pek3c.yaml": edited(VARIABLES.decode().replace("MODE", "devops"), *changes),
        "settings.pek3c.yaml": settings_text({11: "hyper-repl", 12: "hyper-repl"}).decode(),
    }
    files = {name: desk.stage.file(name, text) for name, text in texts.items()}
    desk.stage.follow(remedy, "config_qingcloud", **files)
    desk.stage.approve(str(Plan.objects.get(status="draft").plan_id))
