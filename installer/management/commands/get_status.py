from installer.cli.status import StatusCommand


class Command(StatusCommand):
    pass
