"""Editing a rendered file in the review, and the page of a plan with thousands of files."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from tests import factories
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, seen
from tests.support import database
from zones.core.plan_summary import summarize
from zones.core.rendering import RenderedFile
from zones.models import Plan, PlanFile
from zones.services.configure import config_qingcloud
from zones.services.lookups import find_plan

pytestmark = pytest.mark.django_db
PATH = "settings/pek3cr01n21"


@pytest.fixture
def plan(region: Region) -> Plan:
    def build() -> str:
        region.nodes(21, 22)
        roles = {21: "hyper-repl", 22: "hyper-repl"}
        [done] = config_qingcloud(variables=[], settings=[scale_file(roles)], actor=region.actor)
        assert done.plan is not None
        return done.plan.plan_id

    return find_plan(plan_id=database.build_once("draft of two hypers", build))


def address(plan: Plan, view: str, path: str = PATH) -> str:
    return f"{reverse(f'admin:zones_plan_{view}', args=[plan.plan_id])}?{urlencode({'path': path})}"


def test_an_edit_is_saved_shown_and_taken_back(client: Client, plan: Plan) -> None:
    client.force_login(factories.make_user(group="operator"))
    text = plan.files.get(path=PATH).content
    new = text.replace('os_version="20.04"', 'os_version="20.04.6"').replace("\n", "\r\n")
    page = client.post(
        address(plan, "edit"), {"content": new, "made_from": plan.content_hash}, follow=True
    ).content.decode()
    assert "edited by olga" in page and "+os_version=&quot;20.04.6&quot;" in page
    assert "20.04.6" in client.get(address(plan, "edit")).content.decode()
    client.post(address(plan, "edit"), {"content": "", "restore": "1", "made_from": seen(plan.plan_id)})
    assert plan.files.get(path=PATH).edited_by == "" and plan.files.get(path=PATH).content == text


def test_findings_stand_beside_the_lines_and_nothing_is_saved(client: Client, plan: Plan) -> None:
    client.force_login(factories.make_user(group="operator"))
    bad = "<b>\n" + plan.files.get(path=PATH).content
    answer = client.post(address(plan, "edit"), {"content": bad, "made_from": plan.content_hash})
    page = answer.content.decode()
    assert answer.status_code == 200 and "E03" in page and "&lt;b&gt;" in page and "<b>\n" not in page
    assert answer.context["lines"][0]["findings"]
    assert plan.files.get(path=PATH).edited_by == ""


def test_an_edit_of_an_approved_plan_says_that_the_approval_is_void(
    client: Client, plan: Plan, actor
) -> None:
    approve_plan(plan_id=plan.plan_id, actor=actor)
    client.force_login(factories.make_user(group="operator"))
    assert "makes the approval void" in client.get(address(plan, "edit")).content.decode()
    text = plan.files.get(path=PATH).content.replace('os_version="20.04"', 'os_version="20"')
    page = client.post(
        address(plan, "edit"), {"content": text, "made_from": plan.content_hash}, follow=True
    ).content.decode()
    assert "The approval is void; plan" in page


@pytest.mark.parametrize(("group", "status"), [("viewer", 403), ("operator", 200)])
def test_who_may_edit(client: Client, plan: Plan, group: str, status: int) -> None:
    client.force_login(factories.make_user(group=group))
    assert client.get(address(plan, "edit")).status_code == status
    assert client.post(address(plan, "edit"), {"content": "x"}).status_code == status
    assert client.get(address(plan, "edit", "no/such")).status_code == (403 if status == 403 else 404)
    lists = client.post(reverse("admin:zones_plan_lists", args=[plan.plan_id]))
    assert lists.status_code == (403 if status == 403 else 302)
    assert client.get(address(plan, "file")).status_code == 200


def many_files(plan: Plan, count: int) -> None:
    """Add as many nodes as a large zone has, each with its settings and its list."""
    files = []
    for number in range(count):
        name = f"pek3cr{number // 40:02d}n{number % 40:02d}"
        files.append(RenderedFile(f"settings/{name}", f'role="hyper-repl"\nhostname="{name}"\nos="x"\n'))
        files.append(RenderedFile(f"nodes/{name}", f"{name}\n"))
    PlanFile.objects.bulk_create(PlanFile(plan=plan, path=item.path, content=item.content) for item in files)
    plan.roles = {
        f"10.1.{number // 250}.{number % 250}": {**next(iter(plan.roles.values())), "hostname": f"h{number}"}
        for number in range(count)
    }
    plan.summary = summarize({}, files, partial=True).as_dict()
    plan.save()


def test_the_page_of_a_large_plan_is_short_and_costs_few_queries(client: Client, plan: Plan) -> None:
    client.force_login(factories.make_user(group="operator"))
    plan.files.all().delete()
    many_files(plan, 600)
    url = reverse("admin:zones_plan_change", args=[plan.plan_id])
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        page = client.get(url)
    text = page.content.decode()
    assert len(seen) <= 20 and len(text) < 150_000
    [fold] = page.context["folds"]
    assert (fold["status"], fold["count"], fold["more"]) == ("added", 600, 588)
    assert [item["key"] for item in fold["varying"]] == ["hostname"]
    assert len(page.context["files"]) == 100 and "data-src" in text and "500 of them not listed" in text
    found = client.get(f"{url}?q=r14n39").context["files"]
    assert [file["path"] for file in found] == ["nodes/pek3cr14n39", "settings/pek3cr14n39"]
    assert (
        client.get(found[1]["url"]).content.decode().startswith("--- /dev/null\n+++ b/settings/pek3cr14n39")
    )
    late = client.get(reverse("admin:zones_plan_void", args=[plan.plan_id])).content.decode()
    assert "cannot be approved" in late and "data-load" in text


def test_a_long_source_comes_when_it_is_opened(client: Client, plan: Plan) -> None:
    client.force_login(factories.make_user(group="operator"))
    text = "zone_id: pek3c\n" + "# long\n" * 4000
    plan.sources = [{"name": "scale_settings.pek3c.yaml", "sha256": "0" * 64, "text": text}]
    plan.findings = [
        {"code": "R16", "level": "warning", "field": "", "detail": f"no {n}"} for n in range(130)
    ]
    plan.save()
    page = client.get(reverse("admin:zones_plan_change", args=[plan.plan_id]))
    [source] = page.context["sources"]
    assert source["text"] == "" and client.get(source["url"]).content.decode() == text
    assert page.context["more_findings"] == 30 and "30 more: show_plan" in page.content.decode()
    url = reverse("admin:zones_plan_source", args=[plan.plan_id])
    assert client.get(f"{url}?name=other").status_code == 404


def test_nodes_are_left_out_on_a_page_of_their_own(client: Client, plan: Plan) -> None:
    client.force_login(factories.make_user(group="operator"))
    page = reverse("admin:zones_plan_change", args=[plan.plan_id])
    form = reverse("admin:zones_plan_leave_out", args=[plan.plan_id])
    assert form not in client.get(page).content.decode()
    Plan.objects.filter(pk=plan.pk).update(job_id="j-abcdefgh")
    assert form in client.get(page).content.decode()
    shown = client.get(form).content.decode()
    assert 'value="172.16.80.21"' in shown and 'value="172.16.80.11"' not in shown
    assert "No node is selected." in client.post(form, {"reason": "x"}).content.decode()
    looked = {"content_hash": plan.content_hash}
    both = {**looked, "address": ["172.16.80.21", "172.16.80.22"], "reason": "burnt <b>"}
    refused = client.post(form, both).content.decode()
    assert "P62" in refused and "burnt &lt;b&gt;" in refused and refused.count("checked") == 2
    done = client.post(
        form, {**looked, "address": "172.16.80.22", "reason": "burnt <b>"}, follow=True
    ).content.decode()
    assert "1 node left out" in done and "was left out by olga: burnt &lt;b&gt;" in done
    client.force_login(factories.make_user("vic", group="viewer"))
    assert client.get(form).status_code == 403


@pytest.mark.parametrize("many", [False, True])
def test_files_that_go_are_counted_and_shown(client: Client, plan: Plan, many: bool) -> None:
    client.force_login(factories.make_user(group="operator"))
    if many:
        plan.files.all().delete()
        many_files(plan, 400)
    plan.removed = {"nodes/gone": "pek3cr09n09\n"}
    plan.save()
    page = client.get(reverse("admin:zones_plan_change", args=[plan.plan_id]))
    shown = [file for file in page.context["files"] if file["status"] == "removed"]
    assert [file["path"] for file in shown] == ["nodes/gone"]
    assert page.context["total_files"] == plan.files.count() + 1
    if many:
        assert "-pek3cr09n09" in client.get(shown[0]["url"]).content.decode()
    else:
        assert len(page.context["files"]) == page.context["total_files"]
