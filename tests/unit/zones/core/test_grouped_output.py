"""Commands that only read, and identical answers."""

from __future__ import annotations

import pytest

from common import wording
from operations.commands.core import only_looks
from operations.commands.grouped_output import difference, fold, summary

RUNNING = "compute_server                   RUNNING   pid {}, uptime 1 day, 0:0{}:11"


@pytest.mark.parametrize(
    "command",
    [
        "supervisorctl status",
        " supervisorctl  status ws_server ",
        "uptime",
        "df -h",
        "ip addr show bond0",
        "lsblk -o NAME,SIZE",
        "systemctl status --no-pager supervisor",
    ],
)
def test_looking(command: str) -> None:
    assert only_looks(command)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "supervisorctl restart all",
        "supervisorctl status; reboot",
        "supervisorctl status\nreboot",
        "supervisorctl status $(reboot)",
        "supervisorctl status `reboot`",
        "supervisorctl status >/etc/passwd",
        "supervisorctl status & reboot",
        "hostname evil",
        "date -s 2000-01-01",
        "ip addr show 'x y'",
        "ip addr del 10.0.0.1/8 dev bond0",
        "df -h 'unbalanced",
        "/tmp/uptime",
        "~/uptime",
        "uptime #",
        "systemctl status -H elsewhere",
        "systemctl is-active --host=elsewhere",
        "zpool status -c script",
    ],
)
def test_everything_else(command: str) -> None:
    assert not only_looks(command)


def test_what_was_installed_is_the_headline() -> None:
    done = "(Reading database ... {} files and directories currently installed.)\nx-conf 0.1+ab installed\n"
    answers = {f"h{n}": (done.format(n), False) for n in range(3)}
    answers["h9"] = ("x-conf 0.1+ab is already installed\n", False)
    answers["h8"] = ("dpkg: error: no space left\n", True)
    folded = fold(answers)
    assert summary(folded) == "3 nodes: x-conf 0.1+ab; 2 differ"
    assert [item.headline for item in folded[1:]] == ["x-conf 0.1+ab", "dpkg: error: no space left"]


def test_alike_answers_are_told_once() -> None:
    answers = {f"h{n}": (RUNNING.format(n, n % 10), False) for n in range(38)}
    answers["h38"] = ("compute_server                   FATAL     Exited too quickly", True)
    answers["h39"] = ("unix:///var/run/supervisor.sock no such file", True)
    folded = fold(answers)
    assert summary(folded) == "38 nodes: RUNNING; 2 differ"
    assert [len(item.nodes) for item in folded] == [38, 1, 1]
    assert folded[1].headline == "FATAL" and folded[1].failed
    shown = difference(folded[0], folded[1]).splitlines()[2:]
    assert [line.split()[0] for line in shown] == ["@@", "-compute_server", "+compute_server"]
    assert difference(folded[0], fold({"h99": (RUNNING.format(4, 2), True)})[0]) == ""
    assert summary(fold({"a": ("", False)})) == "1 node: no output"
    assert summary([]) == "no node has answered"


def test_nodes_that_only_say_their_own_name_are_alike() -> None:
    said = "● {0}\n    State: running\nLinux {0}.example.com 6.1.0 node={0} {0}-old\n"
    nodes = [f"pek3br01n{number:02d}" for number in range(1, 4)]
    alike = {node: (said.format(node).replace(f"{node}-old", "x"), False) for node in nodes}
    [one] = fold(alike)
    assert one.text == said.format("<this node>").replace("<this node>-old", "x")
    usual, other = fold({**alike, "pek3br01n09": (said.format("pek3br01n01"), False)})
    assert usual.nodes == tuple(nodes) and other.text == said.format("pek3br01n01")
    assert "+● pek3br01n01" in difference(usual, other)
    usual, other = fold({**alike, "pek3br01n09": (said.format("pek3br01n09"), False)})
    assert "pek3br01n09" not in difference(usual, other).replace("pek3br01n09-old", "")


def test_an_answer_of_one_node_is_as_it_is() -> None:
    assert fold({"pek3br01n01": ("pek3br01n01\n", False)})[0].text == "pek3br01n01\n"
    assert (
        summary(fold({name: (name, False) for name in ("pek3br01n01", "pek3br01n02")}))
        == "2 nodes: <this node>"
    )


def test_the_summary_in_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    german = {
        "{n:node|nodes}: {answer}; {others:differs|differ}": "{n} Knoten: {answer}; {others} weichen ab",
        "no output": "keine Ausgabe",
        "<this node>": "<dieser Knoten>",
    }
    monkeypatch.setattr(wording, "_catalog", [lambda text: german.get(text, text)])
    folded = fold({f"host{n}": ("", False) for n in range(3)} | {"pek3x": ("down", True)})
    assert summary(folded) == "3 Knoten: keine Ausgabe; 1 weichen ab"
    assert (
        fold({name: (f"{name} is up", False) for name in ("host1", "host2")})[0].text
        == "<dieser Knoten> is up"
    )
