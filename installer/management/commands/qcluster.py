"""django-q2's qcluster with what our jobs need besides it: a watchdog, and yielding on request to stop."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any

from django import db
from django.core.management.base import CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_q import cluster as django_q_cluster
from django_q.cluster import Cluster, Sentinel
from django_q.management.commands.qcluster import Command as QCluster
from django_q.signals import pre_execute

from installer.cli.base import TranslatedCommand
from jobs import registry
from jobs.engine import broker, queueing
from jobs.engine.watchdog import Watchdog

_PR_SET_PDEATHSIG = 1
_AGAIN_AFTER_S = 1.0

logger = logging.getLogger(__name__)


class AllOrNone(Sentinel):
    """Ends with all its processes when a signal has ended one of them (the kernel, short of memory).

    The processes share queues whose locks die with their holder, and a process waiting for an entry holds one: a
    replacement process would wait forever, in a worker that looks alive.
    """

    def reincarnate(self, process: Any) -> None:
        """End the worker if a signal ended this process; else replace the process."""
        if process.exitcode is not None and process.exitcode < 0:
            logger.critical("a process of this worker was killed (signal %s)", -process.exitcode)
            os._exit(1)
        super().reincarnate(process)


class Unreported:
    """Stands for django_q.status.Stat, which is encoded and stored twice a second, and which nothing reads."""

    def __init__(self, sentinel: Sentinel) -> None:
        """Take what a status is made of, and make none."""

    def save(self) -> None:
        """Store nothing."""


class Command(TranslatedCommand, QCluster):
    help = gettext_noop("Start a worker, which runs jobs and takes over the jobs of workers that died.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the worker until it is asked to stop."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(_("the database schema is not up to date: run manage.py migrate first"))
        connections.close_all()
        _end_children_with_parent()
        if options.get("cluster_name"):
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        # Before the processes fork, which then share what is loaded.
        registry.load()
        gc.freeze()
        queueing.name_worker()
        pre_execute.connect(broker.hold)
        django_q_cluster.Sentinel = AllOrNone
        django_q_cluster.Stat = Unreported
        cluster = Cluster()
        asked = Asked()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: asked.set())
        try:
            cluster.start()
        except RuntimeError:
            # Asked to stop while starting, as part of its process group: no work has been taken yet.
            if asked.is_set():
                return
            raise
        watchdog = Watchdog()
        watchdog.start()
        _stand_by(cluster, asked)
        watchdog.ended.set()
        watchdog.join(timeout=10)
        if not asked.is_set():
            _begin_anew(asked)


class Asked:
    """The request to stop: a signal sets it, and those who wait for it sleep in the meantime."""

    def __init__(self) -> None:
        self._waits, self._tells = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def set(self) -> None:
        """Ask. Once is enough, so a full pipe does no harm."""
        with suppress(BlockingIOError):
            os.write(self._tells, b"x")

    def is_set(self) -> bool:
        """Check whether it was asked for."""
        return self.wait(0)

    def wait(self, longest_s: float) -> bool:
        """Wait for the request; return whether it was made."""
        return bool(wait([self._waits], longest_s))

    def wait_or(self, process: Any) -> bool:
        """Wait for the request, or until the process has ended; return whether the request was made."""
        return self._waits in wait([self._waits, process.sentinel])


def _stand_by(cluster: Cluster, asked: Asked) -> None:
    """Wait until the cluster has ended; pass on a request to stop."""
    if asked.wait_or(cluster.sentinel):
        # Notify the slices before the cluster waits for them: they leave what runs on the nodes alone.
        # On a thread, because setting an event waits for its waiters, and when the whole group got the
        # signal (systemd's KillMode=control-group) they are dead already.
        threading.Thread(target=_tell, args=(cluster,), daemon=True).start()
    cluster.sentinel.join()


def _begin_anew(asked: Asked) -> None:
    """Restart this command. What runs on the nodes continues, and is taken over as from any dead worker.

    Wait while the database cannot be used: a command started then would exit at once and not be restarted.
    """
    logger.critical("this worker lost its processes and restarts")
    while not asked.wait(_AGAIN_AFTER_S):
        try:
            connection.ensure_connection()
        except db.Error as error:
            logger.warning("this worker restarts once the database is available: %s", error)
            continue
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 -- the command line that began this


def _tell(cluster: Cluster) -> None:
    queueing.stop()
    cluster.stop_event.set()


def _end_children_with_parent() -> None:
    """Let the kernel end child processes with a killed qcluster; else they would go on unseen (prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    os.register_at_fork(after_in_child=lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
