from installer.cli.looking import status_of

Command = status_of("collect_nodes")
