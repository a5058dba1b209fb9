"""The first administrator, and a worker on a database that is not ready."""

from __future__ import annotations

import io
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "olga")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "long enough for 1 test")


@pytest.mark.django_db
def test_first_administrator_is_made_once(account):
    out = io.StringIO()
    call_command("first_administrator", stdout=out)
    call_command("first_administrator", stdout=out)
    assert User.objects.get().is_superuser and "long enough" not in out.getvalue()


@pytest.mark.django_db
def test_first_administrator_needs_a_password_that_will_do(account, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "short")
    with pytest.raises(CommandError, match="is not accepted"):
        call_command("first_administrator")
    monkeypatch.delenv("DJANGO_SUPERUSER_PASSWORD")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="no terminal to prompt on"):
        call_command("first_administrator")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_qcluster_does_not_start_on_a_database_that_is_not_migrated():
    with (
        patch(
            "django.db.migrations.executor.MigrationExecutor.migration_plan", return_value=[("jobs", False)]
        ),
        pytest.raises(CommandError, match="migrate"),
    ):
        call_command("qcluster")
