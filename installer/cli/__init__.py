"""What the management commands share: exit codes, formats, inputs, following a job."""
