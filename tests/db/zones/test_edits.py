"""Rendered files changed by hand: kept on top, judged, carried over; node lists that follow roles."""

from __future__ import annotations

from typing import Any

import pytest

from common.actor import Actor
from common.errors import Denied, NotFound, Refused
from common.models import AuditEntry
from nodes.models import Node
from operations.scaling.node_work import PlanContent, work_of
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, edit_plan_file, reject_plan
from tests.support import database
from zones.models import Plan, Role
from zones.services import revisions
from zones.services.apply import apply_plan
from zones.services.configure import config_qingcloud
from zones.services.lookups import find_plan
from zones.services.node_lists import gen_node_list

pytestmark = pytest.mark.django_db(transaction=True)
HYPERS = {21: "hyper-repl", 22: "hyper-repl"}
FILE = "settings/pek3cr01n21"


def configure(region: Region, roles: dict[int, str] = HYPERS, **options: Any) -> Plan:
    [done] = config_qingcloud(variables=[], settings=[scale_file(roles)], actor=region.actor, **options)
    assert done.plan is not None
    return done.plan


def draft(region: Region) -> Plan:
    """Make a plan that adds two hypers."""

    def build() -> str:
        region.nodes(21, 22)
        return configure(region).plan_id

    return find_plan(plan_id=database.build_once("draft of two hypers", build))


def content(plan: Plan, path: str = FILE) -> str:
    return str(plan.files.get(path=path).content)


def edit(region: Region, plan: Plan, old: str, new: str, path: str = FILE) -> Plan:
    text = content(plan, path)
    assert old in text
    return edit_plan_file(
        plan_id=plan.plan_id, path=path, content=text.replace(old, new), actor=Actor("bob", "admin")
    )


DNS = ('mgmt_network_dns_servers="172.16.80.1"', 'mgmt_network_dns_servers="172.16.80.9"')


def codes(plan: Plan) -> list[str]:
    """Return what became of edits; P54 tells of the whole plan that gave way."""
    return [item.code for item in plan.findings if item.code in ("P50", "P51", "P52", "P53")]


def test_an_edit_lies_on_top_of_what_was_rendered(region: Region) -> None:
    plan = draft(region)
    before, text = plan.content_hash, content(plan)
    edited = edit(region, plan, *DNS)
    file = edited.files.get(path=FILE)
    assert file.rendered == text and DNS[1] in file.content and file.edited_by == "bob" and file.edited_at
    assert edited.content_hash != before
    assert AuditEntry.objects.get(verb="edit_plan_file").detail["path"] == FILE
    assert approve_plan(plan_id=plan.plan_id, actor=region.actor).status == "approved"


def test_giving_back_what_was_rendered_withdraws_the_edit(region: Region) -> None:
    plan = draft(region)
    text = content(plan).replace("\n", "\r\n").rstrip()
    edit(region, plan, *DNS)
    plain = edit_plan_file(plan_id=plan.plan_id, path=FILE, content=text, actor=region.actor)
    assert plain.files.get(path=FILE).edited_by == "" and plain.content_hash == plan.content_hash


def test_an_edit_voids_the_approval(region: Region) -> None:
    plan = draft(region)
    approve_plan(plan_id=plan.plan_id, actor=region.actor)
    edited = edit(region, plan, *DNS)
    assert edited.status == "draft" and edited.decided_by == ""
    assert not Role.objects.filter(plan=plan).exists()
    assert set(Node.objects.filter(mgmt_address__in=plan.roles).values_list("status", flat=True)) == {
        "available"
    }
    assert edited.vbcs.count() == 1
    assert approve_plan(plan_id=plan.plan_id, actor=region.actor).status == "approved"


BAD = [
    ('role="hyper-repl"', 'role="ks"', "E08"),
    ('sub_roles="hyper"', 'sub_roles="hyper,seed"', "E08"),
    ('hostname="pek3cr01n21"', 'hostname="other"', "E06"),
    ('zone_id="pek3c"', 'zone_id="pek3x"', "E06"),
    ('vpool_layout="mirror"', 'vpool_layout="raidz"', "E07"),
    ('vpool_layout="mirror"', 'vpool_layout="stripe"', "E07"),
    ('vpool_vdevs="mirror ', 'vpool_vdevs="', "E07"),
    ('data_disks="', 'data_disks="/dev/sda ', "E07"),
    ('memory_size="', 'memory="', "E04"),
    ('mgmt_network_gateway="172.16.80.1"', 'mgmt_network_gateway="172.16.80.01"', "E09"),
    ('role="hyper-repl"', 'role="$(reboot)"', "E03"),
    ('role="hyper-repl"', "role=hyper-repl; reboot", "E03"),
    ("## Role", "## Role\x1b[2J", "E10"),
]


def test_edits_that_are_refused_change_nothing(region: Region) -> None:
    plan = draft(region)
    text = content(plan)
    for old, new, code in BAD:
        with pytest.raises(Refused) as caught:
            edit(region, plan, old, new)
        assert code in [item.code for item in caught.value.findings], new
        assert all(item.file == FILE and item.remedy for item in caught.value.findings), new
        plan.refresh_from_db()
        assert content(plan) == text and plan.files.get(path=FILE).edited_by == "", new


