"""Plans: the demo's adoption and scale-out, the hash, refusal."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.zones.core.builders import (
    VARIABLES,
    codes,
    demo_scale,
    demo_zone,
    disk,
    documents,
    ks,
    node,
    settings_of,
    vg,
    world,
)
from zones.core.plan import content_hash, make_plan, roles_json


def test_adopting_records_the_vbc_that_is_given_and_allocates_none() -> None:
    control, first, second = ks(1), node(2), node(3)
    roles = {control: "ks/seed", first: "hyper-repl/hyper", second: "hyper-repl/hyper"}
    silent = make_plan(documents("adopt", settings_of(roles), VARIABLES), world(control, first, second))
    assert codes(silent.findings) == ["R07"] and silent.vbcs == ()
    assert "does not allocate networks to running machines" in silent.findings[0].detail
    vbc = {
        "mgmt_ips": [first.address, second.address],
        "ipv4_vbc": "10.10.50.0/24",
        "ipv4_vip": f"127.1.0.200|{first.address}",
    }
    content = settings_of(roles, qemu_version="2.11.1.1", vbc=[vbc])
    plan = make_plan(documents("adopt", content, VARIABLES), world(control, first, second))
    assert plan.ok, plan.findings
    (vbc,) = plan.vbcs
    assert (vbc.members, vbc.ipv4_network) == ((first.address, second.address), "10.10.50.0/24")
    assert (vbc.ipv4_vip, vbc.ipv4_master) == ("127.1.0.200", first.address)
    assert {item.path for item in plan.files if item.node_id} == {
        f"settings/{item.hostname}" for item in (control, first, second)
    }


def test_scaling_the_demo_zone_gives_three_new_vbcs_and_moves_none() -> None:
    plan = demo_scale()
    assert plan.ok, plan.findings
    assert plan.vbcs[0] == demo_zone().vbcs[0]
    assert [vbc.ipv4_network for vbc in plan.added_vbcs] == [
        "10.10.51.0/24",
        "10.10.52.0/24",
        "10.10.53.0/24",
    ]
    assert [vbc.ipv4_vip for vbc in plan.added_vbcs] == ["127.1.0.201", "127.1.0.202", "127.1.0.203"]
    assert [item.role for item in plan.roles] == ["vg"] + ["hyper-repl"] * 6
    paths = {item.path: item for item in plan.files}
    assert paths["nodes/hyper"].content.split() == [f"devops1ar01n{n:02d}" for n in (2, 3, 5, 6, 7, 8, 9, 10)]
    assert "settings/devops1ar01n02" not in paths, "a node in service is not rendered again"
    assert plan.content_hash == demo_scale().content_hash


def test_a_broken_rule_leaves_no_files() -> None:
    gateway = vg(4)
    content = settings_of({gateway: "vg/vgateway"})
    plan = make_plan(documents("scale", content), world(gateway, zones=(demo_zone(),)))
    assert not plan.ok
    assert codes(plan.findings) == ["R04"]
    assert plan.files == () and plan.vbcs == ()


def test_the_hash_covers_files_disks_host_keys_and_roles_and_not_their_order() -> None:
    plan = demo_scale()
    same = content_hash(
        reversed(plan.files),
        {key: tuple(reversed(value)) for key, value in reversed(plan.disk_identities.items())},
        dict(reversed(plan.host_keys.items())),
        dict(reversed(roles_json(plan.roles).items())),
    )
    assert same == plan.content_hash
    changed_file = [replace(plan.files[0], content=plan.files[0].content + "x"), *plan.files[1:]]
    first = next(key for key, value in plan.disk_identities.items() if value)
    other_disk = {**plan.disk_identities, first: ("another",)}
    other_key = {**plan.host_keys, first: "SHA256:other"}
    roles = roles_json(plan.roles)
    address = next(iter(roles))
    hashes = {
        plan.content_hash,
        content_hash(changed_file, plan.disk_identities, plan.host_keys, roles),
        content_hash(plan.files, other_disk, plan.host_keys, roles),
        content_hash(plan.files, plan.disk_identities, other_key, roles),
        *(
            content_hash(
                plan.files,
                plan.disk_identities,
                plan.host_keys,
                {**roles, address: {**roles[address], **other}},
            )
            for other in ({"role": "ks"}, {"sub_roles": ["seed"]}, {"pair": "10.0.0.1"})
        ),
    }
    assert len(hashes) == 7


def test_a_vg_has_no_disk_to_format_in_the_hash() -> None:
    plan = demo_scale()
    gateway = next(item for item in plan.roles if item.role == "vg")
    assert plan.disk_identities[gateway.node_id] == ()


def test_a_corrected_size_is_for_planning_and_not_for_recognising() -> None:
    seen = disk("sdb", size_gb=960)
    corrected = replace(seen, size_bytes=480 * 10**9, measured_bytes=seen.size_bytes)
    assert corrected.identity == seen.identity
    assert replace(seen, size_bytes=480 * 10**9).identity != seen.identity
