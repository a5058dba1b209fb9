from installer.cli.looking import LogCommand


class Command(LogCommand):
    pass
