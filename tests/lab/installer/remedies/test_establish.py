"""Remedies about the first login and about the data kept of a node are followed as printed."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from installer.cli.shell_user import shell_actor
from jobs.models import Job
from nodes.collection.stored_output import read_again
from nodes.models import Collection, Node
from nodes.save_facts import pack, save_facts
from nodes.services.add import add_nodes
from tests.db.nodes.test_reparse import RAW
from tests.factories import host_key
from tests.lab.installer.remedies.faces import refused_by
from tests.lab.installer.remedies.stage import A21, A22, Stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.remedy("N06")
def test_a_port_that_is_none(stage: Stage) -> None:
    remedy = refused_by("N06", lambda: add_nodes(addresses=["10.0.0.1"], actor=shell_actor(), port=65536))
    low, high = remedy.removeprefix("use ").split(" to ")
    stage.does("add_nodes", "-i", "10.0.0.1", "--port", low)
    stage.does("add_nodes", "-i", "10.0.0.2", "--port", high)
    assert set(Node.objects.filter(mgmt_address__startswith="10.").values_list("ssh_port", flat=True)) == {
        1,
        65535,
    }


@pytest.mark.remedy("N20")
def test_replacing_the_key_of_a_node_that_is_not_named(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "establish_ssh", stage.file("list", A21), "--no-password", "--replace-host-key", A22
    assert stage.refused("N20", *command) == "add it to the list of nodes too"
    stage.file("list", f"{A21}\n{A22}\n")
    stage.does(*command)


@pytest.mark.remedy("N82")
def test_a_job_that_left_no_node_behind(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    stage.does("establish_ssh", stage.file("list", A21), "--no-password")
    good = Job.objects.get(action="establish_ssh")
    stage.ends(good, "succeed")
    remedy = stage.refused("N82", "establish_ssh", good.job_id, "--no-password")
    assert remedy == "specify a file of addresses, or another job"
    stage.does("establish_ssh", stage.file("list", A22), "--no-password")
    bad = Job.objects.filter(action="establish_ssh").order_by("pk").last()
    assert bad
    stage.ends(bad, "fail")
    stage.does("establish_ssh", bad.job_id, "--no-password")


LINE = f"{A21} {host_key(21)}\n"
HASHED = "|1|" + base64.b64encode(b"s" * 20).decode() + "|"


def hashed(name: str) -> str:
    """Hash a name as ``ssh-keygen -H`` does."""
    return HASHED + base64.b64encode(hmac.new(b"s" * 20, name.encode(), hashlib.sha1).digest()).decode()


@pytest.mark.remedy("N83")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"\xff\xfe1\x00", "use a known_hosts file, as printed by ssh-keyscan"),
        (b"", "use the output of ssh-keyscan"),
        (b"# nothing\n", "use the output of ssh-keyscan"),
        (f"{A21}\n".encode(), "write ADDRESS TYPE KEY, as printed by ssh-keyscan"),
        (f"{A21} ssh-ed25519 AAAA\n".encode(), "write ADDRESS TYPE KEY, as printed by ssh-keyscan"),
        (f"@old {LINE}".encode(), "write ADDRESS TYPE KEY, as printed by ssh-keyscan"),
        (f"|1|?|y {host_key(21)}\n".encode(), "write ADDRESS TYPE KEY, as printed by ssh-keyscan"),
        (b"#\n" * 20_001, "split it"),
        (f"@cert-authority {LINE}".encode(), "add the host keys themselves"),
    ],
)
def test_a_known_hosts_file_that_is_none(stage: Stage, text: bytes, wanted: str) -> None:
    stage.region.nodes(21)
    known = stage.file("known_hosts", text)
    command = "establish_ssh", stage.file("list", A21), "--no-password", "--known-hosts", known
    if not text:
        text = b"\n"
        stage.file("known_hosts", text)
    assert wanted in stage.refused("N83", *command)
    # What ssh-keyscan prints: a comment, then a line for each key.
    stage.file("known_hosts", f"# {A21}:22 SSH-2.0-OpenSSH_9.6\n{LINE}")
    stage.does(*command)


@pytest.mark.remedy("N83")
def test_a_known_hosts_file_of_a_whole_site(stage: Stage) -> None:
    stage.does("add_nodes", "-i", "10.1.0.0-10.1.1.44")
    addresses = list(
        Node.objects.filter(mgmt_address__startswith="10.1.").values_list("mgmt_address", flat=True)
    )
    assert len(addresses) == 301
    names = [f"10.{third}.0.{last}" for third in range(27) for last in range(1, 251)]
    known = stage.file("known_hosts", "".join(f"{hashed(name)} {host_key(1)}\n" for name in names))
    command = (
        "establish_ssh",
        stage.file("list", "\n".join(addresses)),
        "--no-password",
        "--known-hosts",
        known,
    )
    remedy = stage.refused("N83", *command)
    assert remedy == "use a file of these nodes only: ssh-keyscan -f ip_list"
    stage.file("known_hosts", "".join(f"{address} {host_key(1)}\n" for address in addresses))
    stage.does(*command)


@pytest.fixture
def collected(stage: Stage) -> Node:
    """Make a node with the output of a collection."""
    [node] = stage.region.nodes(21)
    save_facts(node, read_again(RAW, A21), by="ann", raw=RAW)
    return node


@pytest.mark.remedy("N40")
def test_a_collection_that_has_no_output(stage: Stage, collected: Node) -> None:
    command = "get_collection", "-i", A21, "--number"
    said = stage.folder / "said"
    remedy = stage.refused("N40", *command, "99999", "-o", str(said))
    for number in remedy.removeprefix("output is stored under ").split(", "):
        stage.does(*command, number, "-o", str(said))
        assert said.read_bytes() == RAW


@pytest.mark.remedy("N40")
@pytest.mark.parametrize("status", ["available", "active"])
def test_a_node_of_which_nothing_is_kept(stage: Stage, status: str) -> None:
    [node] = stage.region.nodes(21, status=status)
    remedy = stage.refused("N40", "get_collection", "-i", A21, "--raw")
    stage.follow(remedy, "collect_nodes")
    Collection.objects.create(node=node, by="ann", source="ssh", raw=pack(b"what it said"))
    stage.does("get_collection", "-i", A21, "-o", str(stage.folder / "said"))
    assert (stage.folder / "said").read_bytes() == b"what it said"


@pytest.mark.remedy("N40")
def test_a_collection_that_is_damaged(stage: Stage, collected: Node) -> None:
    whole = Collection.objects.get()
    broken = Collection.objects.create(node=collected, by="ann", source="ssh", raw=b"no zlib")
    said = str(stage.folder / "said")
    remedy = stage.refused("N40", "get_collection", "-i", A21, "--raw")
    assert remedy == f"output is stored under {whole.pk}"
    stage.does("get_collection", "-i", A21, "--number", str(whole.pk), "-o", said)
    whole.delete()
    remedy = stage.refused("N40", "get_collection", "-i", A21, "--number", str(broken.pk), "-o", said)
    assert remedy == f"collect the node: collect_nodes -i {A21}"
