from installer.cli.status import LogCommand


class Command(LogCommand):
    pass
