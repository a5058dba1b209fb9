"""Shells before a region, for the tests that follow remedies."""

from tests.fixtures.remedies import files, scale, stage, zone

__all__ = ["files", "scale", "stage", "zone"]
