from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class JobsConfig(AppConfig):
    """Django app of jobs and their engine."""

    name = "jobs"
    verbose_name = gettext_lazy("Jobs")