def test_stripe_is_taken_with_a_reason(region: Region) -> None:
    plan = draft(region)
    text = content(plan)
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    new = (
        text.replace('vpool_layout="mirror"', 'vpool_layout="stripe"')
        .replace('vpool_vdevs="mirror ', 'vpool_vdevs="')
        .replace(f"vpool_reason={values['vpool_reason']}", 'vpool_reason="scratch space only"')
    )
    edited = edit_plan_file(plan_id=plan.plan_id, path=FILE, content=new, actor=region.actor)
    assert 'vpool_layout="stripe"' in content(edited)


def test_other_files(region: Region) -> None:
    plan = draft(region)
    for path, old, new, code in (
        ("nodes/hyper", "pek3cr01n21", "pek3cr01n11", "E02"),
        ("routes/iproute2", "10.10", "10.11", "E02"),
        ("hosts", "172.16.80.21 ", "172.16.80.421 ", "E03"),
        ("variables/variables.yaml", "zone_id: pek3c", "zone_id: pek3x", "E06"),
        ("variables/variables.yaml", "deploy_mode: devops", "deploy_mode: devop", "D15"),
        ("variables/variables.yaml", "common:", "common: [", "D03"),
    ):
        with pytest.raises(Refused) as caught:
            edit(region, plan, old, new, path)
        assert code in [item.code for item in caught.value.findings], (path, new)


def test_a_file_or_plan_that_cannot_be_edited(region: Region) -> None:
    with pytest.raises(NotFound, match="E01"):
        edit_plan_file(plan_id=draft(region).plan_id, path="../etc", content="", actor=region.actor)
    with pytest.raises(Refused, match="is already applied"):
        edit_plan_file(plan_id=region.plan.plan_id, path="hosts", content="", actor=region.actor)


def test_the_next_configuration_carries_edits_over(region: Region) -> None:
    plan = draft(region)
    edit(region, plan, *DNS)
    edit(region, plan, "# physical nodes", "10.0.0.9 mirror.example.com\n# physical nodes", "hosts")
    region.nodes(23, 24)
    again = configure(region, {**HYPERS, 23: "hyper-repl", 24: "hyper-repl"})
    assert codes(again) == ["P50", "P50"]
    assert DNS[1] in content(again) and again.files.get(path=FILE).edited_by == "bob"
    hosts = content(again, "hosts")
    assert "mirror.example.com" in hosts and "pek3cr01n24" in hosts


def test_an_edit_of_something_rendered_differently_is_a_conflict(region: Region) -> None:
    plan = draft(region)
    edit(region, plan, 'os_version="20.04"', 'os_version="20.04.6"')
    Node.objects.filter(mgmt_address="172.16.80.21").update(os_version="22.04")
    again = configure(region)
    assert codes(again) == ["P51"] and 'os_version="22.04"' in content(again)


def test_edits_of_a_rejected_plan_are_forgotten_and_lost_files_are_told(region: Region) -> None:
    plan = draft(region)
    edit(region, plan, *DNS)
    region.nodes(23, 24)
    other = configure(region, {23: "hyper-repl", 24: "hyper-repl"})
    assert codes(other) == ["P52"]
    reject_plan(plan_id=other.plan_id, actor=region.actor)
    assert codes(configure(region)) == []


def test_an_edit_of_a_file_of_the_zone_outlives_the_plan(region: Region) -> None:
    plan = draft(region)
    edit(region, plan, *DNS)
    edit(region, plan, "# physical nodes", "10.0.0.9 mirror.example.com\n# physical nodes", "hosts")
    approved = approve_plan(plan_id=plan.plan_id, actor=region.actor)
    Node.objects.filter(role__plan=plan).update(status="active")
    assert apply_plan(approved, "apply")
    region.nodes(23, 24)
    again = configure(region, {23: "hyper-repl", 24: "hyper-repl"})
    assert codes(again) == ["P50"] and "mirror.example.com" in content(again, "hosts")


def test_a_changed_role_waits_for_the_node_lists(region: Region) -> None:
    plan = draft(region)
    edit(region, plan, 'role="hyper-repl"', 'role="hyper-sanc"')
    with pytest.raises(Refused, match="run gen_node_list -z pek3c"):
        approve_plan(plan_id=plan.plan_id, actor=region.actor)
    listed = gen_node_list(zone_id="pek3c", actor=region.actor)
    assert [(item["hostname"], item["role"]) for item in listed.roles] == [("pek3cr01n21", "hyper-sanc")]
    assert "nodes/hyper-sanc" in listed.files and "nodes/hyper-repl" in listed.files
    assert content(listed.plan, "nodes/hyper-sanc") == "pek3cr01n21\n"
    assert content(listed.plan, "nodes/hyper-repl") == "pek3cr01n11\npek3cr01n12\npek3cr01n22\n"
    assert not listed.plan.disk_identities[listed.plan.roles["172.16.80.21"]["node_id"]]
    approve_plan(plan_id=plan.plan_id, actor=region.actor)
    assert Role.objects.get(node__mgmt_address="172.16.80.21").role == "hyper-sanc"
    again = gen_node_list(zone_id="pek3c", actor=region.actor)
    assert again.roles == () and again.files == () and again.plan.status == "approved"


