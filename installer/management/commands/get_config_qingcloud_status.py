from installer.cli.status import status_of

Command = status_of("config_qingcloud")
