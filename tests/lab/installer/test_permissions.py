"""Permissions: every route of the URL configuration, every method, every kind of person, browser and REST.

The routes are walked, not listed: one that stands in no row of :data:`PAGES` (or, over REST, of
``test_api_permissions.MATRIX``) fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from installer.groups import APPROVER, OPERATOR, VIEWER
from jobs import liveness
from tests.db.installer.test_api_permissions import MATRIX, keys
from tests.factories import make_user

__all__ = ["keys"]
pytestmark = pytest.mark.django_db

ANONYMOUS, NOBODY, ADMIN = "anonymous", "nobody", "administrator"
PEOPLE = (ANONYMOUS, NOBODY, VIEWER, OPERATOR, APPROVER, ADMIN)
ALL = frozenset(PEOPLE)
SIGNED = ALL - {ANONYMOUS}
VIEW = SIGNED - {NOBODY}
RUN = VIEW - {VIEWER}
DECIDE = RUN - {OPERATOR}
BOSS = frozenset({ADMIN})
NONE: frozenset[str] = frozenset()
UNSAFE = ("post", "put", "patch", "delete")
Row = tuple[frozenset[str], frozenset[str]]


def of_model(
    place: str,
    *,
    changelist: Row = (VIEW, RUN),
    add: Row = (NONE, NONE),
    change: Row = (VIEW, RUN),
    delete: Row = (NONE, NONE),
    history: Row = (SIGNED, RUN),
    short: Row = (SIGNED, RUN),
    **own: Row,
) -> dict[str, Row]:
    """Return the pages that the admin makes for each model, and the additional ones of its objects."""
    item = f"admin/{place}/<path:object_id>/"
    found = {
        f"admin/{place}/": changelist,
        f"admin/{place}/add/": add,
        f"{item}change/": change,
        f"{item}delete/": delete,
        f"{item}history/": history,
        # Leads on to the page itself.
        item: short,
    }
    for name, row in own.items():
        found[f"{item}{name}/"] = row
    return found


NODE, PLAN, ZONE = (f"admin/{place}/" for place in ("nodes/node", "zones/plan", "zones/zone"))
ACCOUNTS = {
    **dict.fromkeys(("changelist", "add", "change", "delete", "history"), (BOSS, BOSS)),
    "short": (SIGNED, SIGNED),
}
# Who may GET, who may POST (and put, patch, delete). Whom neither names is refused.
PAGES: dict[str, Row] = {
    "": (ALL, ALL),
    "favicon.ico": (ALL, ALL),
    "healthz": (ALL, ALL),
    "readyz": (ALL, ALL),
    "metrics": (ALL, ALL),
    "admin/": (SIGNED, SIGNED),
    "admin/login/": (ALL, ALL),
    "admin/logout/": (ALL, ALL),
    "admin/password_change/": (SIGNED, SIGNED),
    "admin/password_change/done/": (SIGNED, SIGNED),
    "admin/autocomplete/": (NONE, SIGNED),
    "admin/jsi18n/": (SIGNED, SIGNED),
    "admin/texts/<slug:language>/<slug:digest>.js": (SIGNED, SIGNED),
    "admin/preferences/": (SIGNED, SIGNED),
    # A GET changes nothing and leads back.
    "admin/language/": (ALL, ALL),
    "console/kit/": (SIGNED, SIGNED),
    "admin/codes/": (SIGNED, SIGNED),
    "admin/codes/<str:code>/": (SIGNED, SIGNED),
    "admin/r/<path:content_type_id>/<path:object_id>/": (SIGNED, SIGNED),
    "admin/^(?P<app_label>APPS)/$": (SIGNED, SIGNED),
    "admin/(?P<url>.*)$": (SIGNED, SIGNED),
    **of_model("auth/user", **ACCOUNTS),
    "admin/auth/user/<id>/password/": (BOSS, BOSS),
    **of_model("auth/group", **ACCOUNTS),
    **of_model("common/auditentry"),
    **of_model("jobs/worker", change=(SIGNED, RUN)),
    **of_model("zones/eippool"),
    **of_model("zones/vbcassignment"),
    # One's own tokens.
    **of_model(
        "installer/accesstoken",
        changelist=(VIEW, VIEW),
        change=(SIGNED, SIGNED),
        history=(SIGNED, SIGNED),
        short=(SIGNED, SIGNED),
    ),
    "admin/installer/accesstoken/new/": (VIEW, VIEW),
    **of_model(
        "jobs/job",
        cancel=(RUN, RUN),
        pause=(RUN, RUN),
        resume=(RUN, RUN),
        settle=(RUN, RUN),
        log=(VIEW, RUN),
        answers=(VIEW, RUN),
        causes=(VIEW, RUN),
    ),
    # Ticked nodes are exported by a POST.
    **of_model(
        "nodes/node",
        changelist=(VIEW, VIEW),
        add=(RUN, RUN),
        disk=(RUN, RUN),
        **{"raw/<int:number>": (VIEW, RUN)},
    ),
    f"{NODE}<path:object_id>/do/<slug:verb>/": (RUN, RUN),
    f"{NODE}<path:object_id>/exec/": (RUN, RUN),
    **dict.fromkeys(
        (f"{NODE}{page}/" for page in ("ssh", "disks", "remove", "erase", "retire", "import")),
        (RUN, RUN),
    ),
    f"{NODE}erase/<slug:permit_id>/": (RUN, RUN),
    f"{NODE}key/": (VIEW, RUN),
    f"{NODE}export/<slug:kind>/": (VIEW, RUN),
    **of_model(
        "zones/plan",
        decide=(DECIDE, DECIDE),
        source=(VIEW, RUN),
        file=(VIEW, RUN),
        edit=(RUN, RUN),
        void=(VIEW, RUN),
        lists=(RUN, RUN),
        **{"leave-out": (RUN, RUN)},
    ),
    **of_model(
        "zones/zone",
        scale=(RUN, RUN),
        addresses=(VIEW, RUN),
        cache=(VIEW, RUN),
        haproxy=(VIEW, RUN),
        joining=(VIEW, RUN),
        maintain=(RUN, RUN),
        services=(RUN, RUN),
        qemu=(VIEW, RUN),
    ),
    **of_model("operations/scaleout", do=(RUN, RUN)),
    "admin/operations/scaleout/begin/": (RUN, RUN),
    f"{ZONE}configure/": (RUN, RUN),
    f"{ZONE}order/": (RUN, RUN),
    f"{ZONE}<path:object_id>/routes/": (VIEW, RUN),
    f"{ZONE}examples/": (VIEW, RUN),
    "api/schema/": (SIGNED, SIGNED),
    "api/docs/": (SIGNED, SIGNED),
    "api/v1/token/": (SIGNED, SIGNED),
    "api/v1/schemas/<str:name>": (VIEW, RUN),
}


@dataclass(frozen=True)
class Route:
    """One pattern of the configuration."""

    template: str
    name: str

    @property
    def rest(self) -> bool:
        return self.template.startswith("api/")


def walk(patterns: Any, prefix: str = "") -> Iterator[Route]:
    """Walk every route once."""
    for pattern in patterns:
        template = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, template)
        else:
            assert isinstance(pattern, URLPattern)
            yield Route(re.sub(r"(<app_label>)[a-z_|]+", r"\1APPS", template), pattern.name or "")


ROUTES = sorted(set(walk(get_resolver().url_patterns)), key=lambda route: route.template)
PAGES_WALKED = sorted({route.template for route in ROUTES if route.template in PAGES or not route.rest})
NAMES = {name for name, _ in MATRIX}


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    listed = {route.template for route in ROUTES if route.template in PAGES or route.name in NAMES}
    assert {route.template for route in ROUTES} - listed == set(), "say here who may come in"
    assert set(PAGES) - {route.template for route in ROUTES} == set(), "there is no such page any more"


def signed_in(person: str, **more: Any) -> APIClient:
    browser = APIClient(raise_request_exception=True, **more)
    if person != ANONYMOUS:
        group = person if person in (VIEWER, OPERATOR, APPROVER) else ""
        browser.force_login(make_user(f"{person}-x", group, superuser=person == ADMIN))
    return browser


def address(route: str, keys: dict[str, str]) -> str:
    """Return the route with a real object behind it."""
    kind = re.match(r"admin/(?:jobs|nodes|zones|operations)/(job|node|zone|plan|scaleout)/", route)
    real = {
        "object_id": {**keys, "scaleout": keys["scale-out"]}[kind[1]] if kind else "1",
        "id": str(User.objects.order_by("pk").values_list("pk", flat=True).first() or 1),
        "number": "1",
        "verb": "collect",
        "kind": "json",
        "permit_id": "e-nothere1",
        "content_type_id": "1",
        "code": "R02",
        "language": "en",
        "digest": "0",
        "scale_out_id": keys["scale-out"],
    }
    if route.startswith("admin/auth/group/"):
        real["object_id"] = str(Group.objects.get(name=VIEWER).pk)
    if route.startswith("admin/auth/user/"):
        real["object_id"] = real["id"]
    text = route.replace("(?P<url>.*)$", "nothing/at/all").replace("^(?P<app_label>APPS)/$", "jobs/")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: real[found[1]], text)


def ask(browser: Any, method: str, path: str) -> Any:
    """Return the answer, and undo its changes."""
    with transaction.atomic():
        answer = getattr(browser, method)(path, {} if method == "post" else None)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("person", PEOPLE)
def test_pages(keys: dict[str, str], person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead anonymous people to the login, refuse others, and never fail."""
    monkeypatch.setattr(liveness, "alive", lambda: 1)
    client = signed_in(person)
    wrong = []
    for route in PAGES_WALKED:
        if route.startswith("api/"):
            continue
        readers, writers = PAGES[route]
        # Beyond GET and POST only what might be forgotten is asked: what may not write.
        methods = ("get", "post") if person in writers else ("get", *UNSAFE)
        for method in methods:
            if (route, method) == ("admin/logout/", "post"):
                continue
            answer = ask(client, method, address(route, keys))
            allowed = person in (readers if method == "get" else writers)
            status, place = answer.status_code, answer.headers.get("Location", "")
            if allowed:
                fine = status < 500 and status not in (401, 403) and not place.startswith("/admin/login/")
            elif person == ANONYMOUS:
                fine = status == 302 and place.startswith("/admin/login/")
            else:
                fine = status == 403
            if not fine:
                wrong.append((route, method, status, place))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("person", PEOPLE)
