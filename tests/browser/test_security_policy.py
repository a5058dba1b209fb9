"""Every page of the console under its content security policy: what it needs is allowed, foreign content is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from common.actor import Actor
from common.messages import message
from nodes.models import Disk, Node
from operations.scale_out.service import begin_scale_out
from tests import factories
from tests.db.installer.test_admin_pages import LISTS, everything
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def pages() -> list[str]:
    """List every page: lists, forms and one object of each kind."""
    known = [reverse("admin:index"), reverse("admin:password_change"), *everything().values()]
    known += [reverse(f"admin:{name}_changelist") for name in (*LISTS, "auth_user", "auth_group")]
    known += [reverse(f"admin:{name}") for name in ("nodes_node_add", "auth_user_add", "auth_group_add")]
    known += [reverse("admin:installer_accesstoken_changelist"), reverse("admin:installer_accesstoken_new")]
    known += [
        reverse(f"admin:zones_zone_{name}", args=["pek3c"])
        for name in ("scale", "maintain", "cache", "haproxy")
    ]
    return [
        *known,
        reverse("admin:zones_zone_configure"),
        reverse("admin:operations_scaleout_changelist"),
        reverse("admin:operations_scaleout_begin"),
        reverse("admin:operations_scaleout_change", args=[_scale_out()]),
        reverse("admin:zones_zone_order"),
        f"{reverse('admin:zones_zone_order')}?zone=pek3c",
        reverse("admin:nodes_node_import_form"),
        "/api/docs/",
    ]


def _scale_out() -> str:
    """Begin a scale-out that has something to say at each of its first stages."""
    nodes = [factories.make_node(number) for number in (201, 202, 203)]
    Disk.objects.filter(node=nodes[0], name="sdb").update(rotational_guess=True, dirty=True)
    keys = message("S05", endpoint="172.16.80.202 port 22", pinned="SHA256:a", shown="SHA256:b", address="x")
    Node.objects.filter(pk=nodes[1].pk).update(error=keys, status="collect_failed")
    Node.objects.filter(pk=nodes[2].pk).update(error="no route to host", status="new", host_key="")
    begun = begin_scale_out(
        zone_id="pek3c",
        actor=Actor("ann", "admin"),
        addresses=["172.16.80.201-172.16.80.203"],
        note="rack 2 is dark",
    )
    return begun.scale_out_id


def test_no_page_is_against_it(
    sign_in: Callable[[str], Page], live_server: object, refused_by_the_policy: list[ConsoleMessage]
) -> None:
    page = sign_in("approver")
    User.objects.update(is_superuser=True)
    for path in pages():
        answer = page.goto(f"{live_server}{path}")
        assert answer and answer.status == 200, path
        page.wait_for_load_state("networkidle") if path == "/api/docs/" else page.wait_for_load_state()
        wrong = [message.text for message in refused_by_the_policy if message.type == "error"]
        assert wrong == [], path
    assert page.locator(".opblock").count() > 50, "the documents of the API are drawn"


def test_the_account_menu_is_reached_and_closed_by_keyboard(
    sign_in: Callable[[str], Page], live_server: object
) -> None:
    page = sign_in("viewer")
    page.goto(f"{live_server}{reverse('admin:index')}")
    menu = page.locator("form[action='/admin/logout/']")
    assert not menu.is_visible()
    page.locator("#account > summary").focus()
    page.keyboard.press("Enter")
    menu.wait_for(state="visible")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.localName") == "summary"


def test_the_log_in_page_works_under_it(context: BrowserContext, live_server: object) -> None:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    make_user("olga", "viewer")
    page.goto(f"{live_server}/admin/")
    page.fill("input[name=username]", "olga")
    page.fill("input[name=password]", "only-for-tests-1")
    page.click("button[type=submit]")
    page.wait_for_url(f"{live_server}/admin/")
    assert [text for text in said if "Content Security Policy" in text] == []


def test_what_is_foreign_does_not_run(
    sign_in: Callable[[str], Page], live_server: object, refused_by_the_policy: list[ConsoleMessage]
) -> None:
    page = sign_in("viewer")
    page.goto(f"{live_server}{reverse('admin:index')}")
    ran = page.evaluate(
        """() => {
            const inline = document.createElement("script");
            inline.textContent = "window.inlineRan = true";
            document.body.append(inline);
            document.body.insertAdjacentHTML("beforeend", "<img src=x:y onerror='window.handlerRan = true'>");
            return new Promise((done) => setTimeout(() => done([window.inlineRan, window.handlerRan]), 0));
        }"""
    )
    assert not any(ran)
    assert any("script" in message.text for message in refused_by_the_policy)
    refused_by_the_policy.clear()
