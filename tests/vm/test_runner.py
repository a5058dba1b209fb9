"""The detached runner below a real sshd and a real init: cut connections, cancelling, rebooting."""

from __future__ import annotations

from tests.system.faults import script
from tests.vm.console import VmConsole
from tests.vm.machine import ADDRESS, Machine

# Sessions of people and of the installer; the server that listens stays.
CUT = "pkill -KILL -f '^sshd: .*(@notty|\\[priv\\])' || :"
BOOT_S = 600


def boot_id(machine: Machine) -> str:
    return machine.agent.run("cat /proc/sys/kernel/random/boot_id").strip()


def test_a_component_goes_on_while_connections_are_cut(trusted: VmConsole, machine: Machine) -> None:
    job_id = trusted.component(script("cut", 60, "sleep 0.3"))
    trusted.until(lambda: trusted.effects(ADDRESS, "cut"), "nothing begins")
    for count in (5, 20, 35):
        trusted.until(lambda n=count: len(trusted.lines(job_id, ADDRESS, "one")) >= n, "no output comes")
        machine.agent.run(CUT)
    assert trusted.ended(job_id, 180)["status"] == "succeeded"
    assert trusted.lines(job_id, ADDRESS, "one") == [f"line {number} of cut" for number in range(1, 61)]
    assert trusted.effects(ADDRESS, "cut") == ["begin", "end"]
    assert trusted.said(job_id, "retrying in")


def test_a_cable_that_is_out_for_a_minute(trusted: VmConsole, machine: Machine) -> None:
    job_id = trusted.component(script("cable", 20, "sleep 1"))
    trusted.until(lambda: trusted.effects(ADDRESS, "cable"), "nothing begins")
    machine.qmp("set_link", name="card0", up=False)
    try:
        # Only the guest's own console knows how far it is.
        trusted.until(lambda: trusted.effects(ADDRESS, "cable") == ["begin", "end"], "it stands still")
        trusted.until(lambda: trusted.said(job_id, "retrying in"), "nobody notices")
    finally:
        machine.qmp("set_link", name="card0", up=True)
    assert trusted.ended(job_id, 180)["status"] == "succeeded"
    assert trusted.lines(job_id, ADDRESS, "one") == [f"line {number} of cable" for number in range(1, 21)]


def test_cancel_now_leaves_no_process(trusted: VmConsole, machine: Machine) -> None:
    job_id = trusted.component("sleep 4321 & sleep 4322 | cat & " + script("gone", 900))
    trusted.until(lambda: trusted.effects(ADDRESS, "gone"), "nothing begins")
    trusted.run("cancel_job", job_id, "--now")
    assert trusted.ended(job_id)["status"] == "cancelled"
    assert machine.agent.run(f"pgrep -af '{job_id[:-1]}[{job_id[-1]}]|sleep 432[12]' || :") == ""
    assert trusted.effects(ADDRESS, "gone") == ["begin"]


def test_a_reboot_asked_for_is_waited_for(trusted: VmConsole, machine: Machine) -> None:
    before = boot_id(machine)
    behind = ': >"$INSTALLER_REBOOT"; mkdir -p /opt/effects; echo done >>/opt/effects/behind'
    job_id = trusted.component(behind, "cat /proc/sys/kernel/random/boot_id")
    assert trusted.ended(job_id, BOOT_S)["status"] == "succeeded"
    after = trusted.lines(job_id, ADDRESS, "two")
    machine.agent.wait(BOOT_S)
    assert after == [boot_id(machine)] != [before]
    assert trusted.effects(ADDRESS, "behind") == ["done"]
    assert trusted.said(job_id, "requested a reboot of the node") and trusted.said(
        job_id, "has been rebooted and is back"
    )


def test_a_component_that_reboots_the_node_itself_goes_on(trusted: VmConsole, machine: Machine) -> None:
    inside = 'echo "boot $INSTALLER_BOOTS"; [ $INSTALLER_BOOTS -ge 1 ] || { : >"$INSTALLER_REBOOT"; reboot; sleep 600; }'
    job_id = trusted.component(inside)
    status = trusted.ended(job_id, BOOT_S)
    assert status["status"] == "succeeded", status["nodes"]
    assert trusted.lines(job_id, ADDRESS, "one") == ["boot 0", "boot 1"]
    machine.agent.wait(BOOT_S)


def test_a_reboot_that_nobody_asked_for_is_said_and_resume_repeats_it(
    trusted: VmConsole, machine: Machine
) -> None:
    job_id = trusted.component(script("crash", 30, "sleep 0.5"))
    trusted.until(lambda: trusted.effects(ADDRESS, "crash"), "nothing begins")
    machine.agent.run("systemctl --no-block reboot")
    status = trusted.ended(job_id, BOOT_S)
    assert status["status"] == "failed"
    # The second one where the guest starts for longer than a lost connection is tried again.
    said = ("ended on the node without a result (reboot", "given up (it may still be running there)")
    assert any(words in status["nodes"][0]["error"] for words in said), status["nodes"]
    machine.agent.wait(BOOT_S)
    machine.until(lambda: machine.agent.run("systemctl is-active ssh", expect=None) == "active\n", "no sshd")
    trusted.run("resume_job", job_id)
    assert trusted.ended(job_id, BOOT_S)["status"] == "succeeded"
    assert trusted.effects(ADDRESS, "crash") == ["begin", "begin", "end"]
