from installer.cli.status import log_of

Command = log_of("collect_nodes")