def test_rest(keys: dict[str, str], empty_schema: None, person: str) -> None:
    """Answer every method of every endpoint: 401 without a login, 403 without the right, only then 405 or more."""
    client = signed_in(person)
    from tests.db.installer.test_api_permissions import address as rest_address

    wrong = []
    with_rows = {
        "api/v1/token/": "/api/v1/token/",
        "api/v1/schemas/<str:name>": "/api/v1/schemas/settings.json",
        "api/schema/": "/api/schema/",
        "api/docs/": "/api/docs/",
    }
    for number, route in enumerate(ROUTES):
        if not route.rest:
            continue
        path = with_rows.get(route.template) or rest_address(route.name, keys)
        for place, method in enumerate(("get", "head", *UNSAFE)):
            known = "get" if method == "head" else method
            # Who may run verbs is told of a method that is not there, whatever the method is: one of them in turn.
            if (
                person in RUN
                and method in UNSAFE
                and (route.name, method) not in MATRIX
                and (number + place) % 4
            ):
                continue
            if route.template in PAGES:
                allowed = PAGES[route.template][known != "get"]
                allowed = ALL if (route.template, method) == ("api/v1/token/", "post") else allowed
            elif (route.name, known) in MATRIX:
                allowed = frozenset(MATRIX[route.name, known]) | {ADMIN}
            else:
                allowed = VIEW if known == "get" else RUN
            answer = ask(client, method, path)
            status = answer.status_code
            if person in allowed:
                there = (route.name, known) in MATRIX
                fine = status < 500 and status not in (401, 403) and (status != 405 if there else True)
                if route.template not in PAGES and not there:
                    fine = status == 405
            else:
                fine = status == (401 if person == ANONYMOUS else 403)
            if not fine:
                wrong.append((route.template, method, status, answer.content[:200]))
    assert not wrong, "\n".join(map(str, wrong))


