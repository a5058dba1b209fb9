"""What is done to zones: installing nodes, and keeping the nodes in service consistent."""
