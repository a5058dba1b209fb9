from __future__ import annotations

import re
from argparse import SUPPRESS, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common.errors import Refused
from common.messages import message
from installer.cli import inputs
from installer.cli.job_command import JobCommand
from jobs.lookups import find_job
from jobs.models import Job
from jobs.services.resume import addresses_left
from nodes.addresses import read_addresses
from nodes.services.establish import establish_ssh

_JOB = re.compile(r"j-[0-9A-Za-z]{8}")


class Command(JobCommand):
    help = gettext_noop(
        "Set up SSH key login on nodes and pin their host keys. Logs in once with the password, installs the "
        "installer's public key and verifies key login. The password is read from a prompt, from standard input "
        "(--password-stdin) or from INSTALLER_SSH_PASSWORD."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Create a parser that allows options anywhere among IP_LIST, SSH_PORT and USER."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # By default argparse ends optional words at the first option, and prints what follows, even a password.
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        return parser

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "ip_list",
            metavar="IP_LIST",
            help=_(
                "file with one address per line; - reads standard input; or the id of an earlier establish_ssh job, "
                "to continue with its remaining nodes"
            ),
        )
        parser.add_argument(
            "port",
            metavar="SSH_PORT",
            nargs="?",
            type=inputs.port,
            help=_("SSH port (default: as given to add_nodes)"),
        )
        parser.add_argument(
            "user", metavar="USER", nargs="?", help=_("login name (default: as given to add_nodes)")
        )
        # Typed from habit; accepted so that argparse does not print it, then refused.
        parser.add_argument("password_argument", nargs="*", default=[], help=SUPPRESS)
        source = parser.add_mutually_exclusive_group()
        source.add_argument(
            "--password-stdin", action="store_true", help=_("read the password from standard input")
        )
        source.add_argument(
            "--no-password",
            action="store_true",
            help=_("verify key login and pin the host key, without a password"),
        )
        parser.add_argument(
            "--accept-new",
            action=BooleanOptionalAction,
            default=None,
            help=_(
                "trust the host key of a node that has no pinned key (default without --known-hosts); a changed key "
                "is always refused"
            ),
        )
        parser.add_argument(
            "--known-hosts",
            metavar="FILE",
            help=_(
                "accept only host keys from this file in OpenSSH format, such as the verified output of "
                "ssh-keyscan -f ip_list"
            ),
        )
        parser.add_argument(
            "--replace-host-key",
            metavar="IP",
            nargs="+",
            action="extend",
            default=[],
            help=_("pin the new host key of these nodes, after you compared the fingerprints"),
        )

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        if options["password_argument"]:
            raise Refused.because(message("C05", variable=inputs.FROM_ENVIRONMENT))
        wanted = _left_by_job(options) or inputs.addresses(options)
        replaced = options["replace_host_key"] and read_addresses(options["replace_host_key"])
        known = options["known_hosts"]
        secret = None
        if not options["no_password"]:
            secret = inputs.password(
                from_stdin=options["password_stdin"],
                prompt=ngettext(
                    "Password for {count} node: ", "Password for {count} nodes: ", len(wanted)
                ).format(count=len(wanted)),
            )
        return establish_ssh(
            addresses=wanted,
            port=options["port"],
            user=options["user"],
            password=secret,
            accept_new=options["accept_new"],
            replace_host_keys=replaced,
            known_hosts=inputs.read_file(known, inputs.MAX_CONFIG_BYTES) if known else b"",
            file=known or "",
            actor=self.actor,
        )


def _left_by_job(options: dict[str, Any]) -> list[str]:
    """Return the nodes left by the job named in place of a file; its port and user are the defaults."""
    name = options["ip_list"]
    if not _JOB.fullmatch(name) or Path(name).exists():
        return []
    job = find_job(name)
    left = addresses_left(job) if job.action == "establish_ssh" else []
    if not left:
        raise Refused.because(message("N82", job=name))
    options["port"] = options["port"] or job.params.get("port")
    options["user"] = options["user"] or job.params.get("user")
    return left
