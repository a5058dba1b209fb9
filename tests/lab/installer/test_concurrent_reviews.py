"""Two people on one plan: whoever read it before the other one changed it decides and overwrites nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from common.models import AuditEntry
from tests import factories
from tests.support import demo
from zones.core.edits import file_hash
from zones.models import Plan, PlanFile, Role, VbcAssignment

pytestmark = pytest.mark.django_db
PATH = f"settings/{demo.ZONE}r01n14"
HOSTS = "hosts"
LEAVES = "127.1.0.17"
FACES = ("form", "rest", "command")
OLD, NEW = 'os_version="20.04"', 'os_version="20.04.6"'


@pytest.fixture
def plan(run: Any, tmp_path: Any, data_dir: Any) -> Plan:
    """Make a draft that adds four hypers."""
    return demo.draft(run, tmp_path)


class Person:
    """A person at one face, who looks at a plan first and acts later on what they saw."""

    def __init__(self, name: str, face: str, run: Any, folder: Any) -> None:
        user = factories.make_user(name, "approver")
        self.face, self.run, self.folder = face, run, folder
        self.browser, self.client = Client(), APIClient()
        self.browser.force_login(user)
        self.client.force_authenticate(user)

    def look(self, plan: Plan) -> None:
        """Open everything that a verb could follow from."""
        now = Plan.objects.get(pk=plan.pk)
        file = plan.files.get(path=PATH)
        self.plan, self.hash, self.status = now, now.content_hash, now.status
        self.text, self.file_hash = file.content, file_hash(file.content)
        if self.face == "form":
            self.fields = {
                view: _fields(self.browser.get(self._page(view)).content.decode())
                for view in ("change", "edit", "leave_out")
            }
        elif self.face == "rest":
            answer = self.client.get(f"/api/v1/plans/{now.plan_id}/")
            assert answer["ETag"].startswith(f'"{self.hash}.')
            answer = self.client.get(f"/api/v1/plans/{now.plan_id}/file/?path={PATH}")
            self.etag = answer["ETag"]
            assert self.etag == f'"{self.file_hash}"' and answer.json()["content_hash"] == self.file_hash

    def act(self, verb: str) -> tuple[int, str]:
        """Give the verb on what was seen; return the HTTP status, or its equivalent, and the whole answer."""
        return getattr(self, f"_{self.face}")(verb)  # type: ignore[no-any-return]

    def _page(self, view: str) -> str:
        where = reverse(f"admin:zones_plan_{view}", args=[self.plan.plan_id])
        return f"{where}?{urlencode({'path': PATH})}" if view == "edit" else where

    def _form(self, verb: str) -> tuple[int, str]:
        view, more = {
            "approve": ("decide", {"decision": "approve"}),
            "reject": ("decide", {"decision": "reject"}),
            "edit": ("edit", {"content": self.text.replace(OLD, NEW)}),
            "leave_out": ("leave_out", {"address": LEAVES}),
        }[verb]
        seen = self.fields["change" if view == "decide" else view]
        answer = self.browser.post(self._page(view), {**seen, **more}, follow=True)
        return answer.status_code, answer.content.decode()

    def _rest(self, verb: str) -> tuple[int, str]:
        path, body, headers = {
            "approve": ("approve", {"content_hash": self.hash}, {}),
            "reject": ("reject", {"content_hash": self.hash, "seen_status": self.status}, {}),
            "edit": (
                "edit-file",
                {"path": PATH, "content": self.text.replace(OLD, NEW)},
                {"HTTP_IF_MATCH": self.etag},
            ),
            "leave_out": ("leave-out", {"addresses": [LEAVES]}, {"HTTP_IF_MATCH": f'"{self.hash}"'}),
        }[verb]
        answer = self.client.post(
            f"/api/v1/plans/{self.plan.plan_id}/{path}/", body, format="json", **headers
        )
        return answer.status_code, answer.content.decode()

    def _command(self, verb: str) -> tuple[int, str]:
        file = self.folder / "edited"
        file.write_text(self.text.replace(OLD, NEW))
        words = {
            "approve": ("approve_plan", self.plan.plan_id, "--hash", self.hash),
            "reject": ("reject_plan", self.plan.plan_id, "--hash", self.hash),
            "edit": ("edit_plan_file", self.plan.plan_id, PATH, "-I", file, "--hash", self.file_hash),
            "leave_out": ("leave_out_nodes", self.plan.plan_id, "--hash", self.hash, "-i", LEAVES),
        }[verb]
        done = self.run(*words)
        return {0: 200, 2: 400, 3: 409}[done.code], done.err + done.out


def _fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's forms, as a browser would send them."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: value for name, value in found if name in ("content_hash", "seen_status", "made_from")}


def everything(plan: Plan) -> Any:
    """Return all that a verb could change."""
    return (
        [model_to_dict(item) for item in Plan.objects.order_by("pk")],
        list(PlanFile.objects.order_by("pk").values()),
        list(Role.objects.order_by("pk").values()),
        list(VbcAssignment.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


@pytest.fixture
def people(run: Any, tmp_path: Any) -> Callable[[str, str], tuple[Person, Person]]:
    return lambda first, second: (
        Person("first-person", first, run, tmp_path),
        Person("second-person", second, run, tmp_path),
    )


@pytest.mark.parametrize("second", FACES)
@pytest.mark.parametrize("first", FACES)
@pytest.mark.parametrize("verb", ["approve", "reject", "edit", "leave_out"])
def test_what_changed_since_it_was_looked_at_is_shown_and_nothing_is_done(
    plan: Plan, people: Any, first: str, second: str, verb: str
) -> None:
    one, two = people(first, second)
    one.look(plan)
    two.look(plan)
    assert one.act("edit")[0] == 200
    before = everything(plan)
    two.text = two.text.replace('role="hyper-repl"', 'role="hyper-sanc"')
    status, said = two.act(verb)
    assert status == 409, said
    assert "P77" in said if verb == "edit" else "P75" in said
    who = "first-person" if first != "command" else AuditEntry.objects.order_by("pk").last().actor
    assert who in said and "UTC" in said, "by whom and when"
    assert NEW in said.replace("&quot;", '"').replace('\\"', '"') and PATH in said, "what changed"
    assert everything(plan) == before
    # Whoever looks again goes on.
    two.look(plan)
    two.text = two.text.replace(NEW, OLD)
    assert two.act(verb)[0] == 200


@pytest.mark.parametrize("second", FACES)
@pytest.mark.parametrize("verb", ["approve", "reject", "edit", "leave_out"])
def test_a_plan_that_was_left_smaller_is_not_the_one_that_was_seen(
    plan: Plan, people: Any, second: str, verb: str
) -> None:
    one, two = people("rest", second)
    one.look(plan)
    two.look(plan)
    assert one.act("leave_out")[0] == 200
    before = everything(plan)
    status, said = two.act(verb)
    if verb == "edit":
        assert status == 200, "the text of this file is the one that was seen"
        return
    assert status == 409 and "first-person left nodes out" in said, said
    assert f"1 node left out: {demo.ZONE}r01n17 ({LEAVES})" in said
    assert everything(plan) == before


@pytest.mark.parametrize("second", FACES)
def test_two_approvers_of_one_draft(plan: Plan, people: Any, second: str) -> None:
    one, two = people("form", second)
    one.look(plan)
    two.look(plan)
    assert one.act("approve")[0] == 200
    before = everything(plan)
    status, said = two.act("approve")
    assert status == 409 and "first-person approved it at" in said
    assert everything(plan) == before


@pytest.mark.parametrize("second", ["form", "rest"])
@pytest.mark.parametrize("verb", ["reject", "leave_out", "edit"])
def test_a_draft_that_was_approved_meanwhile_keeps_its_approval(
    plan: Plan, people: Any, second: str, verb: str
) -> None:
    one, two = people("form", second)
    one.look(plan)
    two.look(plan)
    assert one.act("approve")[0] == 200
    if second == "form" or verb == "reject":
        before = everything(plan)
        status, said = two.act(verb)
        assert status == 409 and "first-person approved it at" in said, said
        assert everything(plan) == before


def smaller(folder: Path) -> Path:
    """Return the settings file of the plan with two nodes fewer."""
    file = folder / f"scale_settings.{demo.ZONE}.yaml"
    content = yaml.safe_load(file.read_text())
    for address in ("127.1.0.16", "127.1.0.17"):
        del content["roles"][address]
    file.write_text(yaml.safe_dump(content))
    return file


@pytest.mark.parametrize("second", FACES)
@pytest.mark.parametrize("verb", ["approve", "reject", "edit", "leave_out"])
def test_a_plan_that_was_made_anew_meanwhile(
    plan: Plan, people: Any, run: Any, tmp_path: Any, second: str, verb: str
) -> None:
    _, two = people("form", second)
    two.look(plan)
    scale = smaller(tmp_path)
    made = run("config_qingcloud", "-s", scale)
    assert made.code == 0, made.err
    newer = made.json[0]["plan_id"]
    before = everything(plan)
    status, said = two.act(verb)
    assert status == 409 and "P75" in said and f"made {newer} at" in said, said
    assert f"plan {plan.plan_id} was superseded: " in said, said
    assert f"2 nodes left out: {demo.ZONE}r01n16 (127.1.0.16), {demo.ZONE}r01n17 (127.1.0.17)" in said
    assert everything(plan) == before


def test_the_command_looks_at_the_newest_plan_of_a_zone_and_says_that_it_is_another(
    plan: Plan, run: Any, tmp_path: Any
) -> None:
    seen = plan.content_hash
    scale = smaller(tmp_path)
    newer = run("config_qingcloud", "-s", scale).json[0]["plan_id"]
    refused = run("approve_plan", "-z", demo.ZONE, "--hash", seen)
    assert refused.code == 3
    assert re.search(rf"you reviewed {plan.plan_id}; \S+ made {newer} after it, at \S+ \S+ UTC", refused.err)
    assert "2 nodes left out" in refused.err
    assert Plan.objects.get(plan_id=newer).status == "draft"


@pytest.mark.parametrize("verb", ["approve", "reject", "leave-out", "edit-file"])
def test_over_rest_something_must_be_named(plan: Plan, approver: APIClient, verb: str) -> None:
    more = {
        "leave-out": {"addresses": [LEAVES]},
        "edit-file": {"path": PATH, "content": plan.files.get(path=PATH).content},
    }.get(verb, {})
    url, before = f"/api/v1/plans/{plan.plan_id}/{verb}/", everything(plan)
    for body in ({}, {"content_hash": ""}, {"content_hash": "  "}, {"content_hash": None}):
        answer = approver.post(url, {**more, **body}, format="json")
        assert answer.status_code == 400 and answer.json()["findings"], (body, answer.content)
    for header in ("*", '"a", "b"', f'"{"0" * 64}"'):
        named = {"content_hash": plan.content_hash} if header.startswith('"0') else {}
        answer = approver.post(url, {**more, **named}, format="json", HTTP_IF_MATCH=header)
        assert answer.status_code == 400, (header, answer.content)
    for word in ("0" * 64, plan.content_hash[:16], "x"):
        answer = approver.post(url, {**more, "content_hash": word}, format="json")
        assert answer.status_code == 409, (word, answer.content)
        assert answer.json()["difference"]["changes"], "what is known is shown"
    assert everything(plan) == before


@pytest.mark.parametrize("words", [("approve_plan",), ("reject_plan",), ("leave_out_nodes", "-i", LEAVES)])
def test_a_command_without_a_hash_shows_the_plan_and_asks(
    plan: Plan, run: Any, words: tuple[str, ...]
) -> None:
    verb, *more = words
    before = everything(plan)
    refused = run(verb, plan.plan_id, *more)
    assert refused.code == 2 and "C10" in refused.err and "--hash" in refused.err
    assert f"content hash {plan.content_hash}" in refused.err and demo.ZONE + "r01n14" in refused.err
    assert everything(plan) == before


class Terminal:
    """Standard input of a person who answers, and may change the plan before."""

    def __init__(self, answer: str, first: Callable[[], object] = lambda: None) -> None:
        self.answer, self.first = answer, first

    def isatty(self) -> bool:
        return True

    def readline(self, limit: int = -1) -> str:
        self.first()
        return self.answer + "\n"


def test_the_plan_that_was_shown_is_approved_and_no_other(
    plan: Plan, run: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = people("rest", "rest")
    one.look(plan)
    monkeypatch.setattr("sys.stdin", Terminal("yes"))
    assert run("approve_plan", plan.plan_id).code == 2
    # A terminal in GB18030 under a locale in UTF-8: the input cannot be decoded.
    monkeypatch.setattr("sys.stdin", Terminal("", lambda: "是".encode("gb18030").decode()))
    refused = run("approve_plan", plan.plan_id)
    assert refused.code == 2 and "C10" in refused.err
    monkeypatch.setattr("sys.stdin", Terminal(plan.plan_id, lambda: one.act("edit")))
    refused = run("approve_plan", plan.plan_id)
    assert refused.code == 3 and "first-person edited a file" in refused.err and f"+{NEW}" in refused.err
    monkeypatch.setattr("sys.stdin", Terminal(plan.plan_id))
    assert run("approve_plan", plan.plan_id).code == 0


def test_an_edit_without_a_hash_shows_what_it_would_overwrite(
    plan: Plan, run: Any, people: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = people("rest", "rest")
    one.look(plan)
    assert one.act("edit")[0] == 200
    file = tmp_path / "text"
    file.write_text(one.text)
    refused = run("edit_plan_file", plan.plan_id, PATH, "-I", file)
    assert refused.code == 2 and f"-{NEW}" in refused.err and "edited by first-person" in refused.err
    monkeypatch.setattr("sys.stdin", Terminal(PATH))
    assert run("edit_plan_file", plan.plan_id, PATH, "-I", file).code == 0
    shown = run("show_plan", plan.plan_id, "--file", PATH)
    assert f"--hash {file_hash(shown.out)}" in shown.err


def test_two_edits_of_other_lines_are_put_together_in_the_editor(plan: Plan, people: Any) -> None:
    one, two = people("rest", "form")
    one.look(plan)
    two.look(plan)
    assert one.act("edit")[0] == 200
    mine = two.text.replace('mgmt_network_dns_servers="127.1.0.1"', 'mgmt_network_dns_servers="127.1.0.9"')
    assert mine != two.text
    answer = two.browser.post(two._page("edit"), {**two.fields["edit"], "content": mine})
    assert answer.status_code == 409 and "contains both edits" in answer.content.decode()
    both = answer.context["text"]
    assert NEW in both and "127.1.0.9" in both
    again = {**_fields(answer.content.decode()), "content": both}
    assert two.browser.post(two._page("edit"), again, follow=True).status_code == 200
    assert plan.files.get(path=PATH).content == both


def test_an_edit_of_the_same_line_stays_in_the_editor(plan: Plan, people: Any) -> None:
    one, two = people("rest", "form")
    one.look(plan)
    two.look(plan)
    assert one.act("edit")[0] == 200
    mine = two.text.replace(OLD, 'os_version="22.04"')
    answer = two.browser.post(two._page("edit"), {**two.fields["edit"], "content": mine})
    assert answer.status_code == 409 and answer.context["text"] == mine
    assert plan.files.get(path=PATH).content == one.text.replace(OLD, NEW)


def test_a_text_that_is_refused_stays_an_edit_of_what_it_was_made_from(plan: Plan, people: Any) -> None:
    one, two = people("rest", "form")
    two.look(plan)
    one.look(plan)
    bad = two.browser.post(two._page("edit"), {**two.fields["edit"], "content": "<b>\n" + two.text})
    assert bad.status_code == 200 and _fields(bad.content.decode())["made_from"] == two.file_hash
    assert one.act("edit")[0] == 200
    form = {**_fields(bad.content.decode()), "content": two.text.replace(OLD, 'os_version="22.04"')}
    assert two.browser.post(two._page("edit"), form).status_code == 409


def test_what_was_changed_and_changed_back_is_what_was_seen(plan: Plan, people: Any) -> None:
    one, two = people("rest", "rest")
    one.look(plan)
    two.look(plan)
    assert one.act("edit")[0] == 200
    body = {"path": PATH, "content": one.text, "content_hash": Plan.objects.get(pk=plan.pk).content_hash}
    assert one.client.post(f"/api/v1/plans/{plan.plan_id}/edit-file/", body).status_code == 200
    assert two.act("approve")[0] == 200


def test_four_eyes_know_everybody_who_changed_the_plan(plan: Plan, people: Any, settings: Any) -> None:
    """Know also who took an edit back and who left nodes out: the files do not record it."""
    settings.INSTALLER_FOUR_EYES = True
    one, two = people("rest", "rest")
    one.look(plan)
    assert one.act("edit")[0] == 200
    body = {"path": PATH, "content": one.text, "content_hash": Plan.objects.get(pk=plan.pk).content_hash}
    assert one.client.post(f"/api/v1/plans/{plan.plan_id}/edit-file/", body).status_code == 200
    two.look(plan)
    assert two.act("leave_out")[0] == 200
    for person in (one, two):
        person.look(plan)
        status, said = person.act("approve")
        assert status == 403 and "made or changed" in said
    third = APIClient()
    third.force_authenticate(factories.make_user("third", "approver"))
    body = {"content_hash": Plan.objects.get(pk=plan.pk).content_hash}
    assert third.post(f"/api/v1/plans/{plan.plan_id}/approve/", body).status_code == 200
