"""Remedies about configuration files themselves are followed as printed: the file is edited as they say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from tests.lab.installer.remedies.desk import MANUAL, SCALE, SETTINGS_D, VARIABLES_D, Desk, again, edited
from tests.lab.installer.remedies.stage import A11, A21, HYPERS, Stage
from tests.seen import seen
from zones.core.documents.tree import MAX_VALUES
from zones.models import Plan, PlanFile, Zone
from zones.services import revisions

pytestmark = pytest.mark.django_db(transaction=True)


def lines_named(stage: Stage, code: str, *command: str) -> list[int]:
    """Return the lines of the file that findings of this code are about."""
    return [
        int(line) for line in re.findall(rf"^{code} error \S+:(\d+):", stage.run(*command).err, re.MULTILINE)
    ]


@pytest.mark.remedy("D01")
@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_that_is_not_utf_8(scale: Desk, encoding: str) -> None:
    text = scale.texts[SCALE] + "# für später\n"
    scale.stage.file(SCALE, text.encode(encoding))
    assert scale.stage.refused("D01", *scale.command) in ("save it as UTF-8", "save the file as UTF-8")
    scale.stage.file(SCALE, text.encode())
    scale.stage.does(*scale.command)


@pytest.mark.remedy("D01")
def test_a_control_character(scale: Desk) -> None:
    remedy = "remove it, and check that this is a text file"
    scale.breaks_and_mends("D01", SCALE, remedy, ("zone_id: pek3c", "zone_id: pek3c\x1b"), "zone_id: pek3c")


@pytest.mark.remedy("D03")
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("  172.16.80.22: {", "   172.16.80.22: {"),
        ("21: {role: hyper-repl", "21: {role: 'hyper-repl"),
        ("zone_id: pek3c", "zone_id: [pek3c"),
        ("  172.16.80.22: {", "  172.16.80.22 {"),
        ("zone_id: pek3c", "zone_id pek3c"),
    ],
    ids=["indentation", "quote", "bracket", "colon", "colon of the line above"],
)
def test_a_text_that_is_not_yaml(scale: Desk, right: str, wrong: str) -> None:
    remedy = scale.broken("D03", SCALE, (right, wrong))
    at = scale.texts[SCALE].partition(right)[0].count("\n") + 1
    [named] = lines_named(scale.stage, "D03", *scale.command)
    if (
        remedy
        == "check the indentation, the quotes, the brackets and the colons of this line and the one above"
    ):
        assert named in (at, at + 1)
    else:
        assert (
            remedy
            == f"check the quotes, the brackets and the commas between line {at}, where one opens, and this line"
        )
    scale.saved(SCALE)


@pytest.mark.remedy("D03")
@pytest.mark.parametrize("later", ["", "'"], ids=["to the end", "to the next quote"])
def test_a_quote_that_opens_far_above(scale: Desk, later: str) -> None:
    """Name the line where the quote opens: the line at which the parser stops, and the one above, are correct."""
    spoken = ("22: {role: hyper-repl,", f"22: {{role: {later}hyper-repl{later},")
    remedy = scale.broken("D03", SCALE, ("zone_id: pek3c", "zone_id: 'pek3c"), spoken)
    assert re.findall(r"between line (\d+), where one opens", remedy) == ["1"]
    scale.saved(SCALE, spoken)


@pytest.mark.remedy("D05")
def test_a_key_that_stands_twice(scale: Desk) -> None:
    wrong = "zone_id: pek3c\nzone_id: pek3c"
    scale.breaks_and_mends("D05", SCALE, "remove one of the two", ("zone_id: pek3c", wrong), "zone_id: pek3c")


@pytest.mark.remedy("D05")
def test_an_address_that_stands_twice_in_two_forms(scale: Desk) -> None:
    first = "  172.16.80.21: {role: hyper-repl, sub_roles: []}"
    both = f"{first}\n  '172.16.80.21 ': {{role: hyper-repl, sub_roles: []}}"
    scale.breaks_and_mends("D05", SCALE, "remove one of the two", (first, both), first)


@pytest.mark.remedy("D06")
def test_an_anchor(scale: Desk) -> None:
    first, second = (f"172.16.80.{number}: {{role: hyper-repl, sub_roles: []}}" for number in (21, 22))
    wrong = (first, first.replace(": {", ": &hyper {")), (second, "172.16.80.22: *hyper")
    assert scale.broken("D06", SCALE, *wrong) == "write the values out"
    scale.saved(SCALE)


@pytest.mark.remedy("D07")
def test_a_second_document(scale: Desk, zone: Desk) -> None:
    """Refuse two zones in one file; each in a file of its own, both are accepted in one call."""
    stage = scale.stage
    both = stage.file(SETTINGS_D, f"{zone.texts[SETTINGS_D]}---\n{scale.texts[SCALE]}")
    assert stage.refused("D07", *zone.command) == "keep one document per file"
    stage.file(SETTINGS_D, zone.texts[SETTINGS_D])
    stage.does(*zone.command[:-1], f"{both},{stage.file(SCALE, scale.texts[SCALE])}")


@pytest.mark.remedy("D07")
@pytest.mark.parametrize(
    ("remedy", "right", "wrong"),
    [
        ("write a plain value", "zone_id: pek3c", "zone_id: !!str pek3c"),
        ("write a plain key", "  172.16.80.22: {", "  ? [172.16.80.22]\n  : {"),
        (
            "write the values out",
            "22: {role: hyper-repl, sub_roles: []}",
            "22: {<<: {role: hyper-repl}, sub_roles: []}",
        ),
    ],
    ids=["tag", "list as key", "merge key"],
)
def test_yaml_beyond_plain_data(scale: Desk, remedy: str, right: str, wrong: str) -> None:
    scale.breaks_and_mends("D07", SCALE, remedy, (right, wrong), right)


@pytest.mark.remedy("D08")
def test_brackets_that_are_never_closed(scale: Desk) -> None:
    right, wrong = "sub_roles: []}\n  172.16.80.22", f"sub_roles: {'[' * 20}]}}\n  172.16.80.22"
    remedy = "check the brackets and the indentation"
    scale.breaks_and_mends("D08", SCALE, remedy, (right, wrong), right)


@pytest.mark.remedy("D09")
@pytest.mark.parametrize(
    ("remedy", "right", "wrong"),
    [
        ("write 'key: value' lines", "22: {role: hyper-repl, sub_roles: []}", "22: hyper-repl"),
        (
            "write a list: [a, b]",
            "22: {role: hyper-repl, sub_roles: [hyper]}",
            "22: {role: hyper-repl, sub_roles: hyper}",
        ),
        (
            "write one value",
            "22: {role: hyper-repl, sub_roles: []}",
            "22: {role: [hyper-repl], sub_roles: []}",
        ),
    ],
)
def test_a_type_that_the_field_does_not_have(scale: Desk, remedy: str, right: str, wrong: str) -> None:
    kept = "22: {role: hyper-repl, sub_roles: []}"
    assert scale.broken("D09", SCALE, (kept, wrong)) == remedy
    scale.saved(SCALE, (kept, right))


@pytest.mark.remedy("D09")
@pytest.mark.parametrize(
    ("remedy", "right", "wrong"),
    [
        ("write a number from 1 to 64", "vbc_group_size: 2", "vbc_group_size: two"),
        ("write one value or a list", "boss_domain: example.com", "boss_domain: {name: example.com}"),
    ],
)
def test_a_type_that_a_variable_does_not_have(zone: Desk, remedy: str, right: str, wrong: str) -> None:
    here = "base:\n"
    before = f"boss: {{deploy_boss: 1, {wrong}}}\n{here}" if "boss" in wrong else here
    inside = "" if "boss" in wrong else f"  {wrong}\n"
    old = "advance:\n"
    assert zone.broken("D09", VARIABLES_D, (here, before), (old, old + inside)) == remedy
    before, inside = before.replace(wrong, right), inside.replace(wrong, right)
    zone.saved(VARIABLES_D, (here, before), (old, old + inside))


@pytest.fixture
def manual(zone: Desk) -> Desk:
    """Provide the zone whose VBC a person gives."""
    zone.texts[VARIABLES_D] = edited(
        zone.texts[VARIABLES_D], ("installer_allocate_vbc: 1", "installer_allocate_vbc: 0")
    )
    zone.texts[SETTINGS_D] += MANUAL
    for name, text in zone.texts.items():
        zone.stage.file(name, text)
    zone.stage.does(*zone.command)
    return zone


@pytest.mark.remedy("D09", "D13", "D14")
@pytest.mark.parametrize(
    ("code", "remedy", "right", "wrong"),
    [
        ("D09", "write VIP|Master, with the management address of the Master", "231|172.16.80.32", "231"),
        ("D13", "write an IPv4 address", "172.16.80.231|", "fd00::231|"),
        ("D13", "correct it", "172.16.80.231|", "172.16.80.2311|"),
        ("D13", "correct it", "mgmt_ips: [172.16.80.32,", "mgmt_ips: [172.16.80.032,"),
        ("D13", "write an IPv4 value", "mgmt_ips: [172.16.80.32,", "mgmt_ips: ['fd00::32',"),
        ("D14", "correct it", "10.20.50.0/24", "10.20.50.7/24"),
        ("D14", "write an IPv4 value", "10.20.50.0/24", "fd00::/64"),
    ],
)
def test_a_vbc_that_is_misspelt(manual: Desk, code: str, remedy: str, right: str, wrong: str) -> None:
    manual.breaks_and_mends(code, SETTINGS_D, remedy, (right, wrong), right)


@pytest.mark.remedy("D11")
@pytest.mark.parametrize("content", ["", "# nothing yet\n", "{}\n"])
def test_an_empty_file(scale: Desk, content: str) -> None:
    stage, filled = scale.stage, scale.texts[SCALE]
    stage.file(SCALE, content)
    assert stage.refused("D11", *scale.command) == "fill in the template"
    (stage.folder / SCALE).unlink()
    stage.does("copy_template", "-z", "pek3c", "-t", "scale_settings", "-o", str(stage.folder))
    scale.texts[SCALE] = (stage.folder / SCALE).read_text()
    scale.saved(SCALE, ("\nroles: {}\n", filled.partition("zone_id: pek3c")[2]))


@pytest.mark.remedy("D11")
@pytest.mark.parametrize("content", ["", "{}\n"])
def test_an_empty_file_of_variables(zone: Desk, content: str) -> None:
    stage, filled = zone.stage, zone.texts[VARIABLES_D]
    stage.file(VARIABLES_D, content)
    assert stage.refused("D11", *zone.command) == "fill in the template"
    (stage.folder / VARIABLES_D).unlink()
    stage.does("copy_template", "-z", "pek3d", "-t", "variables", "-o", str(stage.folder))
    zone.texts[VARIABLES_D] = (stage.folder / VARIABLES_D).read_text()
    own = re.findall(r"^  (\w+): (\S.*)$", filled.replace("common: {", "common:\n  "), re.MULTILINE)
    changes = [("region_id: ''", "region_id: pek3")]
    for key, value in own:
        if key != "region_id":
            [line] = re.findall(rf"^  {key}: .*$", zone.texts[VARIABLES_D], re.MULTILINE)
            changes.append((f"\n{line}\n", f"\n  {key}: {value}\n"))
    zone.saved(VARIABLES_D, *changes)


@pytest.mark.remedy("D11")
@pytest.mark.parametrize(
    ("remedy", "right", "wrong"),
    [
        ("fill it in, for example pek3b", "zone_id: pek3c\n", ""),
        ("fill it in, for example pek3b", "zone_id: pek3c\n", "zone_id: ''\n"),
        ("write {role: ..., sub_roles: [...]}", "22: {role: hyper-repl, sub_roles: []}", "22:"),
        (
            "write role: hyper-pair, hyper-repl, hyper-sanc, vg or ks",
            "22: {role: hyper-repl, sub_roles: []}",
            "22: {sub_roles: []}",
        ),
    ],
)
def test_what_must_be_filled(scale: Desk, remedy: str, right: str, wrong: str) -> None:
    scale.breaks_and_mends("D11", SCALE, remedy, (right, wrong), right)


@pytest.mark.remedy("D11")
def test_nobody_has_a_role(scale: Desk) -> None:
    text = scale.texts[SCALE]
    scale.texts[SCALE] = "zone_id: pek3c\nroles: {}\n"
    assert scale.broken("D11", SCALE) == "add each node by its management address"
    scale.texts[SCALE] = text
    scale.saved(SCALE)


@pytest.mark.remedy("D11")
@pytest.mark.parametrize(
    "mended", [MANUAL, MANUAL.replace("vbc:\n", "vbc:\n  -\n")], ids=["removed", "filled in"]
)
def test_a_vbc_without_anything(manual: Desk, mended: str) -> None:
    """Advise to fill in an empty item or to remove it: one item too many, or one not filled in yet."""
    change = ("vbc:\n", "vbc:\n  -\n")
    assert manual.broken("D11", SETTINGS_D, change) == "fill it in or remove it"
    if mended == MANUAL:
        manual.saved(SETTINGS_D)
        return
    one, two = (
        MANUAL.replace("172.16.80.32, 172.16.80.33", "172.16.80.33").replace(
            "231|172.16.80.32", "231|172.16.80.33"
        ),
        "{mgmt_ips: [172.16.80.32], ipv4_vbc: 10.20.51.0/24, ipv4_vip: 172.16.80.232|172.16.80.32}",
    )
    manual.saved(SETTINGS_D, (MANUAL, one.replace("vbc:\n", f"vbc:\n  - {two}\n")))


@pytest.mark.remedy("D11")
@pytest.mark.parametrize(
    ("remedy", "line"),
    [
        ("fill it in", "  deploy_mode: devops\n"),
        ("fill it in, for example 10.10.0.0/16", "  vm_base_network: 10.20.0.0/16\n"),
    ],
)
def test_a_variable_that_must_be_filled(zone: Desk, remedy: str, line: str) -> None:
    zone.breaks_and_mends("D11", VARIABLES_D, remedy, (line, ""), line)


@pytest.mark.remedy("D12")
@pytest.mark.parametrize("word", ["no", "1:30", "0x10"])
def test_a_word_that_yaml_reads_as_something_else(zone: Desk, word: str) -> None:
    here = "console_id: qingcloud"
    remedy = zone.broken("D12", VARIABLES_D, (here, f"console_id: {word}"))
    [quoted] = re.findall(r"^write (.*) in quotes$", remedy)
    assert quoted == f"'{word}'"
    zone.saved(VARIABLES_D, (here, f"console_id: {quoted}"))


@pytest.mark.remedy("D12", "D15")
@pytest.mark.parametrize(("code", "word"), [("D12", "yes"), ("D12", "01"), ("D15", "2")])
def test_a_number_that_is_none(zone: Desk, code: str, word: str) -> None:
    here = "is_global_zone: 0"
    remedy = zone.broken(code, VARIABLES_D, (here, f"is_global_zone: {word}"))
    [low, high] = re.findall(r"^write a number from (\d+) to (\d+)$", remedy)[0]
    assert (low, high) == ("0", "1")
    zone.saved(VARIABLES_D, (here, f"is_global_zone: {low}"))


@pytest.mark.remedy("D15")
def test_a_word_outside_the_list(scale: Desk) -> None:
    here = "22: {role: hyper-repl"
    for word in ("hyper-rpl", "compute"):
        remedy = scale.broken("D15", SCALE, (here, f"22: {{role: {word}"))
        meant = (
            re.findall(r"did you mean '(\S+)'\?", remedy) or remedy.partition("allowed: ")[2].split(", ")[1:2]
        )
        scale.saved(SCALE, (here, f"22: {{role: {meant[0]}"))


@pytest.mark.remedy("D15")
def test_a_zone_id_that_is_none(zone: Desk) -> None:
    """Accept the zone once both files are renamed with it: R15 compares the name of a file with its content."""
    stage, command = zone.stage, [*zone.command]
    for name, text in zone.texts.items():
        zone.texts[name] = text.replace("zone_id: pek3d", "zone_id: PEK_3D")
        stage.file(name, zone.texts[name])
    assert stage.refused("D15", *command) == "use lowercase letters, digits and hyphens"
    for name, text in zone.texts.items():
        path = stage.file(name.replace("pek3d", "pek-3d"), text.replace("PEK_3D", "pek-3d"))
        command = [path if word.endswith(f"/{name}") else word for word in command]
    stage.does(*command)


@pytest.mark.remedy("D15")
def test_a_version_of_qemu_that_is_none(scale: Desk) -> None:
    scale.texts[SCALE] += "qemu_version: qemu-6\n"
    remedy = scale.broken("D15", SCALE)
    [example] = re.findall(r"^use numbers and dots: (\S+)$", remedy)
    scale.saved(SCALE, ("qemu-6", example))


def as_advised(text: str, err: str) -> str:
    """Return the text with each character that D16 names treated as advised."""
    lines = text.split("\n")
    # From the end of a line on: what is taken out moves what comes after it.
    found = re.findall(r"^D16 error .*?line (\d+) .*? in columns? ([\d, ]+) -> (.*)$", err, re.MULTILINE)
    places = sorted(
        ((int(line), int(at), remedy) for line, at_all, remedy in found for at in at_all.split(",")),
        reverse=True,
    )
    for line, at, remedy in places:
        instead = {
            "write an ordinary space": " ",
            "remove it": "",
            "start a new line in its place": "\n",
        }.get(remedy)
        if instead is None:
            sign, _, where = remedy.removeprefix("write ").partition(" ")
            instead = {"": sign, "followed by a space": f"{sign} ", "preceded by a space": f" {sign}"}[where]
        lines[line - 1] = lines[line - 1][: at - 1] + instead + lines[line - 1][at:]
    assert places
    return "\n".join(lines)


@pytest.mark.remedy("D16")
@pytest.mark.parametrize(
    ("right", "pasted"),
    [
        ("zone_id: pek3c", "zone_id\uff1apek3c"),
        ("zone_id: pek3c", "zone_id:\u00a0pek3c"),
        ("zone_id: pek3c", "zone_id: pek\u200b3c"),
        ("zone_id: pek3c", "zone_id: р\u0435k3c"),
        ("zone_id: pek3c\n", "zone_id: pek3c\u2028"),
        ("zone_id: pek3c\n", "zone_id: pek3c # \u202eabc\n"),
        ("\n  172.16.80.22: {", "\n\u3000\u3000172.16.80.22: {"),
        (
            "22: {role: hyper-repl, sub_roles: []}",
            "22: \uff5brole\uff1ahyper-repl\uff0csub_roles: \uff3b\uff3d\uff5d",
        ),
        (
            "{role: hyper-repl, sub_roles: []}\n  172.16.80.22",
            "{role: \u201chyper-repl\u201d, sub_roles: []}\n  172.16.80.22",
        ),
        (
            "{role: hyper-repl, sub_roles: []}\n  172.16.80.22",
            "{role:\u201chyper-repl\u201d, sub_roles:\uff3b\uff3d}\n  172.16.80.22",
        ),
        ("172.16.80.22: {role: hyper-repl", "172\uff0e16\uff0e80\uff0e22: {role: hyper\u2013repl"),
    ],
)
def test_words_pasted_from_a_chat(scale: Desk, right: str, pasted: str) -> None:
    """Replace each character exactly as the refusal says; the file is then the intended one."""
    stage, text = scale.stage, edited(scale.texts[SCALE], (right, pasted))
    stage.file(SCALE, text)
    stage.refused("D16", *scale.command)
    stage.file(SCALE, as_advised(text, stage.run(*scale.command).err))
    stage.does(*scale.command)


@pytest.mark.remedy("D16")
def test_a_list_of_addresses_pasted_from_a_chat(stage: Stage) -> None:
    first = "10\u30020\u30020\u30021\n10.0.0.2\u00a0\uff03 rack 1\n"
    text = f"{first}\u200b10.0.0.3\n10.0.0.4\uff0c10.0.0.5\n10.0.0.6\u201410.0.0.8\n"
    command = "add_nodes", "-I", stage.file("list", text)
    stage.refused("D16", *command)
    stage.file("list", as_advised(text, stage.run(*command).err))
    done = stage.does(*command)
    assert all(f"10.0.0.{number}" in done.out + done.err for number in (1, 8))


@pytest.mark.remedy("D16")
@pytest.mark.parametrize(
    ("command", "pasted", "meant"),
    [
        (("describe_nodes", "-i"), "172.16.80.1\uff11", "172.16.80.11"),
        (("show_plan", "-z"), "р\u0435k3c", "pek3c"),
        (("show_plan",), "pek3c\u20131", "pek3c-1"),
        (("modify_node_attributes", "-s", "0", "-i", "172.16.80.11", "-d"), "\u200bsdb", "sdb"),
        (("dump_vbc_route",), "al\u200bl", "all"),
    ],
)
def test_a_name_pasted_from_a_chat(stage: Stage, command: tuple[str, ...], pasted: str, meant: str) -> None:
    stage.refused("D16", *command, pasted)
    err = stage.run(*command, pasted).err
    found = re.findall(r"^D16 error .*?has .*? in columns? (\d+) -> (.*)$", err, re.MULTILINE)
    word = pasted
    for at, remedy in sorted(found, key=lambda item: -int(item[0])):
        instead = "" if remedy == "remove it" else remedy.removeprefix("write ")
        word = word[: int(at) - 1] + instead + word[int(at) :]
    assert word == meant
    stage.does(*command, word)


@pytest.mark.remedy("D02")
def test_a_file_that_is_something_else_sent_to_the_api(scale: Desk, operator: APIClient) -> None:
    """Refuse such a file over REST as well; a shell checks the size itself (C02)."""

    def sent(text: str) -> Any:
        body = {"settings": SimpleUploadedFile(SCALE, text.encode()), "check": "true"}
        return operator.post("/api/v1/plans/", body, format="multipart")

    refused = sent("# " + "x" * 1_000_000)
    assert refused.status_code == 400
    [finding] = [item for item in refused.json()["findings"] if item["code"] == "D02"]
    assert finding["remedy"] == "check that it is the right file"
    assert sent(scale.texts[SCALE]).status_code == 200


@pytest.mark.remedy("D08")
def test_a_file_of_a_hundred_thousand_words(scale: Desk) -> None:
    text = scale.texts[SCALE]
    scale.texts[SCALE] = f"[{'x,' * MAX_VALUES}x]"
    assert scale.broken("D08", SCALE) == "check that it is the right file"
    scale.texts[SCALE] = text
    scale.saved(SCALE)


def unreadable(plan: str) -> str:
    """Leave a settings file in the plan that an older release accepted and approved; return its path."""
    file = PlanFile.objects.get(plan__plan_id=plan, path__startswith="settings/", address=A21)
    text = "\u00a0# checked\n" + file.content
    PlanFile.objects.filter(pk=file.pk).update(content=text, edited_by="eve", rendered=file.content)
    found = Plan.objects.get(plan_id=plan)
    Plan.objects.filter(pk=found.pk).update(content_hash=revisions.hash_now(found)[0])
    return file.path


@pytest.mark.remedy("D17")
def test_approving_a_plan_of_an_older_release(stage: Stage) -> None:
    plan = stage.draft()
    unreadable(plan)
    remedy = stage.refused("D17", "approve_plan", plan, "--hash", seen(plan))
    stage.follow(remedy, "config_qingcloud", **{SCALE: stage.scale()})
    stage.approve(str(Plan.objects.get(status="draft").plan_id))


@pytest.mark.remedy("D17")
def test_scaling_by_a_plan_of_an_older_release(stage: Stage) -> None:
    plan = stage.approve(stage.draft())
    unreadable(plan)
    command = "scale_qingcloud", "-z", "pek3c", "-i", *(f"172.16.80.{number}" for number in HYPERS)
    remedy = stage.refused("D17", *command)
    stage.follow(remedy, "config_qingcloud", **{SCALE: stage.scale()})
    stage.approve(str(Plan.objects.get(status="draft").plan_id))
    stage.does(*command)


@pytest.mark.remedy("D17")
@pytest.mark.parametrize("way", ["edit the file in the plan", "configure again"])
def test_node_lists_of_a_plan_of_an_older_release(stage: Stage, way: str) -> None:
    plan = stage.draft()
    path = unreadable(plan)
    command = "gen_node_list", "-z", "pek3c"
    assert way in stage.refused("D17", *command)
    if way == "configure again":
        stage.does("config_qingcloud", "-s", stage.scale())
    else:
        text = PlanFile.objects.get(plan__plan_id=plan, path=path).content
        edited_file = stage.file("edited", text.replace("\u00a0# checked", "# checked"))
        stage.does("edit_plan_file", plan, path, "-I", edited_file, "--hash", seen(plan))
    stage.does(*command)


@pytest.mark.remedy("D18")
def test_an_interface_that_no_settings_file_can_carry(scale: Desk) -> None:
    node = Node.objects.get(mgmt_address=A21)
    node.interfaces.filter(name="bond0").update(name="bond\u00e9")
    Node.objects.filter(pk=node.pk).update(mgmt_interface="bond\u00e9")
    remedy = scale.broken("D18", SCALE)
    assert remedy == "rename it on the node, and collect the node again"
    node.interfaces.filter(name="bond\u00e9").update(name="bond0")
    Node.objects.filter(pk=node.pk).update(mgmt_interface="bond0")
    scale.stage.does("collect_nodes", "-i", A21)
    scale.stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(pk=node.pk).update(status=NodeStatus.AVAILABLE)
    scale.saved(SCALE)


@pytest.mark.remedy("D18")
def test_a_neighbour_in_service_whose_host_name_is_none(scale: Desk) -> None:
    """Refuse an invalid host name of a node in service: the host list of the new nodes contains it."""
    Node.objects.filter(mgmt_address=A11).update(hostname="pek3c_old")
    remedy = scale.broken("D18", SCALE)
    assert remedy == "correct it at its source (the node, or the configuration file), then try again"
    Node.objects.filter(mgmt_address=A11).update(hostname="pek3cr01n11")
    scale.stage.does("collect_nodes", "-i", A11, "--force")
    scale.saved(SCALE)


@pytest.mark.remedy("D11", "D13", "D15")
@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("D11", {"mgmt_network_gateway": ""}),
        ("D13", {"mgmt_network_gateway": "172.16.80"}),
        ("D15", {"network_mode": "vxlan"}),
    ],
)
def test_stored_variables_that_cannot_be_read(scale: Desk, code: str, change: dict[str, str]) -> None:
    """Configure the zone again where its stored variables are unreadable: scaling has no file to correct."""
    zone = Zone.objects.get(zone_id="pek3c")
    zone.variables["base"].update(change)
    zone.save(update_fields=["variables"])
    again(scale, scale.broken(code, SCALE))
    scale.saved(SCALE)
