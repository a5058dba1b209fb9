"""Codes of jobs."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "J01",
        "The job does not exist",
        "A command names a job that never existed or that prune_jobs deleted. Ids are case-sensitive: "
        "j- and 8 letters or digits.",
        "Run get_status without an id to see the newest job, or open the job list in the console, and "
        "correct the id.",
        "J01 error: there is no job j-AbC12345 -> get_status without an id shows the newest",
        says={"": Says(_("there is no job {job_id}"), _("`get_status` without an id shows the newest"))},
    ),
    Code(
        "J02",
        "No job of this action exists",
        "get_status or get_log was called for the newest job of an action, but none has run yet, or the "
        "action does not exist.",
        "Correct the name after --action to one of those listed, or run the action first.",
        "J02 error: no job collect_nodes so far -> actions are apply_haproxy, build_global_conf, "
        "clear_zone_cache, collect_nodes, …",
    ),
    Code(
        "J03",
        "The job has already ended and cannot be cancelled",
        "cancel_job names a job that succeeded, failed or was cancelled. It has no work left to stop, and "
        "completed changes on the nodes stay.",
        "Check the result with get_status JOB. Start or resume another job if more work is needed.",
        "J03 error: job j-AbC12345 has ended already: succeeded -> there is nothing to cancel",
    ),
    Code(
        "J04",
        "The job cannot be resumed in its current state",
        "resume_job names a job that succeeded, is queued or running, or is still being cancelled. Only "
        "a failed or a cancelled job can be resumed, or a paused one as a whole, without --node and "
        "--from-phase.",
        "Wait until the job ends (get_status JOB), then resume it if it failed. Resume a paused job "
        "without --node and --from-phase; start the action of a succeeded job again.",
        "J04 error: job j-AbC12345 is running -> only a failed, a cancelled or a paused job is resumed",
        says={
            "": Says(_("job {job} is {status}"), _("only a failed, a cancelled or a paused job is resumed"))
        },
    ),
    Code(
        "J05",
        "Nothing is left to resume on these nodes",
        "resume_job is limited with --node to nodes on which every step of the job has succeeded. "
        "Completed steps are not repeated automatically.",
        "Run get_status JOB to see the nodes that failed. To repeat completed phases, add --from-phase "
        "PHASE.",
        "J05 error: no step of these nodes is left to do -> look at get_status",
    ),
    Code(
        "J06",
        "The node is not part of the job",
        "--node of resume_job or settle_job names an address that has no step in this job, so the "
        "command is refused for all nodes named.",
        "Run get_status JOB to see the nodes of the job, then correct the address.",
        "J06 error: not part of job j-AbC12345: 172.16.80.99 -> get_status lists its nodes",
        says={"": Says(_("not part of job {job}: {unknown}"), _("`get_status` lists its nodes"))},
    ),
    Code(
        "J07",
        "The job has no such phase",
        "--from-phase of resume_job names a phase that this job does not have. Phases differ between "
        "actions, and a job has only the phases that it needs.",
        "Use one of the phases that the finding lists, in the spelling shown.",
        "J07 error: no phase install -> phases are build_pkgs, install_nodes, update_nodes, verify, "
        "vbc_route",
        says={"": Says(_("no phase {phase}"), _("phases are {order}"))},
    ),
    Code(
        "J08",
        "The job cannot be paused in its current state",
        "pause_job names a job that has ended or is being cancelled. It will not start further work anyway.",
        "Check get_status JOB. To continue a failed or cancelled job, use resume_job.",
        "J08 error: job j-AbC12345 is succeeded -> only a queued or a running job is paused",
        says={"": Says(_("job {job} is {status}"), _("only a queued or a running job is paused"))},
    ),
    Code(
        "J09",
        "The number of days is out of range",
        "prune_jobs was asked to keep jobs for fewer than 1 or more than 36500 days. Jobs and logs are "
        "deleted permanently, so a value out of range is refused.",
        "Use --days from 1 to 36500. Preview the deletion with --dry-run.",
        "J09 error days: 0 days -> say a number of days from 1 to 36500",
        says={"": Says(_("{days} days"), _("say a number of days from 1 to 36500"))},
    ),
    Code(
        "J10",
        "Settling a job needs a reason",
        "settle_job was called without a reason. Settling confirms that a job has stopped on a node that "
        "the console cannot check itself, so the audit must record how this was verified.",
        "Add --reason TEXT: how you verified that the job has stopped there.",
        "J10 error reason: no reason is given -> say how you know that nothing runs there",
        says={"": Says(_("no reason is given"), _("say how you know that nothing runs there"))},
    ),
    Code(
        "J11",
        "The job has nothing to settle on these nodes",
        "The job has no unfinished work on the specified nodes and, without --node, no failed phase whose "
        "result can be confirmed. It holds none of these nodes.",
        "Continue without settle_job. If a command still refuses a node, settle the job that the refusal "
        "names; to confirm a failed phase such as clear_zone_cache, omit --node.",
        "J11 error: job j-AbC12345 has left nothing on these nodes -> there is nothing to settle",
    ),
)
