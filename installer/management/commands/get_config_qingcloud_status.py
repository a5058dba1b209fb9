from installer.cli.looking import status_of

Command = status_of("config_qingcloud")
