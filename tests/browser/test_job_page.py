"""The page of a job, watched while it runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect

from jobs.models import Job, Step, Worker
from jobs.states import move_job, move_steps
from nodes.models import Node
from tests import factories

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]


def running_job(count: int = 4) -> tuple[Job, list[Node]]:
    factories.make_zone()
    nodes = [factories.make_node(number, status="scaling") for number in range(1, count + 1)]
    Worker.objects.create(name="w", host="h", pid=1, heartbeat_at=timezone.now())
    return factories.make_job(nodes, started_at=timezone.now()), nodes


def open_job(page: Page, live_server: object, job: Job) -> None:
    page.goto(f"{live_server}{reverse('admin:jobs_job_change', args=[job.job_id])}")


def shown_seqs(page: Page) -> list[int]:
    return page.eval_on_selector_all(".con-line", "rows => rows.map(row => Number(row.dataset.seq))")


@pytest.mark.django_db(transaction=True)
def test_lines_appear_as_they_are_written_once_and_in_order(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    job, nodes = running_job()
    factories.add_events(job, ["job begun"])
    page = sign_in("operator")
    open_job(page, live_server, job)
    expect(page.locator(".con-line")).to_have_count(1)
    for number, node in enumerate(nodes):
        factories.add_events(job, [f"line {number}.{n}" for n in range(20)], node=str(node.mgmt_address))
    factories.add_events(
        job, ["link is down, trying again"], node=str(nodes[0].mgmt_address), level="warning"
    )
    factories.add_events(job, ["zpool: no such device"], node=str(nodes[1].mgmt_address), level="error")
    expect(page.locator(".con-line")).to_have_count(83)
    assert shown_seqs(page) == list(range(1, 84))
    expect(page.get_by_text("zpool: no such device")).to_be_in_viewport()
    shoot(page, "job-running")


@pytest.mark.django_db(transaction=True)
def test_the_page_waits_for_lines_and_asks_again_and_again_where_too_many_wait(
    live_server: object, sign_in: SignIn
) -> None:
    job, _ = running_job()
    factories.add_events(job, ["job begun"])
    page = sign_in("operator")
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=429, json={"detail": "too many"}, headers={"Retry-After": "5"})

    page.route(re.compile(r"/events/\?.*wait=5"), refuse)
    open_job(page, live_server, job)
    expect(page.locator(".con-line")).to_have_count(1)
    factories.add_events(job, ["one more"])
    expect(page.locator(".con-line")).to_have_count(2)
    factories.add_events(job, ["and another"])
    expect(page.locator(".con-line")).to_have_count(3)
    expect(page.locator("#job-link")).to_have_text("live")
    assert len(refused) == 1


@pytest.mark.django_db(transaction=True)
def test_a_click_on_a_node_shows_only_its_lines_and_new_ones_too(
    live_server: object, sign_in: SignIn
) -> None:
    job, nodes = running_job()
    mine, other = str(nodes[0].mgmt_address), str(nodes[1].mgmt_address)
    factories.add_events(job, ["of mine"], node=mine)
    factories.add_events(job, ["of the other"], node=other)
    page = sign_in("viewer")
    open_job(page, live_server, job)
    expect(page.locator(".con-line")).to_have_count(2)
    page.get_by_role("button", name=mine, exact=True).click()
    expect(page.locator(".con-line")).to_have_count(1)
    factories.add_events(job, ["of the other again"], node=other)
    factories.add_events(job, ["of mine again"], node=mine)
    expect(page.locator(".con-line .con-x")).to_have_text(["of mine", "of mine again"])
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".con-line")).to_have_count(4)
    page.locator("#log-level").select_option("error")
    expect(page.locator(".con-line")).to_have_count(0)


@pytest.mark.django_db(transaction=True)
def test_who_scrolled_up_is_left_alone_and_led_back(live_server: object, sign_in: SignIn) -> None:
    job, _ = running_job()
    factories.add_events(job, [f"line {number}" for number in range(300)])
    page = sign_in("viewer")
    open_job(page, live_server, job)
    box = page.locator("#log")
    expect(box.locator(".con-line").last).to_have_attribute("data-seq", "300")
    expect(box.locator(".con-line").last).to_be_in_viewport()
    box.hover()
    page.mouse.wheel(0, -100_000)
    expect(page.locator("#line-1")).to_be_in_viewport()
    expect(page.locator("#log-follow")).to_have_attribute("aria-pressed", "false")
    factories.add_events(job, ["while you read"])
    expect(page.locator("#log-last")).to_have_text("↓ 1 new line")
    assert box.evaluate("box => box.scrollTop") == 0
    page.locator("#log-last").click()
    expect(page.get_by_text("while you read")).to_be_in_viewport()
    expect(page.locator("#log-last")).to_be_hidden()


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.django_db(transaction=True)
def test_of_a_long_log_only_what_is_in_view_is_in_the_page(
    live_server: object, sign_in: SignIn, wrapped: bool
) -> None:
    job, _ = running_job(1)
    long = "and where the file went: /var/lib/some/where/deep in the file system " * 4
    factories.add_events(job, [f"line {number} {long if number % 3 else ''}" for number in range(1, 6001)])
    page = sign_in("viewer")
    page.add_init_script(f"localStorage.setItem('console-log-wrap', '{int(wrapped)}')")
    open_job(page, live_server, job)
    expect(page.locator("#log-count")).to_have_text("6,000 lines")
    expect(page.locator("#line-6000")).to_be_in_viewport()
    box = page.locator("#log")
    for part in (0.5, 0.25, 0.9):
        box.dispatch_event("wheel")
        box.evaluate(
            """(box, part) => {
              box.scrollTop = box.scrollHeight * part;
              return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
            }""",
            part,
        )
        expect(page.locator(".con-ghost")).to_have_count(0)
        seqs = shown_seqs(page)
        assert seqs == list(range(seqs[0], seqs[-1] + 1)) and len(seqs) < 120
        assert seqs[0] < 6000 * part < seqs[-1]
        covered = box.evaluate(
            """box => {
              const { top, bottom, left } = box.getBoundingClientRect();
              const rowAt = (y) => document.elementFromPoint(left + 20, y).closest(".con-line");
              return [top + 3, (top + bottom) / 2, bottom - 3].every(rowAt);
            }"""
        )
        assert covered, "rows are where one looks"
    factories.add_events(job, [f"more {number}" for number in range(2500)])
    expect(page.locator("#log-count")).to_have_text("8,500 lines")
    page.locator("#log-last").click()
    expect(page.locator("#line-8500")).to_be_in_viewport()
    expect(page.locator("#line-8500")).to_contain_text("more 2499")


@pytest.mark.django_db(transaction=True)
def test_a_text_is_found_in_all_lines_and_what_comes_is_filtered_too(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    job, nodes = running_job()
    mine = str(nodes[0].mgmt_address)
    factories.add_events(job, [f"line {number} of 3000" for number in range(1, 3001)], node=mine)
    factories.add_events(job, ["verified line 7"], node=mine, phase="verify")
    page = sign_in("viewer")
    open_job(page, live_server, job)
    page.locator("#log-q").fill("LINE 7")
    expect(page.locator("#log-count")).to_have_text("112 of 3,001 lines")
    expect(page.locator("mark").last).to_have_text("line 7")
    factories.add_events(job, ["another line 7", "another line 8"], node=mine)
    expect(page.locator("#log-count")).to_have_text("113 of 3,003 lines")
    page.locator("#log-phase").select_option("verify")
    expect(page.locator(".con-line .con-x")).to_have_text(["verified line 7"])
    shoot(page, "job-search")
    assert "q=LINE+7" in str(page.locator("#log-save").get_attribute("href"))
    with page.expect_download() as saved:
        page.locator("#log-save").click()
    assert saved.value.path().read_text().splitlines()[0].endswith("verified line 7")
    page.locator("#log-phase").select_option("")
    page.locator("#log-q").fill("")
    page.locator("#log-times summary").click()
    page.locator("#log-since").fill("2026-03-04T01:02:05")
    page.locator("#log-until").fill("2026-03-04T01:02:06")
    expect(page.locator(".con-line .con-t")).to_have_text(["01:02:05"] * 4)
    page.locator("#log-q").fill("nothing has this")
    expect(page.get_by_text("No line passes the filters.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#log-count")).to_have_text("3,003 lines")


@pytest.mark.django_db(transaction=True)
def test_an_address_of_a_line_opens_around_it_and_keys_go_on_from_there(
    live_server: object, sign_in: SignIn
) -> None:
    job, _ = running_job(1)
    factories.add_events(job, [f"line {number}" for number in range(1, 4001)])
    page = sign_in("viewer")
    page.goto(f"{live_server}{reverse('admin:jobs_job_change', args=[job.job_id])}#line-1234")
    line = page.locator("#line-1234")
    expect(line).to_be_in_viewport()
    expect(line).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#line-1235")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("k")
    expect(page.locator("#line-1232")).to_be_focused()
    factories.add_events(job, ["meanwhile"])
    expect(page.locator("#log-last")).to_have_text("↓ 1 new line")
    expect(page.locator("#line-1232")).to_be_focused()
    page.keyboard.press("f")
    expect(page.locator("#line-4001")).to_be_in_viewport()
    page.keyboard.press("/")
    expect(page.locator("#log-q")).to_be_focused()
    page.locator("#line-4000 .con-t").click()
    assert page.url.endswith("#line-4000")


@pytest.mark.django_db(transaction=True)
def test_times_are_in_the_zone_of_the_reader(live_server: object, sign_in: SignIn) -> None:
    job, _ = running_job(1)
    factories.add_events(job, ["begun"] * 8)
    page = sign_in("viewer")
    page.add_init_script(
        "new MutationObserver(() => { document.documentElement?.setAttribute('data-zone', 'Asia/Shanghai'); })"
        ".observe(document, { childList: true });"
    )
    open_job(page, live_server, job)
    expect(page.locator("#line-4 .con-t")).to_have_text("09:02:04")
    assert "2026-03-04 09:02:04 UTC+8" in str(page.locator("#line-4 .con-t").get_attribute("title"))
    expect(page.locator("#log-zone")).to_have_text("UTC+8")
    page.locator("#log-times summary").click()
    page.locator("#log-since").fill("2026-03-04T09:02:04")
    expect(page.locator(".con-line")).to_have_count(5)


@pytest.mark.django_db(transaction=True)
def test_lines_of_nodes_are_text_never_markup(live_server: object, sign_in: SignIn) -> None:
    job, nodes = running_job(1)
    factories.add_events(
        job, ["<img src=x onerror=\"document.title='owned'\">"], node=str(nodes[0].mgmt_address)
    )
    page = sign_in("viewer")
    open_job(page, live_server, job)
    expect(page.locator(".con-line .con-x")).to_have_text(["<img src=x onerror=\"document.title='owned'\">"])
    assert page.locator("#log img").count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_end_comes_without_reloading_and_offers_to_resume(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    job, nodes = running_job()
    factories.add_events(job, ["job begun"])
    page = sign_in("operator")
    open_job(page, live_server, job)
    expect(page.locator("#job-pill")).to_contain_text("running")
    expect(page.get_by_role("button", name="Resume…")).to_be_hidden()
    last = Step.objects.filter(job=job, phase="install_nodes").order_by("id").last()
    assert last is not None
    here = Step.objects.filter(job=job, phase="install_nodes")
    move_steps(
        here.filter(pk=last.pk),
        "fail",
        error=f"disk ended with 3: zpool: no such device; {'looked at every path ' * 9}",
        component="disk",
    )
    move_steps(here.exclude(pk=last.pk), "succeed")
    move_steps(Step.objects.filter(job=job, status="pending"), "skip")
    factories.add_events(job, ["zpool: no such device"], node=last.address, level="error")
    move_job(
        Job.objects.filter(pk=job.pk), "fail", error="1 of 4 nodes failed -> look at its log, then resume"
    )
    expect(page.locator("#job-pill")).to_contain_text("failed")
    expect(page.locator("#job-error")).to_have_text("1 of 4 nodes failed -> look at its log, then resume")
    expect(page.locator(".con-x", has_text="zpool: no such device")).to_be_visible()
    cell = page.locator("tr[data-node]", has_text=str(nodes[-1].mgmt_address)).locator(".con-bad")
    expect(cell).to_have_text("✕ disk")
    assert "no such device" in str(cell.get_attribute("title"))
    expect(page.get_by_role("button", name="Cancel now")).to_be_hidden()
    why = page.locator(".con-cause")
    expect(why).to_contain_text("zpool: no such device; looked at every path")
    expect(why.locator(".con-tail")).to_have_text("zpool: no such device")
    shoot(page, "job-failed")
    why.locator(".con-causetext").click()
    expect(page.locator("#log-node")).to_have_value("")
    why.get_by_role("button", name="Resume this node…").click()
    chosen = page.locator("#resume-nodes").get_by_role("checkbox")
    expect(chosen).to_have_count(4)
    expect(page.locator("#resume-nodes :checked")).to_have_value(last.address)
    plan = page.locator("#resume-plan")
    expect(plan.get_by_role("row", name="install_nodes")).to_contain_text(f"1 node: {last.address}")
    expect(plan.get_by_role("row", name="install_nodes")).to_contain_text("3 nodes")
    expect(plan.get_by_role("row", name="build_pkgs")).to_have_text("build_pkgs–installer")
    expect(page.locator("#resume-others")).to_have_text("3 other unfinished nodes stay as they are.")
    page.get_by_label("Repeat from phase").select_option("build_pkgs")
    expect(plan.get_by_role("row", name="build_pkgs")).to_have_text("build_pkgsinstaller–")
    shoot(page, "job-resume")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Resume…").click()
    expect(page.locator("#resume-nodes :checked")).to_have_count(0)
    expect(plan.get_by_role("row", name="verify")).to_contain_text("4 nodes:")


@pytest.mark.django_db(transaction=True)
def test_a_break_in_the_connection_costs_no_line_and_repeats_none(
    live_server: object, context: BrowserContext, sign_in: SignIn
) -> None:
    job, nodes = running_job(1)
    factories.add_events(job, [f"before {number}" for number in range(5)])
    page = sign_in("viewer")
    open_job(page, live_server, job)
    expect(page.locator(".con-line")).to_have_count(5)
    context.set_offline(True)
    expect(page.locator("#job-link")).to_contain_text("The console has not answered since")
    factories.add_events(
        job, [f"meanwhile {number}" for number in range(1200)], node=str(nodes[0].mgmt_address)
    )
    context.set_offline(False)
    expect(page.locator("#log-count")).to_have_text("1,205 lines")
    seqs = shown_seqs(page)
    assert seqs == list(range(seqs[0], 1206))
    expect(page.locator("#job-link")).to_have_text("live")


@pytest.mark.django_db(transaction=True)
def test_who_is_signed_out_is_told_so(live_server: object, context: BrowserContext, sign_in: SignIn) -> None:
    job, _ = running_job(1)
    page = sign_in("viewer")
    open_job(page, live_server, job)
    expect(page.locator("#job-link")).to_have_text("live")
    context.clear_cookies()
    expect(page.locator("#job-link")).to_contain_text("You are signed out")


@pytest.mark.django_db(transaction=True)
def test_cancelling_from_the_page_cancels(live_server: object, sign_in: SignIn) -> None:
    job, _ = running_job(1)
    page = sign_in("operator")
    open_job(page, live_server, job)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel now").click()
    expect(page.locator("#job-pill")).to_contain_text("cancelling")
    job.refresh_from_db()
    assert (job.status, job.cancel_now, job.cancelled_by) == ("cancelling", True, "operator-1")


@pytest.mark.django_db(transaction=True)
def test_a_job_is_paused_from_the_page_which_says_so_and_goes_on_from_there(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    job, _ = running_job(3)
    page = sign_in("operator")
    open_job(page, live_server, job)
    note = page.locator("#job-paused")
    expect(note).to_be_hidden()
    page.get_by_role("button", name="Pause").click()
    expect(note).to_be_visible()
    expect(note).to_have_text(
        re.compile(r"Paused by operator-1 at .* UTC\. 3 running steps finish; no new step starts\.")
    )
    expect(page.locator("#job-pill")).to_contain_text("paused")
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    shoot(page, "job-paused")
    move_steps(Step.objects.filter(job=job, status="running"), "succeed")
    job.refresh_from_db()
    factories.add_events(job, ["that was the last of them"])
    expect(note).to_contain_text("0 running steps finish")
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(note).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_the_time_left_is_shown_when_earlier_runs_tell_it(live_server: object, sign_in: SignIn) -> None:
    _, nodes = running_job(2)
    page = sign_in("viewer")
    first = factories.make_job(nodes)
    open_job(page, live_server, first)
    expect(page.locator("#job-count")).to_have_text("1/8 steps")
    expect(page.locator("#job-left")).to_be_empty()
    first.steps.update(status="succeeded", attempts=1, started_at=factories.BEGIN)
    first.steps.update(finished_at=factories.BEGIN + timedelta(minutes=10))
    job = factories.make_job(nodes)
    job.steps.filter(status="running").update(started_at=timezone.now())
    open_job(page, live_server, job)
    expect(page.locator("#job-left")).to_have_text("· about 40 min left")
    expect(page.locator("th", has_text="install_nodes").first).to_contain_text("0/2 · about 10 min left")


@pytest.mark.django_db(transaction=True)
def test_the_page_of_the_workers_keeps_itself_up_to_date(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    job, _ = running_job(9)
    job.steps.filter(status="running").update(claim="w/1", started_at=timezone.now())
    page = sign_in("viewer")
    page.goto(f"{live_server}{reverse('admin:jobs_worker_changelist')}")
    card = page.get_by_role("region", name="Worker w")
    expect(card).to_contain_text("install_nodes")
    card.get_by_text("and 3 more").click()
    expect(card.get_by_text("172.16.80.9 network")).to_be_visible()
    shoot(page, "workers")
    Worker.objects.create(name="late", host="h", pid=2, heartbeat_at=timezone.now())
    expect(page.get_by_role("region", name="Worker late")).to_contain_text("Idle.")
    expect(card.get_by_text("172.16.80.9 network")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_nodes_stay_usable_in_the_dark(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    job, nodes = running_job(200)
    mine = str(nodes[3].mgmt_address)
    factories.add_events(job, [f"component network: step {n}" for n in range(200)], node=mine)
    page = sign_in("operator")
    page.emulate_media(color_scheme="dark")
    open_job(page, live_server, job)
    squares = page.locator("#job-strip").get_by_role("option")
    expect(squares).to_have_count(200)
    expect(page.get_by_role("button", name="Running (200)")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("tr[data-node]")).to_have_count(0)
    expect(page.locator("#log-count")).to_have_text("200 lines")
    shoot(page, "job-200-dark")
    here = Step.objects.filter(job=job, phase="install_nodes")
    failed = {str(nodes[number].mgmt_address) for number in (3, 50, 51)}
    for step in here.filter(address__in=failed):
        error = f"disk ended with 3 on {step.address}: device unavailable"
        move_steps(here.filter(pk=step.pk), "fail", error=error, component="disk")
    move_steps(here.exclude(address__in=failed).filter(address__endswith="7"), "succeed")
    factories.add_events(job, ["three failed"])
    cause = page.locator(".con-cause")
    expect(cause).to_contain_text("3× disk ended with 3 on …: device unavailable")
    expect(page.locator("tr[data-node]")).to_have_count(3)
    heads = page.locator(".con-grouphead")
    expect(heads.first).to_have_text("Failed (3)")
    expect(page.locator("#job-strip").get_by_role("option", name=re.compile("failed"))).to_have_count(3)
    stops = page.locator("#job").evaluate(
        """job => {
          const all = [...job.querySelectorAll("a[href], button, select, input, [tabindex='0']")];
          const log = job.querySelector("#log");
          return all.filter((one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true })
            && one.compareDocumentPosition(log) & Node.DOCUMENT_POSITION_FOLLOWING).length;
        }"""
    )
    assert stops < 30, "two hundred nodes are few stops of the Tab key"
    squares.nth(3).click()
    expect(page.locator("#log-node")).to_have_value(mine)
    expect(squares.nth(3)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    expect(squares.nth(4)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#log-node")).to_have_value(str(nodes[4].mgmt_address))
    page.locator("#grid-by").select_option("rack")
    expect(heads.first).to_contain_text("Rack pek3cr01: ✕ 3 failed")
    shoot(page, "job-200-failed")


@pytest.mark.django_db(transaction=True)
def test_the_tab_shows_how_far_the_job_is(live_server: object, sign_in: SignIn) -> None:
    job, _ = running_job(2)
    page = sign_in("viewer")
    open_job(page, live_server, job)
    icon = page.locator("link[rel~=icon]")
    expect(icon).to_have_attribute("href", re.compile("job-busy-0.svg"))
    assert page.title().startswith("● 12% ")
    move_steps(Step.objects.filter(job=job, status="running"), "succeed")
    factories.add_events(job, ["both"])
    expect(icon).to_have_attribute("href", re.compile("job-busy-25.svg"))
    move_job(Job.objects.filter(pk=job.pk), "fail", error="it ended")
    expect(icon).to_have_attribute("href", re.compile("job-bad.svg"))
    answer = page.request.get(f"{live_server}{icon.get_attribute('href')}")
    assert answer.ok and "svg" in answer.headers["content-type"]


@pytest.mark.django_db(transaction=True)
def test_buttons_keep_their_places(live_server: object, sign_in: SignIn) -> None:
    job, _ = running_job(2)
    page = sign_in("operator")
    open_job(page, live_server, job)
    cancel = page.get_by_role("button", name="Cancel now")
    before = cancel.bounding_box()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()
    assert cancel.bounding_box() == before
    place = page.get_by_role("button", name="Resume", exact=True).bounding_box()
    move_job(Job.objects.filter(pk=job.pk), "fail", error="it ended")
    resume = page.get_by_role("button", name="Resume…")
    expect(resume).to_be_visible()
    after = resume.bounding_box()
    assert (
        place
        and after
        and (place["y"], place["x"] + place["width"]) == (after["y"], after["x"] + after["width"])
    )
