"""The phase clear_zone_cache, and the job that consists of it."""

from __future__ import annotations

import re

from common.messages import message, phrase
from jobs.context import StepContext, StepFailed
from jobs.registry import Action, Phase, register
from operations.cache.core import parse_servers
from operations.cache.memcached_client import ServerKeys, on_all

PHASE = "clear_zone_cache"
SHOWN = 200


def cache_phase() -> Phase:
    """Return the phase, which the installer itself performs."""
    return Phase(PHASE, run, per_node=False, by_word=True, timeout_s=600)


def register_actions() -> None:
    """Register the verb's job."""
    register(Action(PHASE, (cache_phase(),)))


def run(context: StepContext, payload: None) -> None:
    """Delete on every server; servers that did not answer are named at the end, the others are finished.

    A cancelled job stops between two batches of keys. Raises StepFailed, StepStopped.
    """
    context.begin_component("memcached")
    servers = parse_servers(context.params["cache_servers"])
    pattern = re.compile(context.params["cache_pattern"].encode())
    context.log(f"deleting keys that match {pattern.pattern.decode()} on {len(servers)} memcached servers")
    results = on_all(servers, pattern, delete=True, stop=lambda: _over(context))
    for result in results:
        _tell(context, result)
    context.checkpoint()
    failed = [
        phrase("{server} ({error})", server=result.server, error=result.error)
        for result in results
        if result.error
    ]
    if failed:
        raise StepFailed(message("M02", "cleared", failed=len(failed), servers=len(servers), errors=failed))
    partly = [str(result.server) for result in results if result.incomplete]
    word = context.params.get("words", {}).get(PHASE)
    if partly and not word:
        raise StepFailed(message("M03", servers=partly, job=context.job_id))
    if partly:
        context.log(
            f"{word['by']} confirmed that the keys that {', '.join(partly)} does not show are gone: {word['reason']}"
        )


def _over(context: StepContext) -> bool:
    return bool(context.stop_reason) or context.time_left_s() <= 0


def _tell(context: StepContext, result: ServerKeys) -> None:
    for key in result.keys[:SHOWN]:
        context.log(f"{result.server}: {key.decode('utf-8', 'backslashreplace')}", level="debug")
    if result.error:
        done = f" ({result.deleted} keys deleted)" if result.deleted else ""
        context.log(f"{result.server}: {result.error}{done}", level="error")
        return
    context.log(f"{result.server}: {result.deleted} of {result.seen} keys deleted")
    if result.incomplete:
        context.log(message("M03", "seen", servers=result.server), level="warning")
