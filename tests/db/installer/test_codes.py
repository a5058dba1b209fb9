"""Codes: each one that is built is registered, has one meaning and a page; each registered one is built."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from common.codes import CODES
from common.codes.pages import pages
from common.codes.registry import Code, by_code
from tests.support.sources import ROOT, each
from zones.core.rules.examples import example_files

FOLDER = ROOT / "docs" / "codes"
# A code by itself, or at the beginning of a sentence.
_BUILT = re.compile(r"([A-Z][0-9]{2})(?: .*)?", re.DOTALL)


def built() -> Iterator[tuple[str, str]]:
    """Find every text of the product that is a code or begins with one, and its file."""
    for path, item in each(ast.Constant):
        if path.parent == ROOT / "common" / "codes" and path.name != "__init__.py":
            continue
        if isinstance(item.value, str) and (found := _BUILT.fullmatch(item.value)):
            yield found[1], str(path.relative_to(ROOT))


def test_what_is_built_is_registered_and_what_is_registered_is_built() -> None:
    places = dict(built())
    assert {code: place for code, place in places.items() if code not in CODES} == {}, "registered nowhere"
    assert set(CODES) - set(places) == set(), "never built"


def test_each_code_says_what_it_means_when_it_is_said_and_what_to_do() -> None:
    for code in CODES.values():
        assert code.title and not code.title.endswith("."), code.code
        assert code.cause.endswith(".") and code.remedy.endswith((".", "?")), code.code
        assert code.example.startswith(f"{code.code} ") or code.code == "R20", code.code


def test_a_code_has_one_meaning() -> None:
    with pytest.raises(ValueError, match="two meanings"):
        by_code((Code("A01", "a", "b", "c"),), (Code("A01", "d", "e", "f"),))
    with pytest.raises(ValueError, match="two digits"):
        Code("A1", "a", "b", "c")


def test_the_committed_pages_are_current() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*")}
    assert committed == pages(example_files()), "run python scripts/code_pages.py and look at the difference"


def test_the_command(run) -> None:
    text = run("explain", "r02", "--format", "table").out
    assert text.startswith("R02 error: ") and "What to do: " in text
    assert run("explain", "R02", "--format", "json").json["code"] == "R02"
    assert len(run("explain", "--format", "json").json) == len(CODES)
    unknown = run("explain", "R99")
    assert unknown.code == 2 and unknown.err.startswith("C18 error")


@pytest.mark.remedy("C18")
def test_a_code_that_is_not_there_is_looked_up_in_the_list(run) -> None:
    remedy = run("explain", "R99").err.partition(" -> ")[2]
    assert remedy.startswith("explain without a code")
    assert "R02" in run("explain").out


def test_rest(viewer: APIClient) -> None:
    assert [row["code"] for row in viewer.get("/api/v1/codes/").json()] == list(CODES)
    answer = viewer.get("/api/v1/codes/R02/")
    assert answer.status_code == 200 and answer.json() == CODES["R02"].as_dict()
    assert viewer.get("/api/v1/codes/R99/").status_code == 404


def test_pages(admin_client: Client) -> None:
    listed = admin_client.get(reverse("codes")).content.decode()
    assert reverse("code", args=["R02"]) in listed
    page = admin_client.get(reverse("code", args=["R02"])).content.decode()
    assert CODES["R02"].title in page and "What to do" in page
    assert admin_client.get(reverse("code", args=["R99"])).status_code == 404
