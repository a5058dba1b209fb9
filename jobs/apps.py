from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Django app of jobs and their engine."""

    name = "jobs"
    verbose_name = "Jobs"
