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
        "J01 error: there is no job j-AbC12345 -> get_status without an id shows the newest",
        says={"": Says(_("there is no job {job}"), _("`get_status` without an id shows the newest"))},
    ),
    Code(
        "J02",
        _("No job of this action exists"),
        _(
            "get_status or get_log was called for the newest job of an action, but none has run yet, or the "
            "action does not exist."
        ),
        _("Correct the name after --action to one of those listed, or run the action first."),
        "J02 error: no job collect_nodes so far -> actions are apply_haproxy, build_global_conf, "
        "clear_zone_cache, collect_nodes, …",
        says={
            "none_at_all": Says(
                _("no job at all so far"),
                _("the first verb that works on machines begins one, such as `establish_ssh`"),
            ),
            "none_of_the_action": Says(
                _("no job {action} so far"),
                _("there are jobs of {actions}; `get_status` shows the newest of them"),
            ),
            "none_yet": Says(
                _("no job {action} so far"),
                _("the first verb that works on machines begins one, such as `establish_ssh`"),
            ),
            "unknown_action": Says(_("no action is called {action!r}"), _("actions are {actions}")),
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
        "J03 error: job j-AbC12345 has ended already: succeeded -> there is nothing to cancel",
        says={
            "ended": Says(_("job {job} has ended already: {status}"), _("nothing of it runs any more")),
            "may_still_run": Says(
                _("job {job} has ended already: {status}"),
                _(
                    "it may still run on {nodes}, and is ended there once a worker gets there; where you "
                    "know that nothing of it runs: `settle_job {job} --node {nodes} --reason TEXT`"
                ),
            ),
            "resumable": Says(
                _("job {job} has ended already: {status}"),
                _("nothing of it runs any more; to go on with it: `resume_job {job}`"),
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
        "J04 error: job j-AbC12345 is running -> only a failed, a cancelled or a paused job is resumed",
        says={
            "": Says(_("job {job} is {status}"), _("only a failed, a cancelled or a paused job is resumed"))
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
        "J05 error: no step of these nodes is left to do -> look at get_status",
        says={
            "others_left": Says(
                _("no step of these nodes is left to do"),
                _("these are left: `resume_job {job} --node {nodes}`"),
            ),
            "all_done": Says(
                _("no step of these nodes is left to do"),
                _("--from-phase repeats what is done (`get_status {job}` shows its phases)"),
                page=_("resume it from a phase to repeat what is done (`get_status {job}` shows its phases)"),
            ),
            "many_others_left": Says(
                _("no step of these nodes is left to do"),
                _("these are left: `resume_job {job} --node {nodes}` (and {more} more)"),
            ),
        },
    ),
    Code(
        "J06",
        _("The node is not part of the job"),
        _(
            "--node of resume_job or settle_job names an address that has no step in this job, so the "
            "command is refused for all nodes named."
        ),
        _("Run get_status JOB to see the nodes of the job, then correct the address."),
        "J06 error: not part of job j-AbC12345: 172.16.80.99 -> get_status lists its nodes",
        says={"": Says(_("not part of job {job}: {addresses}"), _("`get_status` lists its nodes"))},
    ),
    Code(
        "J07",
        _("The job has no such phase"),
        _(
            "--from-phase of resume_job names a phase that this job does not have. Phases differ between "
            "actions, and a job has only the phases that it needs."
        ),
        _("Use one of the phases that the finding lists, in the spelling shown."),
        "J07 error: no phase install -> phases are build_pkgs, install_nodes, update_nodes, verify, "
        "vbc_route",
        says={"": Says(_("no phase {phase}"), _("phases are {known}"))},
    ),
    Code(
        "J08",
        _("The job cannot be paused in its current state"),
        _(
            "pause_job names a job that has ended or is being cancelled. It will not start further work anyway."
        ),
        _("Check get_status JOB. To continue a failed or cancelled job, use resume_job."),
        "J08 error: job j-AbC12345 is succeeded -> only a queued or a running job is paused",
        says={"": Says(_("job {job} is {status}"), _("only a queued or a running job is paused"))},
    ),
    Code(
        "J09",
        _("The number of days is out of range"),
        _(
            "prune_jobs was asked to keep jobs for fewer than 1 or more than 36500 days. Jobs and logs are "
            "deleted permanently, so a value out of range is refused."
        ),
        _("Use --days from 1 to 36500. Preview the deletion with --dry-run."),
        "J09 error days: 0 days -> say a number of days from 1 to 36500",
        says={"": Says(_("{days} days"), _("say a number of days from 1 to 36500"))},
    ),
    Code(
        "J10",
        _("Settling a job needs a reason"),
        _(
            "settle_job was called without a reason. Settling confirms that a job has stopped on a node that "
            "the console cannot check itself, so the audit must record how this was verified."
        ),
        _("Add --reason TEXT: how you verified that the job has stopped there."),
        "J10 error reason: no reason is given -> say how you know that nothing runs there",
        says={"": Says(_("no reason is given"), _("say how you know that nothing runs there"))},
    ),
    Code(
        "J11",
        _("The job has nothing to settle on these nodes"),
        _(
            "The job has no unfinished work on the specified nodes and, without --node, no failed phase whose "
            "result can be confirmed. It holds none of these nodes."
        ),
        _(
            "Continue without settle_job. If a command still refuses a node, settle the job that the refusal "
            "names; to confirm a failed phase such as clear_zone_cache, omit --node."
        ),
        "J11 error: job j-AbC12345 has left nothing on these nodes -> there is nothing to settle",
        says={
            "holds_nothing": Says(_("nothing of it holds its nodes: go on with them")),
            "settle_other_nodes": Says(
                _("it may still run on {nodes}: `settle_job {job} --node {nodes} --reason TEXT`")
            ),
            "confirm_phases": Says(
                _("what {phases} could not see is no matter of a node: `settle_job {job} --reason TEXT`")
            ),
            "still_active": Says(
                _("it goes on by itself (`get_status {job}`); to end it: `cancel_job {job} --now`")
            ),
            "nothing_on_these": Says(_("job {job} has left nothing on these nodes"), _("{remedy}")),
            "nothing_on_any": Says(_("job {job} has left nothing on its nodes"), _("{remedy}")),
        },
    ),
    Code(
        "J12",
        _("The step ran out of time"),
        _(
            "A step took longer than its phase may take, or a command longer than its timeout. What ran on the node was "
            "ended there if the node could be reached; otherwise it is ended when the node is back."
        ),
        _(
            "Look at the log of the step (get_log JOB --node ADDRESS) to see what it waited for, and at the load of the node. "
            "Then run resume_job JOB: what is done is not repeated. For exec_nodes, start it with a longer --timeout."
        ),
        "J12 the step ran out of time: look at its log, then resume the job",
        failure=True,
        says={
            "": Says(_("the step ran out of time"), _("look at its log, then resume the job")),
            "ended": Says(_("{component} did not end in time and was ended")),
            "not_reached": Says(
                _("{component} did not end in time, and {endpoint} could not be reached to end it"),
                _("look at the node, then resume the job"),
            ),
        },
    ),
    Code(
        "J13",
        _("Something of a job that this console does not know runs on the node"),
        _(
            "A component is to start on a node where another one runs whose job is not in this console's database: another "
            "console works on the node, or the database was restored from a backup. Both at once could damage the node, so "
            "nothing was begun."
        ),
        _(
            "Wait until it has ended there, or end it on the node: the sentence names its log. Then run resume_job JOB."
        ),
        "J13 disk of job j-AbC12345 runs on 172.16.80.21 port 22, and this console knows no such job: os was not begun "
        "beside it: wait until it has ended there, or end it (its log is /opt/install/disk/j-AbC12345-1.log), then resume "
        "the job",
        failure=True,
        says={
            "": Says(
                _(
                    "{component} of job {job} runs on {endpoint}, and this console knows no such job: {before} was not begun "
                    "beside it"
                ),
                _("wait until it has ended there, or end it (its log is {log}), then resume the job"),
            )
        },
    ),
    Code(
        "J14",
        _("The node was given up after repeated attempts"),
        _(
            "The connection to a node failed again and again while the step had something to do there. The sentence begins "
            "with the last failure of the connection. What was started on the node may still run there; a worker looks for it "
            "when the node is back."
        ),
        _(
            "Repair what the sentence names: the power, the network or the login of the node. Then run resume_job JOB: it "
            "continues what still runs there, and repeats nothing that is done."
        ),
        "J14 172.16.80.21 port 22 cannot be reached (No route to host): is the node on, is its address right, is the cable "
        "in?; given up (it may still run there)",
        failure=True,
        says={
            "running": Says(_("{error}; given up (it may still run there)")),
            "no_time": Says(_("{error}; no time is left to try again")),
        },
    ),
    Code(
        "J15",
        _("The component ended without a result"),
        _(
            "What ran on the node is gone and left no exit code: the node was rebooted or installed anew, its disk is full, or "
            "the kernel ended it for want of memory. How far it got is not known."
        ),
        _(
            "Look at its log on the node, at the disk and at the kernel log (dmesg). Then run resume_job JOB: the component is "
            "run again, and is safe to repeat."
        ),
        "J15 disk ended on the node without a result (did it reboot, is its disk full, or did it run out of memory?): look "
        "at /opt/install/disk/j-AbC12345-1.log there, then resume the job",
        failure=True,
        says={
            "died": Says(
                _(
                    "{component} ended on the node without a result (did it reboot, is its disk full, or did it run out of "
                    "memory?)"
                ),
                _("look at {log} there, then resume the job"),
            ),
            "lost_files": Says(
                _("{endpoint} has lost the files of {component} in {folder} while it ran"),
                _("was the node installed anew? Look at it, then resume the job"),
            ),
        },
    ),
    Code(
        "J16",
        _("The component failed on the node"),
        _(
            "A script of a phase, or a command of exec_nodes, ended with an exit code other than 0. The sentence contains the "
            "line of its output that says why. What it did before that line is done."
        ),
        _(
            "Read its log (get_log JOB --node ADDRESS, or the file on the node that the sentence names), correct the cause on "
            "the node, then run resume_job JOB: what is done is not repeated."
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
            "The console keeps the script, the output and the exit code of a component under /opt/install on the node, and "
            "could not write there, or a tool that it needs to start the script is missing."
        ),
        _(
            "Free some space on the node, mount its file system for writing, or install what the sentence says is missing. "
            "Then run resume_job JOB."
        ),
        "J17 disk could not be started in /opt/install/disk: cannot create j-AbC12345-1.sh: No space left on device (disk "
        "full, or not writable?)",
        failure=True,
        says={
            "": Says(
                _("{component} could not be started in {folder}: {reason} (disk full, or not writable?)")
            ),
            "no_reason": Says(
                _(
                    "{component} could not be started in {folder}: no reason given (disk full, or not writable?)"
                )
            ),
        },
    ),
    Code(
        "J18",
        _("What the node says contradicts the database"),
        _(
            "The node reports a newer owner of the step, or again and again something that runs beside it, and the console's "
            "database knows of no such thing. Files under /opt/install on the node were changed or copied from another "
            "machine, or the node is not what it claims to be."
        ),
        _(
            "Look at what runs on the node, and at the files that the sentence names. Remove files of another machine, then "
            "run resume_job JOB."
        ),
        "J18 172.16.80.21 port 22 says that another worker has taken up disk, and that is not so: look at the fences in "
        "/opt/install there, then resume the job",
        failure=True,
        says={
            "fence": Says(
                _("{endpoint} says that another worker has taken up {component}, and that is not so"),
                _("look at the fences in {folder} there, then resume the job"),
            ),
            "beside": Says(
                _(
                    "{endpoint} says again and again that something runs beside {component} ({other} of job {job})"
                ),
                _("it was ended, or may run on; look at what runs there, then resume the job"),
            ),
        },
    ),
    Code(
        "J19",
        _("The reboot of the node did not lead on"),
        _(
            "A component asked for a reboot of its node, and the node did not answer within 15 minutes, or the component asked "
            "for more reboots than are ever needed."
        ),
        _(
            "Look at the console of the node: whether it boots, and from which disk. If it runs, look at the log of the "
            "component. Then run resume_job JOB."
        ),
        "J19 172.16.80.21 port 22 did not come back from its reboot: look at its console",
        failure=True,
        says={
            "away": Says(_("{endpoint} did not come back from its reboot: look at its console")),
            "many": Says(_("{component} asked for more than {most} reboots: look at its log")),
        },
    ),
    Code(
        "J20",
        _("The step was not begun"),
        _(
            "Something before it failed: an earlier phase on the same node, a phase of the installer, any node where the phase "
            "needs every node, or more nodes than --max-failures allows. The step changed nothing."
        ),
        _(
            "Correct the cause of the first failure (get_status JOB, get_log JOB --level error), then run resume_job JOB: it "
            "begins what was not begun."
        ),
        "J20 not begun: install failed on this node",
        failure=True,
        says={
            "on_node": Says(_("not begun: {phase} failed on this node")),
            "on_installer": Says(_("not begun: {phase} failed on the installer")),
            "needs_all": Says(
                _("not begun: it needs every node, and some failed or were left out"), _("resume the job")
            ),
            "budget": Says(_("not begun: {failed:node|nodes} failed, --max-failures is {budget}")),
            "refused": Says(_("not begun: the job was refused")),
        },
    ),
    Code(
        "J21",
        _("The step was cancelled"),
        _(
            "The job was cancelled, or given up, before the step was done. Without --now, what runs on a node is followed to "
            "its end first. Where no worker was alive, it may still run on the node."
        ),
        _(
            "To continue, run resume_job JOB: it goes on with what is not done. If a node is gone and you have checked that "
            "nothing runs there, run settle_job JOB --node ADDRESS --reason TEXT."
        ),
        "J21 cancelled before it began",
        failure=True,
        says={
            "not_begun": Says(_("cancelled before it began")),
            "at_start": Says(_("cancelled after start")),
            "after": Says(_("cancelled after {component}")),
            "may_run": Says(
                _("cancelled while no worker was alive: it may still run there, its log is in {folder}")
            ),
            "not_seen": Says(_("cancelled while no worker was alive: nobody looked at the node")),
            "given_up": Says(
                _(
                    "nobody works on it any more; it may still run on the node, its log is under {folder} there"
                )
            ),
        },
    ),
    Code(
        "J22",
        _("The console itself failed"),
        _(
            "An error of the console's own code that it did not expect. The step or the job failed; the other nodes went on."
        ),
        _(
            "Report it with the sentence and the log (get_log JOB). Until it is mended, resume_job JOB tries once more."
        ),
        "J22 the console itself failed in collect: ZeroDivisionError: division by zero; please report it",
        failure=True,
        says={
            "run": Says(_("the console itself failed in {phase}: {reason}; please report it")),
            "prepare": Says(_("{phase} could not be prepared: {reason}")),
            "finish": Says(_("the result of {phase} could not be stored: {reason}")),
            "start": Says(_("{action} could not be started: {reason}; please report it")),
        },
    ),
    Code(
        "J23",
        _("This console does not know the action or the phase"),
        _(
            "The job was created by another version of the console, and every live worker is of a version that does not know "
            "what it consists of, as during an upgrade."
        ),
        _("Upgrade the workers to the version of the console that created the job, then run resume_job JOB."),
        "J23 this console does not know the action scale_qingcloud: upgrade the worker, then resume the job",
        failure=True,
        says={
            "action": Says(
                _("this console does not know the action {action}"),
                _("upgrade the worker, then resume the job"),
            ),
            "phase": Says(
                _("this console does not know the phase {phase}"),
                _("upgrade the worker, then resume the job"),
            ),
        },
    ),
    Code(
        "J24",
        _("No worker was alive for so long that the job was given up"),
        _(
            "The job was queued or running, and no worker worked on it for INSTALLER_TAKEOVER_S seconds. Nobody expects it to "
            "go on by itself after that time, so it failed instead."
        ),
        _(
            "Start the workers (manage.py qcluster; /readyz shows them). Check that the job is still wanted, then run "
            "resume_job JOB."
        ),
        "J24 no worker was alive for 24 h, so it was not taken up again: resume_job j-AbC12345",
        failure=True,
        says={
            "": Says(
                _("no worker was alive for {hours} h, so it was not taken up again"), _("`resume_job {job}`")
            )
        },
    ),
    Code(
        "J25",
        _("Steps of the job failed"),
        _(
            "The job has ended, and a phase of the installer or steps on some nodes failed. The other nodes are done as far as "
            "they do not need the ones that failed."
        ),
        _(
            "Run get_log JOB --level error to see the causes, correct them, then run resume_job JOB: what is done is not "
            "repeated. A job of establish_ssh is begun anew: establish_ssh JOB."
        ),
        "J25 1 of 4 nodes failed (172.16.80.21): see get_log j-AbC12345 --level error, mend the cause, then resume_job "
        "j-AbC12345",
        failure=True,
        says={
            "on_installer": Says(_("{phase} failed on the installer: {error}")),
            "nodes": Says(
                _("{failed:;}"),
                _("see `get_log {job} --level error`, mend the cause, then `resume_job {job}`"),
            ),
            "nodes_anew": Says(
                _("{failed:;}"), _("see `get_log {job} --level error`, mend the cause, then {again}")
            ),
            "given": Says(_("{count} of {total} nodes failed ({names})")),
            "others": Says(_("{phase} failed on {count} of {total} other nodes ({names})")),
            "visited": Says(_("{phase} failed on {count} of {total} nodes ({names})")),
        },
    ),
    Code(
        "J26",
        _("Steps of the job were not done"),
        _("The job has ended, no step failed, and some were cancelled or not begun."),
        _(
            "Run resume_job JOB to do them, or leave it at that. A job of establish_ssh is begun anew: establish_ssh JOB."
        ),
        "J26 3 steps were not done: resume_job j-AbC12345 goes on with them",
        failure=True,
        says={
            "": Says(_("{steps:step was|steps were} not done"), _("`resume_job {job}` goes on with them")),
            "anew": Says(_("{steps:step was|steps were} not done"), _("for these nodes {again}")),
        },
    ),
    Code(
        "J27",
        _("Another person resumed the job at the same moment"),
        _("Two people resumed the same job, and the other one was first. The job runs as they resumed it."),
        _("Follow it with get_status JOB. If nodes are left when it has ended, resume it for these."),
        "J27 job j-AbC12345 was resumed by somebody else a moment ago",
        says={"": Says(_("job {job} was resumed by somebody else a moment ago"))},
    ),
    Code(
        "J28",
        _("The password of the job cannot be read any more"),
        _(
            "A job keeps its password encrypted with SECRET_KEY until it ends. SECRET_KEY has changed since the job was "
            "started, or a worker has another one than the console."
        ),
        _(
            "Give the console and all workers the same SECRET_KEY, restart them, then start the job again with the password."
        ),
        "J28 the stored secret cannot be read: SECRET_KEY changed since: start the job again",
        failure=True,
        says={
            "": Says(
                _("the stored secret cannot be read: SECRET_KEY changed since"), _("start the job again")
            )
        },
    ),
)
