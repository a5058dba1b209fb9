from installer.cli.looking import status_of

Command = status_of("scale_qingcloud_zone")
