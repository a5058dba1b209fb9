#!/bin/sh
# The rehearsal on a real kernel with real disks and a real OpenSSH with PAM: a Debian guest under qemu.
# Arguments: python, then those of pytest. INSTALLER_TEST_VM_DIR (artifacts/vm) keeps the image of the guest.
set -eu
python=$1
shift
missing=
need() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ] || missing="$missing $2"; }
need qemu-system-x86_64 qemu-system-x86
need qemu-img qemu-utils
need mmdebstrap mmdebstrap
need mke2fs e2fsprogs
if [ -n "$missing" ]; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "make test-vm runs a virtual machine and these packages for it are missing: apt-get install$missing" >&2
        exit 1
    fi
    echo "Installing Debian packages for the virtual machine:$missing"
    apt-get update -qq >/dev/null
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
# Where the processor cannot do it, /dev/kvm may be there all the same and start guests that stand still.
accel=tcg,thread=multi
if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then accel=kvm; fi
TEST_VM_IMAGE=$(sh tests/vm/image/build.sh "${INSTALLER_TEST_VM_DIR:-artifacts/vm}" "$accel")
export TEST_VM_IMAGE TEST_VM_ACCEL="$accel"
exec "$python" -m pytest tests/vm -v "$@"