def test_node_lists_of_a_new_role_whose_disks_do_not_fit(region: Region) -> None:
    plan = draft(region)
    edit(region, plan, 'role="hyper-repl"', 'role="hyper-pair"')
    with pytest.raises(Refused, match="R17"):
        gen_node_list(zone_id="pek3c", actor=region.actor)


def test_node_lists_need_an_open_plan(region: Region) -> None:
    with pytest.raises(Refused, match="no open plan"):
        gen_node_list(zone_id="pek3c", actor=region.actor)


@pytest.mark.remedy("P68")
def test_four_eyes(region: Region, settings: Any) -> None:
    plan = draft(region)
    edit(region, plan, *DNS)
    settings.INSTALLER_FOUR_EYES = True
    for name in ("ann", "bob"):
        with pytest.raises(Denied, match="INSTALLER_FOUR_EYES"):
            approve_plan(plan_id=plan.plan_id, actor=Actor(name, "admin"))
    assert approve_plan(plan_id=plan.plan_id, actor=Actor("eve", "admin")).decided_by == "eve"


def test_four_eyes_know_who_became_root_for_an_edit_that_was_carried_over(
    region: Region, settings: Any
) -> None:
    plan = draft(region)
    as_root = Actor("root", "command", decides=True, login="olga")
    text = content(plan).replace(*DNS)
    edit_plan_file(plan_id=plan.plan_id, path=FILE, content=text, actor=as_root)
    again = configure(region, force=True)
    assert again.pk != plan.pk and again.files.get(path=FILE).edited_by == "root"
    settings.INSTALLER_FOUR_EYES = True
    with pytest.raises(Denied, match="olga made or changed"):
        approve_plan(plan_id=again.plan_id, actor=Actor("olga", "admin"))
    assert approve_plan(plan_id=again.plan_id, actor=Actor("eve", "admin")).decided_by == "eve"


UNSEEN = "\u00a0\u3000\u2000\u202e\u200b\ufeff\u2028\u0085\u00ad\u3164"


def test_a_character_that_nobody_sees_is_named_at_its_line(region: Region) -> None:
    plan = draft(region)
    line = content(plan)[: content(plan).index("## General")].count("\n") + 2
    for char in UNSEEN:
        with pytest.raises(Refused) as caught:
            edit(region, plan, "## General\n", f"## General\n{char}# checked $(id >/root/pwned) || :\n")
        [item] = caught.value.findings
        assert (item.code, item.file, item.line) == ("E10", FILE, line)
        assert item.detail.startswith(f"line {line} has U+{ord(char):04X}") and item.remedy


def test_every_such_character_is_named(region: Region) -> None:
    plan = draft(region)
    with pytest.raises(Refused) as caught:
        edit(region, plan, 'os_name="', 'os_name="\u00a0\u202e')
    assert [item.detail.split(" in ")[0].split(" has ")[1] for item in caught.value.findings] == [
        "U+00A0 NO-BREAK SPACE",
        "U+202E RIGHT-TO-LEFT OVERRIDE",
    ]
    assert caught.value.findings[0].remedy == "write an ordinary space"


def test_words_of_people_stay(region: Region) -> None:
    plan = draft(region)
    edited = edit(region, plan, "## General\n", "## General\n# 已核对：网关，“机房”（北京）\n")
    assert "# 已核对：网关，“机房”（北京）" in content(edited)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("## General\n", "\u00a0# checked $(id >/root/pwned) || :\n", r"line \d+ has U\+00A0 NO-BREAK SPACE"),
        ('hostname="pek3cr01n21"', 'hostname="pek3cr01n2\\1"', r"line \d+ is not key="),
    ],
)
def test_a_file_from_before_the_grammar_goes_to_no_node(
    region: Region, old: str, new: str, words: str
) -> None:
    """Send nothing of a file that an older release wrote, although its approval covers it."""
    plan = draft(region)
    text = content(plan).replace(old, new)
    plan.files.filter(path=FILE).update(content=text, edited_by="eve", rendered=content(plan))
    Plan.objects.filter(pk=plan.pk).update(content_hash=revisions.hash_now(plan)[0])
    plan.refresh_from_db()
    with pytest.raises(Refused, match=f"D17 .*{words}"):
        revisions.check_unchanged(plan)
    with pytest.raises(Refused, match=f"D17 .*{words}"):
        approve_plan(plan_id=plan.plan_id, actor=region.actor)
    nodes = list(Node.objects.filter(mgmt_address__in=plan.roles))
    with pytest.raises(Refused, match=f"D17 .*{words}"):
        work_of(PlanContent.of(plan), nodes)
