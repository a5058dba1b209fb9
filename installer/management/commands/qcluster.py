"""django-q2's qcluster with what our jobs need beside it: a watchdog, and a way to give way when told to end."""

from __future__ import annotations

import ctypes
import os
import signal
from types import FrameType
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django_q.cluster import Cluster
from django_q.management.commands.qcluster import Command as QCluster

from jobs.engine import queueing
from jobs.engine.watchdog import Watchdog

_PR_SET_PDEATHSIG = 1


class Command(QCluster):
    help = "Starts a worker: it takes jobs up, and takes over the jobs of workers that died."

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("the database has not been brought up to date: run manage.py migrate first")
        connections.close_all()
        _end_children_with_parent()
        if options.get("cluster_name"):
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        cluster = Cluster()

        def end(number: int, frame: FrameType | None) -> None:
            # Tell the slices before the cluster waits for them: they leave what runs on the nodes alone.
            queueing.stop()
            cluster.sig_handler(number, frame)

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        cluster.start()
        watchdog = Watchdog()
        watchdog.start()
        cluster.sentinel.join()
        watchdog.ended.set()
        watchdog.join(timeout=10)


def _end_children_with_parent() -> None:
    """A killed qcluster takes its processes with it: without this they would go on unseen (prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    os.register_at_fork(after_in_child=lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
