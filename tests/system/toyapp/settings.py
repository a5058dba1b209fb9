"""The console's settings with the toy action beside its own."""

import os

from installer.settings import *  # noqa: F403
from installer.settings import INSTALLED_APPS as _APPS
from installer.settings import Q_CLUSTER as _CLUSTER

INSTALLED_APPS = [*_APPS, "tests.system.toyapp.apps.ToyConfig"]
# How soon the queue hands an entry out again: a test that waits for it does so for less than the usual quarter of an hour.
_RETRY_S = int(os.environ.get("TOY_RETRY_S", _CLUSTER["retry"]))
Q_CLUSTER = {**_CLUSTER, "retry": _RETRY_S, "timeout": min(_RETRY_S - 5, _CLUSTER["timeout"])}
