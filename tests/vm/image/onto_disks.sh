#!/bin/sh
# The first process of the guest that makes the image: puts the system it runs from onto the two disks after it,
# as a delivery engineer would: GPT, a mirror of both, LVM on it with root and swap, and a rest on each disk.
set -eu
trap 'poweroff -f' EXIT
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mountpoint -q /run || mount -t tmpfs run /run
/lib/systemd/systemd-udevd --daemon
udevadm trigger
udevadm settle
for disk in vdb vdc; do
    printf 'label: gpt\nsize=3GiB, type=raid\ntype=linux\n' | sfdisk -q "/dev/$disk"
done
udevadm settle
mdadm --create /dev/md/system --run --level=1 --raid-devices=2 --assume-clean --metadata=1.2 --homehost=any \
    /dev/vdb1 /dev/vdc1
pvcreate -q /dev/md/system
vgcreate -q system /dev/md/system
lvcreate -q -y -n swap -L 256M system
lvcreate -q -y -n root -l 100%FREE system
mkswap -q /dev/system/swap
mkfs.ext4 -q /dev/system/root
mount /dev/system/root /mnt
cp -ax /. /mnt
umount /mnt
vgchange -q -an system
mdadm --stop /dev/md/system
sync
echo "the system is on its disks" >/dev/ttyS0
