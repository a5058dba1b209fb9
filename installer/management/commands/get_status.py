from installer.cli.looking import StatusCommand


class Command(StatusCommand):
    pass
