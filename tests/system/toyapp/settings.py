"""The console's settings with the toy action beside its own."""

from installer.settings import *  # noqa: F403
from installer.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.system.toyapp.apps.ToyConfig"]