def test_who_only_looks_changes_nothing_by_any_method() -> None:
    """Check the table itself, so that no row can grant a viewer a change by mistake."""
    granted = {
        template
        for template, (_, writers) in PAGES.items()
        if VIEWER in writers and re.match("admin/(common|jobs|nodes|zones|operations|auth)/", template)
    }
    leads_on = {f"admin/auth/{kind}/<path:object_id>/" for kind in ("user", "group")}
    assert granted == {NODE, *leads_on}, "the export of ticked nodes, and nothing else"
    rest = {row for row, people in MATRIX.items() if VIEWER in people and row[1] != "get"}
    assert rest == {("token-detail", "delete")}, "one's own token, and nothing else"


def test_every_unsafe_request_of_a_session_needs_the_token_of_its_page(keys: dict[str, str]) -> None:
    """Refuse every unsafe request without the token, browser and REST, whatever rights the session has."""
    from tests.db.installer.test_api_permissions import address as rest_address

    browser, django = signed_in(ADMIN, enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    django.cookies = browser.cookies
    passed = []
    for route in ROUTES:
        path = "/" + route.template if route.template in PAGES and route.rest else ""
        path = path or (rest_address(route.name, keys) if route.rest else address(route.template, keys))
        for method in UNSAFE:
            answer = ask(browser if route.rest else django, method, path)
            if answer.status_code != 403:
                passed.append((route.template, method, answer.status_code))
    # Asks for name and password itself, and takes no session.
    assert passed == [("api/v1/token/", "post", 400)]
