"""/nodes/establish-ssh/ and /nodes/ssh-key/: key login to nodes, and the installer's public key."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.secrets import Secret
from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, started
from installer.api.lookups import take_addresses
from installer.api.nodes.serializers import EstablishRequest, SshKeyShape
from nodes.addresses import read_addresses
from nodes.services.establish import establish_ssh
from nodes.services.ssh_key import show_ssh_key


class EstablishVerbs(RowsViewSet):
    """The part of the nodes endpoint about key login."""

    @extend_schema(responses={200: SshKeyShape, **problems()})
    @action(detail=False, methods=["get"], url_path="ssh-key", pagination_class=None, filter_backends=())
    def ssh_key(self, request: Request) -> Response:
        """Return the installer's public key, for accounts where it is installed manually."""
        key = show_ssh_key()
        return Response({"public_key": key.line, "fingerprint": key.fingerprint})

    @describes_verb(EstablishRequest)
    @action(detail=False, methods=["post"], url_path="establish-ssh")
    def establish_ssh(self, request: Request) -> Response:
        """Enable key login for the installer. The password is used once and not stored."""
        values = parsed(EstablishRequest, request.data)
        password = values.pop("password", None)
        replaced = values.pop("replace_host_keys", [])
        job = establish_ssh(
            addresses=take_addresses(values),
            actor=actor_of(request),
            password=Secret(password) if password else None,
            replace_host_keys=read_addresses(replaced) if replaced else [],
            known_hosts=values.pop("known_hosts", "").encode(),
            file="known_hosts",
            **values,
        )
        return started(job)
