"""Every face names the reviewed change it means: another one approved meanwhile is not applied."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from common.actor import Actor
from common.errors import Denied
from jobs.models import Job
from operations.changes import approve_change, file_diffs, make_change
from operations.models import Change
from operations.qemu.service import set_qemu_version
from tests.factories import make_node, make_user, make_zone
from zones.models import Zone

pytestmark = pytest.mark.django_db
ANN = Actor("ann", "admin")
OTHER = "0" * 64
FACES = {
    Change.Kind.HAPROXY: ("render_haproxy", "haproxy", "zones_zone_haproxy"),
    Change.Kind.QEMU: ("set_qemu_version", "qemu", "zones_zone_qemu"),
}


@pytest.fixture
def zone() -> Zone:
    made = make_zone(vms={"proxy": ["10.9.9.9"]})
    make_node(9, mgmt_address="10.9.9.9", host_key="ssh-ed25519 AAAA")
    return made


def approved(zone: Zone, kind: str) -> Change:
    if kind == Change.Kind.QEMU:
        versions = [("2.11.1.1", ""), ("6.2.0", "")]
        change = set_qemu_version(zone_id=zone.zone_id, versions=versions, default="6.2.0", actor=ANN)
    else:
        file = {"node_id": "", "address": "10.9.9.9", "path": "/x", "base": "a\n", "content": "b\n"}
        change = make_change(zone, kind, [file], ANN)
    return approve_change(change_id=change.change_id, actor=ANN)


@pytest.mark.parametrize("kind", FACES)
def test_another_change_than_the_one_on_the_screen(
    zone: Zone, kind: str, operator: APIClient, run: Any, client: Client
) -> None:
    seen = approved(zone, kind)
    command, path, page = FACES[Change.Kind(kind)]
    there = f"/api/v1/zones/pek3c/{path}/apply/"
    words = [command, "-z", "pek3c", "--apply", "--change", seen.change_id]
    wrong = operator.post(there, {"change_id": seen.change_id, "content_hash": OTHER}, format="json")
    assert (
        wrong.status_code == 409
        and "differs from the version that was reviewed" in wrong.json()["findings"][0]["detail"]
    )
    assert run(*words, "--hash", OTHER).code == 3
    newer = approved(zone, kind)
    outdated = operator.post(there, {"change_id": seen.change_id}, format="json")
    assert outdated.status_code == 409
    assert outdated.json()["findings"][0]["detail"] == (
        f"change {seen.change_id} is no longer the newest: ann made {newer.change_id} after it, which is approved"
    )
    refused = run(*words)
    assert refused.code == 3 and "K04" in refused.err and newer.change_id in refused.err
    client.force_login(make_user("o", "operator"))
    form = {"apply": "1", "change": seen.change_id, "content_hash": seen.content_hash}
    answer = client.post(reverse(f"admin:{page}", args=["pek3c"]), form, follow=True)
    assert "K04" in " ".join(str(message) for message in answer.context["messages"])
    assert not Job.objects.exists()


def test_the_one_that_is_named_is_applied(zone: Zone, operator: APIClient, run: Any) -> None:
    change = approved(zone, Change.Kind.HAPROXY)
    assert run("list_changes", "-z", "pek3c").json[0]["content_hash"] == change.content_hash
    words = ["render_haproxy", "-z", "pek3c", "--apply", "--change", change.change_id]
    done = run(*words, "--hash", change.content_hash)
    job = Job.objects.get(job_id=done.out.strip())
    assert (done.code, job.params["change_id"]) == (0, change.change_id)
    Change.objects.filter(pk=change.pk).update(applied_at=change.created_at, job_id=job.job_id)
    again = run(*words)
    assert again.code == 3 and f"{change.change_id} was applied by job {job.job_id}" in again.err


def test_a_diff_of_a_file_without_a_line_end() -> None:
    file = {
        "node_id": "",
        "address": "10.0.0.1",
        "path": "/x",
        "base": "a\nb\u2028c",
        "content": "a\nb\u2028c\nd\n",
    }
    change = make_change(make_zone(), Change.Kind.HAPROXY, [file], ANN)
    [(place, diff)] = file_diffs(change)
    assert (place, diff.split("\n", 3)[3]) == (
        "10.0.0.1:/x",
        " a\n-b<U+2028>c\n\\ No newline at end of file\n+b<U+2028>c\n+d\n",
    )


@pytest.mark.parametrize("state", ["draft", "approved"])
@pytest.mark.parametrize("face", ["form", "rest", "command"])
def test_what_somebody_else_proposed_is_shown_before_it_gives_way(
    zone: Zone, operator: APIClient, run: Any, client: Client, face: str, state: str
) -> None:
    """Show the second person what the first proposed when both set QEMU versions at the same time."""
    url, page = "/api/v1/zones/pek3c/qemu/preview/", reverse("admin:zones_zone_qemu", args=["pek3c"])
    client.force_login(make_user("o", "operator"))
    shown = client.get(page).content.decode()
    assert 'name="instead_of" value=""' in shown
    versions = [("2.11.1.1", ""), ("6.2.0", "")]
    if state == "approved":
        theirs = approved(zone, Change.Kind.QEMU)
    else:
        theirs = set_qemu_version(zone_id="pek3c", versions=versions, default="6.2.0", actor=ANN)

    def propose(instead_of: str) -> tuple[int, str]:
        if face == "form":
            form = {"version-0": "8.2.0", "default": "0", "preview": "1", "instead_of": instead_of}
            answer = client.post(page, form, follow=True)
            return answer.status_code, answer.content.decode()
        if face == "rest":
            body = {"versions": [{"version": "8.2.0"}], "default": "8.2.0", "instead_of": instead_of}
            answer = operator.post(url, body, format="json")
            return {201: 200}.get(answer.status_code, answer.status_code), answer.content.decode()
        done = run(
            *("set_qemu_version", "-z", "pek3c", "--qemu", "8.2.0", "--default", "8.2.0"),
            *(["--instead-of", instead_of] if instead_of else []),
        )
        return {0: 200, 3: 409}.get(done.code, done.code), done.err

    status, said = propose("")
    assert status == 409 and "P78" in said and theirs.change_id in said and "ann proposed" in said, said
    assert "6.2.0" in said and Change.objects.count() == 1
    assert propose("c-another1")[0] == 409
    assert propose(theirs.change_id)[0] == 200
    newest = Change.objects.first()
    assert newest is not None and newest.created_by != "ann"


def test_who_became_root_to_propose_a_change_is_the_same_person_in_the_browser(
    zone: Zone, settings: LazySettings
) -> None:
    settings.INSTALLER_FOUR_EYES = True
    file = {"node_id": "", "address": "", "path": "haproxy.cfg", "base": "a\n", "content": "b\n"}
    olga = Actor("olga", "admin", decides=True)
    change = make_change(
        zone, Change.Kind.HAPROXY, [file], Actor("root", "command", decides=True, login="olga")
    )
    with pytest.raises(Denied, match="INSTALLER_FOUR_EYES"):
        approve_change(change_id=change.change_id, actor=olga)
    # What is one's own is not in one's way.
    newer = make_change(zone, Change.Kind.HAPROXY, [file], olga)
    with pytest.raises(Denied, match="INSTALLER_FOUR_EYES"):
        approve_change(change_id=newer.change_id, actor=olga)
    assert approve_change(change_id=newer.change_id, actor=Actor("bob", "admin")).approved_by == "bob"


def test_an_approval_that_cannot_be_written_down_is_none(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    file = {"node_id": "", "address": "10.9.9.9", "path": "/x", "base": "a\n", "content": "b\n"}
    change = make_change(zone, Change.Kind.HAPROXY, [file], ANN)

    def full(*args: Any, **named: Any) -> None:
        raise OperationalError("could not extend file: No space left on device")

    monkeypatch.setattr("common.audit.record", full)
    with pytest.raises(OperationalError):
        approve_change(change_id=change.change_id, actor=ANN)
    with pytest.raises(OperationalError):
        make_change(zone, Change.Kind.HAPROXY, [file], ANN)
    assert [found.state for found in Change.objects.all()] == ["draft"]
