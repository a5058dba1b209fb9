"""What the demo contains while it runs."""

from __future__ import annotations

from lab.demo.site import free_net, free_port


def test_two_demos_that_start_at_once_do_not_share_a_port() -> None:
    with free_port(0) as first:
        wanted = first.getsockname()[1]
        with free_port(wanted) as second:
            assert second.getsockname()[1] != wanted


def test_two_demos_that_start_at_once_do_not_share_a_network() -> None:
    """Take different networks although neither has built its machines yet and no network answers."""
    first, held = free_net()
    with held:
        second, other = free_net()
        with other:
            assert second != first
