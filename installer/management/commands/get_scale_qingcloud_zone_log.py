from installer.cli.looking import log_of

Command = log_of("scale_qingcloud_zone")
