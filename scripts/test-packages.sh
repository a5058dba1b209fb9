#!/bin/sh
# Debian packages that some tests need. As root they are installed, otherwise those tests are skipped
# with a message (in CI, where CI is set, they fail instead).
set -eu
missing=
need() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing="$missing $2"; }
need chromium chromium
need ssh openssh-client
need busybox busybox
need unshare util-linux
need ip iproute2
need memcached memcached
need haproxy haproxy
need shellcheck shellcheck
need msgmerge gettext
need sudo sudo
# Login shells that accounts of nodes have.
need tcsh tcsh
need fish fish
need zsh zsh
need mksh mksh
need openssl openssl
# Only asked for in CI: on a person's machine the package would also start a server that lets people in.
[ -z "${CI:-}" ] || need sshd openssh-server
# Chinese text in screenshots.
[ -n "$(find /usr/share/fonts -iname '*cjk*' -print -quit 2>/dev/null)" ] || missing="$missing fonts-noto-cjk"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian packages for tests:$missing"
    apt-get update -qq >/dev/null
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
else
    echo "Not installed, some tests are skipped: sudo apt-get install$missing" >&2
fi
