"""Whole machines as data files: sections in, the facts that matter out. Each file names its source."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from nodes.collection.assemble import assemble
from nodes.collection.frames import Section
from nodes.parsers.errors import FactsError
from tests.support.examples import examples
from tests.support.sections import sections

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
FAILED = re.compile(r"! (missing|failed) ([0-9]+) ?(.*)\n?")


def read_case(path: Path) -> tuple[str, dict[str, str | Section], dict[str, Any]]:
    head, *parts = re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert head.startswith("source: "), f"{path.name} does not say where it comes from"
    address = re.search(r"^mgmt: (\S+)$", head, re.MULTILINE)
    assert address is not None
    found: dict[str, str | Section] = {}
    for part in parts:
        name, _, body = part.partition("\n")
        broken = FAILED.match(body)
        if broken:
            status: Any = broken[1]
            found[name] = Section(name, status, int(broken[2]), body[broken.end() :], broken[3])
        else:
            found[name] = body
    expected = found.pop("expect")
    assert isinstance(expected, str)
    return address[1], found, json.loads(expected)


def value(found: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        found = getattr(found, name)
    return list(found) if isinstance(found, tuple) else found


def check(found: Any, expected: dict[str, Any], where: str) -> None:
    assert {key: value(found, key) for key in expected} == expected, where


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_facts_of_a_machine(path):
    address, given, expected = read_case(path)
    if "lsblk-pairs" not in given and isinstance(given.get("lsblk-json"), Section):
        pytest.fail("a case without lsblk's JSON needs its pairs")
    facts = assemble(sections(given), address)
    by_name = {"data_disks": facts.data_disks, "networks": facts.networks}
    for key, items in by_name.items():
        if key in expected:
            wanted = expected.pop(key)
            assert [item.name for item in items if item.name not in wanted] == []
            assert sorted(wanted) == sorted(item.name for item in items)
            for item in items:
                check(item, wanted[item.name], item.name)
    warnings = expected.pop("warnings", None)
    if warnings is not None:
        assert len(facts.warnings) == len(warnings), facts.warnings
        assert all(part in text for part, text in zip(warnings, facts.warnings, strict=True)), facts.warnings
    for key, wanted in expected.items():
        if isinstance(wanted, dict):
            found = value(facts, key)
            assert found is not None
            check(found, wanted, key)
        else:
            assert value(facts, key) == wanted


def test_the_same_sections_give_the_same_facts():
    address, given, _ = read_case(CASES[0])
    first, second = assemble(sections(given), address), assemble(sections(given), address)
    assert first == second
    assert dataclasses.asdict(first) == dataclasses.asdict(second)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
@examples(40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_machine_whose_tools_print_half_of_it(path, data):
    """Return facts or refuse, without any other exception, where one section has lines lost, doubled or swapped."""
    address, given_sections, _ = read_case(path)
    name = data.draw(st.sampled_from([key for key, text in given_sections.items() if isinstance(text, str)]))
    text = given_sections[name]
    assert isinstance(text, str)
    lines = text.splitlines()
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines) + 2)) if lines else []
    broken = "\n".join(kept) if data.draw(st.booleans()) else text[: data.draw(st.integers(0, len(text)))]
    try:
        facts = assemble(sections({**given_sections, name: broken}), address)
    except FactsError as error:
        assert str(error)
    else:
        assert facts.os_disk is not None or facts.data_disks or facts.warnings
