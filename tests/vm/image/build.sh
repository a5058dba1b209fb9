#!/bin/sh
# Builds the guest's kernel, initrd and two system disks from Debian packages, once per recipe and release.
# Arguments: the cache folder, qemu's -accel. Prints the folder of the image on standard output, progress on standard error.
set -eu
exec 3>&1 >&2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mkdir -p "$1"
cache=$(cd "$1" && pwd) accel=$2
recipe=$( (cd "$here" && cat build.sh customize.sh onto_disks.sh packages; echo "$release") | sha256sum | cut -c -16)
image=$cache/image-$recipe
if [ -e "$image/os1.qcow2" ]; then echo "$image" >&3; exit; fi
if [ "$(id -u)" -ne 0 ]; then
    echo "make test-vm has no image of a guest yet, and building one needs root: run it once as root"
    exit 1
fi
work=$(mktemp -d "$cache/building.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
say() { echo "test-vm: $*"; }

# The mirror that this machine's own apt uses, and nothing that is not Debian's.
# shellcheck disable=SC2016 # for apt, not for the shell
apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' \
    'Component: main' | sort -u >"$work/sources.list"
if [ ! -s "$work/sources.list" ]; then
    echo "make test-vm builds its guest from Debian's packages, and apt knows no list of them here: apt-get update"
    exit 1
fi
say "building the image of a guest from Debian $release packages (once; minutes)"
mmdebstrap --mode=root --variant=minbase --include="$(paste -sd, "$here/packages")" \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt=force-unsafe-io \
    --customize-hook="sh '$here/customize.sh' \"\$1\"" --customize-hook="upload '$here/onto_disks.sh' /onto_disks.sh" \
    "$release" "$work/tree" "$work/sources.list" >"$work/mmdebstrap.log" 2>&1 || {
    echo "make test-vm could not fetch or unpack Debian's packages:"
    tail -n 20 "$work/mmdebstrap.log"
    exit 1
}
cp "$(ls "$work"/tree/boot/vmlinuz-*)" "$work/vmlinuz"
cp "$(ls "$work"/tree/boot/initrd.img-*)" "$work/initrd"
rm -rf "$work/tree/boot"/*
mke2fs -q -t ext4 -d "$work/tree" "$work/first.img" 3G
rm -rf "$work/tree"

say "installing it onto its disks"
for number in 0 1; do qemu-img create -q -f qcow2 "$work/os$number.qcow2" 5G; done
timeout 1800 qemu-system-x86_64 -machine q35 -accel "$accel" -cpu max -m 1024 -smp 2 -nodefaults -no-reboot \
    -display none -serial "file:$work/console.log" -kernel "$work/vmlinuz" -initrd "$work/initrd" \
    -append "root=/dev/vda rw console=ttyS0 quiet init=/bin/sh -- /onto_disks.sh" \
    -drive "file=$work/first.img,format=raw,if=virtio,cache=unsafe" \
    -drive "file=$work/os0.qcow2,format=qcow2,if=virtio,cache=unsafe" \
    -drive "file=$work/os1.qcow2,format=qcow2,if=virtio,cache=unsafe" || :
if ! grep -q "the system is on its disks" "$work/console.log"; then
    echo "the image of a guest could not be made; its console said:"
    tail -n 20 "$work/console.log"
    exit 1
fi
rm "$work/first.img"
rm -rf "$cache"/image-*
mv "$work" "$image"
say "done: $(du -sh "$image" | cut -f 1) in $image"
echo "$image" >&3
