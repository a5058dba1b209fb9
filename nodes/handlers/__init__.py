"""What the jobs on nodes do."""
