"""What is done to zones: installing nodes, and keeping those in service in step."""
