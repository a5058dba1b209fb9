"""The step engine: claims, slices, endings, the watchdog. docs/architecture.md tells the way of a job."""
