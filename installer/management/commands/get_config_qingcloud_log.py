from installer.cli.looking import log_of

Command = log_of("config_qingcloud")
