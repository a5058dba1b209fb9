"""Codes of jobs."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "J01",
        _("The job does not exist"),
        _(
            "A command names a job that never existed or that prune_jobs deleted. Ids are case-sensitive: "
            "j- and 8 letters or digits."
        ),
        _(
            "Run get_status without an id to see the newest job, or open the job list in the console, and "
            "correct the id."
        ),
        "J01 error: job j-AbC12345 does not exist -> get_status without an id shows the newest job",
        says={"": Says(_("job {job} does not exist"), _("`get_status` without an id shows the newest job"))},
    ),
    Code(
        "J02",
        _("No job of this action exists"),
        _(
            "get_status or get_log was called for the newest job of an action, but none has run yet, or the "
            "action does not exist."
        ),
        _("Correct the name after --action to one of those listed, or run the action first."),
        "J02 error: no collect_nodes job has run yet -> actions with jobs: apply_haproxy, build_global_conf, "
        "clear_zone_cache; get_status shows the newest job of each",
        says={
            "none_at_all": Says(
                _("no job has run yet"),
                _("the first command that works on machines starts one, such as `establish_ssh`"),
            ),
            "none_of_the_action": Says(
                _("no {action} job has run yet"),
                _("actions with jobs: {actions}; `get_status` shows the newest job of each"),
            ),
            "none_yet": Says(
                _("no {action} job has run yet"),
                _("the first command that works on machines starts one, such as `establish_ssh`"),
            ),
            "unknown_action": Says(_("unknown action {action!r}"), _("known actions: {actions}")),
        },
    ),
    Code(
        "J03",
        _("The job has already ended and cannot be cancelled"),
        _(
            "cancel_job names a job that succeeded, failed or was cancelled. It has no work left to stop, and "
            "completed changes on the nodes stay."
        ),
        _("Check the result with get_status JOB. Start or resume another job if more work is needed."),
        "J03 error: job j-AbC12345 has already ended: succeeded -> it no longer runs anywhere",
        says={
            "ended": Says(_("job {job} has already ended: {status}"), _("it no longer runs anywhere")),
            "may_still_run": Says(
                _("job {job} has already ended: {status}"),
                _(
                    "it may still be running on {nodes}; a worker stops it there as soon as it can reach them. Once you "
                    "have confirmed that it has stopped: `settle_job {job} --node {nodes} --reason TEXT`"
                ),
            ),
            "resumable": Says(
                _("job {job} has already ended: {status}"),
                _("it no longer runs anywhere; to continue it: `resume_job {job}`"),
            ),
        },
    ),
    Code(
        "J04",
        _("The job cannot be resumed in its current state"),
        _(
            "resume_job names a job that succeeded, is queued or running, or is still being cancelled. Only "
            "a failed or a cancelled job can be resumed, or a paused one as a whole, without --node and "
            "--from-phase."
        ),
        _(
            "Wait until the job ends (get_status JOB), then resume it if it failed. Resume a paused job "
            "without --node and --from-phase; start the action of a succeeded job again."
        ),
        "J04 error: job j-AbC12345 is running -> only failed, cancelled or paused jobs can be resumed",
        says={
            "": Says(_("job {job} is {status}"), _("only failed, cancelled or paused jobs can be resumed"))
        },
    ),
    Code(
        "J05",
        _("Nothing is left to resume on these nodes"),
        _(
            "resume_job is limited with --node to nodes on which every step of the job has succeeded. "
            "Completed steps are not repeated automatically."
        ),
        _(
            "Run get_status JOB to see the nodes that failed. To repeat completed phases, add --from-phase "
            "PHASE."
        ),
        "J05 error: all steps of the job are done on these nodes -> unfinished nodes: resume_job j-AbC12345 "
        "--node 172.16.80.23",
        says={
            "others_left": Says(
                _("all steps of the job are done on these nodes"),
                _("unfinished nodes: `resume_job {job} --node {nodes}`"),
            ),
            "all_done": Says(
                _("all steps of the job are done on these nodes"),
                _("to repeat completed phases, add --from-phase (`get_status {job}` lists the phases)"),
                page=_(
                    "to repeat completed phases, resume the job from a phase (`get_status {job}` lists the phases)"
                ),
            ),
            "many_others_left": Says(
                _("all steps of the job are done on these nodes"),
                _("unfinished nodes: `resume_job {job} --node {nodes}` (and {more} more)"),
            ),
        },
    ),
    Code(
        "J06",
        _("The node is not part of the job"),
        _(
            "--node of resume_job or settle_job specifies an address that has no step in this job, so the "
            "command is refused for all nodes."
        ),
        _("Run get_status JOB to see the nodes of the job, then correct the address."),
        "J06 error: not part of job j-AbC12345: 172.16.80.99 -> get_status lists the nodes of a job",
        says={"": Says(_("not part of job {job}: {addresses}"), _("`get_status` lists the nodes of a job"))},
    ),
    Code(
        "J07",
        _("The job has no such phase"),
        _(
            "--from-phase of resume_job specifies a phase that this job does not have. Phases differ between "
            "actions, and a job has only the phases that it needs."
        ),
        _("Use one of the phases that the finding lists, in the spelling shown."),
        "J07 error: unknown phase install -> phases of this job: build_pkgs, install_nodes, update_nodes, "
        "verify, vbc_route",
        says={"": Says(_("unknown phase {phase}"), _("phases of this job: {known}"))},
    ),
    Code(
        "J08",
        _("The job cannot be paused in its current state"),
        _(
            "pause_job names a job that has ended or is being cancelled. Such a job does not start further work "
            "anyway."
        ),
        _("Check get_status JOB. To continue a failed or cancelled job, use resume_job."),
        "J08 error: job j-AbC12345 is succeeded -> only queued or running jobs can be paused",
        says={"": Says(_("job {job} is {status}"), _("only queued or running jobs can be paused"))},
    ),
    Code(
        "J09",
        _("The number of days is out of range"),
        _(
            "prune_jobs was asked to keep jobs for fewer than 1 or more than 36500 days. Jobs and logs are "
            "deleted permanently, so a value out of range is refused."
        ),
        _("Use --days from 1 to 36500. Preview the deletion with --dry-run."),
        "J09 error days: invalid number of days: 0 -> specify 1 to 36500",
        says={"": Says(_("invalid number of days: {days}"), _("specify 1 to 36500"))},
    ),
    Code(
        "J10",
        _("Settling a job needs a reason"),
        _(
            "settle_job was called without a reason. Settling confirms that a job has stopped on a node that "
            "the console cannot check itself, so the audit must record how this was verified."
        ),
        _("Add --reason TEXT: how you verified that the job has stopped there."),
        "J10 error reason: a reason is required -> state how you confirmed that the job has stopped there",
        says={
            "": Says(_("a reason is required"), _("state how you confirmed that the job has stopped there"))
        },
    ),
    Code(
        "J11",
        _("The job has nothing to settle on these nodes"),
        _(
            "The job has no unfinished work on the specified nodes and, without --node, no failed phase whose "
            "result can be confirmed. It does not block any of these nodes."
        ),
        _(
            "Continue without settle_job. If a command still refuses a node, settle the job that the refusal "
            "names; to confirm a failed phase such as clear_zone_cache, omit --node."
        ),
        "J11 error: job j-AbC12345 has nothing to settle on these nodes -> it does not block its nodes: "
        "continue with them",
        says={
            "holds_nothing": Says(_("it does not block its nodes: continue with them")),
            "settle_other_nodes": Says(
                _("it may still be running on {nodes}: `settle_job {job} --node {nodes} --reason TEXT`")
            ),
            "confirm_phases": Says(
                _(
                    "the unverified result of {phases} does not belong to a node: `settle_job {job} --reason TEXT`"
                )
            ),
            "still_active": Says(
                _("it continues automatically (`get_status {job}`); to end it: `cancel_job {job} --now`")
            ),
            "nothing_on_these": Says(_("job {job} has nothing to settle on these nodes"), _("{remedy}")),
            "nothing_on_any": Says(_("job {job} has nothing to settle on its nodes"), _("{remedy}")),
        },
    ),
    Code(
        "J12",
        _("The step ran out of time"),
        _(
            "A step took longer than its phase allows, or a command ran longer than its timeout. The process on "
            "the node was stopped if the node could be reached; otherwise it is stopped when the node is back."
        ),
        _(
            "Check the log of the step (get_log JOB --node ADDRESS) to see what it waited for, and the load of "
            "the node. Then run resume_job JOB: completed steps are not repeated. For exec_nodes, run it again "
            "with a longer --timeout."
        ),
        "J12 the step timed out: check its log, then resume the job",
        failure=True,
        says={
            "": Says(_("the step timed out"), _("check its log, then resume the job")),
            "ended": Says(_("{component} timed out and was stopped")),
            "not_reached": Says(
                _("{component} timed out, and {endpoint} could not be reached to stop it"),
                _("check the node, then resume the job"),
            ),
        },
    ),
    Code(
        "J13",
        _("A job that is unknown to this console is running on the node"),
        _(
            "A component was about to start on a node where another one runs whose job is not in this console's "
            "database: another console works on the node, or the database was restored from a backup. Running "
            "both could damage the node, so nothing was started."
        ),
        _(
            "Wait until it has ended there, or stop it on the node; the message names its log. Then run "
            "resume_job JOB."
        ),
        "J13 disk of job j-AbC12345, which is unknown to this console, is running on 172.16.80.21 port 22; "
        "os was not started: wait until it has ended, or stop it (its log is "
        "/opt/install/disk/j-AbC12345-1.log), then resume the job",
        failure=True,
        says={
            "": Says(
                _(
                    "{component} of job {job}, which is unknown to this console, is running on {endpoint}; {before} was "
                    "not started"
                ),
                _("wait until it has ended, or stop it (its log is {log}), then resume the job"),
            )
        },
    ),
    Code(
        "J14",
        _("The node was given up after repeated attempts"),
        _(
            "The connection to the node failed repeatedly while the step had work to do there. The message "
            "begins with the last connection error. What was started on the node may still be running; a worker "
            "checks when the node is back."
        ),
        _(
            "Repair what the message names: the power, the network or the login of the node. Then run resume_job "
            "JOB: it continues what is still running there and does not repeat completed steps."
        ),
        "J14 172.16.80.21 port 22 cannot be reached (No route to host): check the power, the address and the "
        "cabling of the node; given up (it may still be running there)",
        failure=True,
        says={
            "running": Says(_("{error}; given up (it may still be running there)")),
            "no_time": Says(_("{error}; no time is left for another attempt")),
        },
    ),
    Code(
        "J15",
        _("The component ended without a result"),
        _(
            "The process on the node is gone and left no exit code: the node was rebooted or reinstalled, its "
            "disk is full, or the kernel killed the process for lack of memory. How far it got is unknown."
        ),
        _(
            "Check its log on the node, the disk, and the kernel log (dmesg). Then run resume_job JOB: the "
            "component runs again, and is safe to repeat."
        ),
        "J15 disk ended on the node without a result (reboot, full disk, or out of memory?): check "
        "/opt/install/disk/j-AbC12345-1.log there, then resume the job",
        failure=True,
        says={
            "died": Says(
                _("{component} ended on the node without a result (reboot, full disk, or out of memory?)"),
                _("check {log} there, then resume the job"),
            ),
            "lost_files": Says(
                _("the files of {component} in {folder} disappeared from {endpoint} while it was running"),
                _("check whether the node was reinstalled, then resume the job"),
            ),
        },
    ),
    Code(
        "J16",
        _("The component failed on the node"),
        _(
            "A script of a phase, or a command of exec_nodes, ended with an exit code other than 0. The message "
            "contains the line of its output that gives the reason. Everything before that line has been done."
        ),
        _(
            "Read its log (get_log JOB --node ADDRESS, or the file on the node that the message names), correct "
            "the cause on the node, then run resume_job JOB: completed steps are not repeated."
        ),
        "J16 disk failed with exit code 1: cannot create 'vpool': one or more devices is unavailable (on the node: "
        "/opt/install/disk/j-AbC12345-1.log)",
        failure=True,
        says={
            "": Says(_("{component} failed with exit code {exit_code}: {reason} (on the node: {log})")),
            "silent": Says(_("{component} failed with exit code {exit_code} (on the node: {log})")),
        },
    ),
    Code(
        "J17",
        _("The component could not be started on the node"),
        _(
            "The console keeps the script, the output and the exit code of a component under /opt/install on the "
            "node. It could not write there, or a tool that it needs to start the script is missing."
        ),
        _(
            "Free some space on the node, remount its file system read-write, or install the tool that the "
            "message names. Then run resume_job JOB."
        ),
        "J17 disk could not be started in /opt/install/disk: cannot create j-AbC12345-1.sh: No space left on "
        "device (is the disk full or read-only?)",
        failure=True,
        says={
            "": Says(
                _("{component} could not be started in {folder}: {reason} (is the disk full or read-only?)")
            ),
            "no_reason": Says(
                _(
                    "{component} could not be started in {folder} for an unknown reason (is the disk full or read-only?)"
                )
            ),
        },
    ),
    Code(
        "J18",
        _("What the node reports contradicts the database"),
        _(
            "The node reports a newer owner of the step, or keeps reporting another process next to it, and the "
            "console's database has no record of either. Files under /opt/install on the node were changed or "
            "copied from another machine, or the node is not what it claims to be."
        ),
        _(
            "Check which processes run on the node, and the files that the message names. Remove files copied "
            "from another machine, then run resume_job JOB."
        ),
        "J18 172.16.80.21 port 22 reports that another worker has taken over disk, but none has: check the "
        "fence files in /opt/install there, then resume the job",
        failure=True,
        says={
            "fence": Says(
                _("{endpoint} reports that another worker has taken over {component}, but none has"),
                _("check the fence files in {folder} there, then resume the job"),
            ),
            "beside": Says(
                _("{endpoint} keeps reporting another process next to {component} ({other} of job {job})"),
                _("it was stopped, or may still be running; check what runs there, then resume the job"),
            ),
        },
    ),
    Code(
        "J19",
        _("The node did not come back from its reboot"),
        _(
            "A component requested a reboot of its node, and the node did not answer within 15 minutes, or the "
            "component requested more reboots than are ever needed."
        ),
        _(
            "Check on the node's console whether it boots, and from which disk. If it runs, check the log of the "
            "component. Then run resume_job JOB."
        ),
        "J19 172.16.80.21 port 22 did not come back from its reboot: check its console",
        failure=True,
        says={
            "away": Says(_("{endpoint} did not come back from its reboot: check its console")),
            "many": Says(_("{component} requested more than {most} reboots: check its log")),
        },
    ),
    Code(
        "J20",
        _("The step was not started"),
        _(
            "Something before it failed: an earlier phase on the same node, a phase on the installer, any node "
            "if the phase needs all nodes, or more nodes than --max-failures allows. The step changed nothing."
        ),
        _(
            "Correct the cause of the first failure (get_status JOB, get_log JOB --level error), then run "
            "resume_job JOB: it starts the steps that were not started."
        ),
        "J20 not started: install failed on this node",
        failure=True,
        says={
            "on_node": Says(_("not started: {phase} failed on this node")),
            "on_installer": Says(_("not started: {phase} failed on the installer")),
            "needs_all": Says(
                _("not started: this phase needs all nodes, and some failed or were left out"),
                _("resume the job"),
            ),
            "budget": Says(_("not started: {failed:node|nodes} failed, --max-failures is {budget}")),
            "refused": Says(_("not started: the job was refused")),
        },
    ),
    Code(
        "J21",
        _("The step was cancelled"),
        _(
            "The job was cancelled or given up before the step was done. Without --now, a running step on a node "
            "is followed to its end first. If no worker was alive, the step may still be running on the node."
        ),
        _(
            "To continue, run resume_job JOB: it runs the unfinished steps. If a node is gone and you have "
            "confirmed that the job has stopped there, run settle_job JOB --node ADDRESS --reason TEXT."
        ),
        "J21 cancelled before start",
        failure=True,
        says={
            "not_begun": Says(_("cancelled before start")),
            "at_start": Says(_("cancelled after start")),
            "after": Says(_("cancelled after {component}")),
            "may_run": Says(
                _(
                    "cancelled while no worker was alive: it may still be running there; its log is in {folder}"
                )
            ),
            "not_seen": Says(_("cancelled while no worker was alive: the node was not checked")),
            "given_up": Says(
                _("abandoned: it may still be running on the node; its log is under {folder} there")
            ),
        },
    ),
    Code(
        "J22",
        _("Internal error of the console"),
        _(
            "The console's own code raised an unexpected error. The step or the job failed; work on the other "
            "nodes continued."
        ),
        _(
            "Report it with the message and the log (get_log JOB). Until it is fixed, you can try again with "
            "resume_job JOB."
        ),
        "J22 internal error in collect: ZeroDivisionError: division by zero; please report it",
        failure=True,
        says={
            "run": Says(_("internal error in {phase}: {reason}; please report it")),
            "prepare": Says(_("{phase} could not be prepared: {reason}")),
            "finish": Says(_("the result of {phase} could not be stored: {reason}")),
            "start": Says(_("{action} could not be started: {reason}; please report it")),
        },
    ),
    Code(
        "J23",
        _("The action or the phase is unknown to this console"),
        _(
            "The job was created by another version of the console, and every live worker runs a version that "
            "does not know this action or phase, for example during an upgrade."
        ),
        _("Upgrade the workers to the version of the console that created the job, then run resume_job JOB."),
        "J23 the action scale_qingcloud is unknown to this console: upgrade the worker, then resume the job",
        failure=True,
        says={
            "action": Says(
                _("the action {action} is unknown to this console"),
                _("upgrade the worker, then resume the job"),
            ),
            "phase": Says(
                _("the phase {phase} is unknown to this console"),
                _("upgrade the worker, then resume the job"),
            ),
        },
    ),
    Code(
        "J24",
        _("The job was given up because no worker was alive for too long"),
        _(
            "The job was queued or running, and no worker worked on it for INSTALLER_TAKEOVER_S seconds. After "
            "that time its owner no longer expects it to continue, so it failed instead."
        ),
        _(
            "Start the workers (manage.py qcluster; /readyz shows them). Check that the job is still needed, "
            "then run resume_job JOB."
        ),
        "J24 no worker was alive for 24 h, so the job was not continued: resume_job j-AbC12345",
        failure=True,
        says={
            "": Says(
                _("no worker was alive for {hours} h, so the job was not continued"), _("`resume_job {job}`")
            )
        },
    ),
    Code(
        "J25",
        _("Steps of the job failed"),
        _(
            "The job has ended, and a phase on the installer or steps on some nodes failed. The other nodes are "
            "finished as far as they do not depend on the failed ones."
        ),
        _(
            "Run get_log JOB --level error to see the causes, correct them, then run resume_job JOB: completed "
            "steps are not repeated. For establish_ssh, start a new job: establish_ssh JOB."
        ),
        "J25 1 of 4 nodes failed (172.16.80.21): see get_log j-AbC12345 --level error, correct the cause, "
        "then resume_job j-AbC12345",
        failure=True,
        says={
            "on_installer": Says(_("{phase} failed on the installer: {error}")),
            "nodes": Says(
                _("{failed:;}"),
                _("see `get_log {job} --level error`, correct the cause, then `resume_job {job}`"),
            ),
            "nodes_anew": Says(
                _("{failed:;}"), _("see `get_log {job} --level error`, correct the cause, then {again}")
            ),
            "given": Says(_("{count} of {total} nodes failed ({names})")),
            "others": Says(_("{phase} failed on {count} of {total} other nodes ({names})")),
            "visited": Says(_("{phase} failed on {count} of {total} nodes ({names})")),
        },
    ),
    Code(
        "J26",
        _("Steps of the job were not run"),
        _("The job has ended without a failed step, but some steps were cancelled or not started."),
        _(
            "Run resume_job JOB to run them, or leave the job as it is. For establish_ssh, start a new job: "
            "establish_ssh JOB."
        ),
        "J26 3 steps were not run: resume_job j-AbC12345 continues with them",
        failure=True,
        says={
            "": Says(_("{steps:step was|steps were} not run"), _("`resume_job {job}` continues with them")),
            "anew": Says(_("{steps:step was|steps were} not run"), _("for these nodes {again}")),
        },
    ),
    Code(
        "J27",
        _("Another person resumed the job at the same moment"),
        _("Two people resumed the same job, and the other one was first. The job runs as they resumed it."),
        _("Follow it with get_status JOB. If it ends with nodes left over, resume it for those."),
        "J27 another person resumed job j-AbC12345 a moment ago",
        says={"": Says(_("another person resumed job {job} a moment ago"))},
    ),
    Code(
        "J28",
        _("The password of the job can no longer be decrypted"),
        _(
            "A job keeps its password encrypted with SECRET_KEY until it ends. SECRET_KEY has changed since the "
            "job was started, or a worker uses a different one from the console."
        ),
        _(
            "Give the console and all workers the same SECRET_KEY, restart them, then start the job again with the password."
        ),
        "J28 the stored secret cannot be decrypted: SECRET_KEY has changed: start the job again",
        failure=True,
        says={
            "": Says(
                _("the stored secret cannot be decrypted: SECRET_KEY has changed"), _("start the job again")
            )
        },
    ),
)
