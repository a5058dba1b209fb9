"""django-q2's qcluster with what our jobs need beside it: a watchdog, and a way to give way when told to end."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django_q.cluster import Cluster
from django_q.management.commands.qcluster import Command as QCluster
from django_q.signals import pre_execute

from jobs.engine import broker, queueing
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
        queueing.name_worker()
        pre_execute.connect(broker.hold)
        cluster = Cluster()
        asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: asked.set())
        try:
            cluster.start()
        except RuntimeError:
            # Told to end in the moment of its start, as part of its process group: nothing has been taken up yet.
            if asked.is_set():
                return
            raise
        watchdog = Watchdog()
        watchdog.start()
        _stand_by(cluster, asked)
        watchdog.ended.set()
        watchdog.join(timeout=10)


def _stand_by(cluster: Cluster, asked: threading.Event) -> None:
    """Until the cluster has ended; once asked to end, tell it."""
    told = False
    while cluster.sentinel.is_alive():
        if asked.is_set() and not told:
            told = True
            # Tell the slices before the cluster waits for them: they leave what runs on the nodes alone.
            # On a thread, because setting an event waits for its waiters, and when everybody got the
            # signal (systemd's KillMode=control-group) they are dead already.
            threading.Thread(target=_tell, args=(cluster,), daemon=True).start()
        cluster.sentinel.join(timeout=0.2)


def _tell(cluster: Cluster) -> None:
    queueing.stop()
    cluster.stop_event.set()


def _end_children_with_parent() -> None:
    """A killed qcluster takes its processes with it: without this they would go on unseen (prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    os.register_at_fork(after_in_child=lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
