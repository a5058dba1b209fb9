"""An action for fault tests: any script on any nodes, and workers that die where a test wants them to."""
