from installer.cli.status import log_of

Command = log_of("scale_qingcloud")
