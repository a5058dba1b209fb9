"""What the demo holds while it runs."""

from __future__ import annotations

from lab.demo.site import free_port


def test_two_demos_that_start_at_once_do_not_share_a_port() -> None:
    with free_port(0) as first:
        wanted = first.getsockname()[1]
        with free_port(wanted) as second:
            assert second.getsockname()[1] != wanted
