"""What a zone is, as pure functions: load, check, allocate, render, compare. No database, no clock."""
