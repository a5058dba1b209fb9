"""The step engine: claims, slices, endings, the watchdog. docs/architecture.md follows a job through it."""
