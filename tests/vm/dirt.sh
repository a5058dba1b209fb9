# Makes the guest's disks what old servers' disks are: POSIX sh, run as root in the guest.
set -eu
disk() {
    found=$(lsblk -dnpo NAME,SERIAL | awk -v serial="$1" '$2 == serial { print $1 }')
    [ -n "$found" ] && echo "$found"
}
table() { # device, then sfdisk's lines
    device=$1
    shift
    { echo "label: gpt"; printf '%s\n' "$@"; } | sfdisk -q --wipe always --wipe-partitions always "$device"
    udevadm settle
}
# As an installation does that leaves foreign arrays alone: they are not put together by themselves.
grep -q '^AUTO' /etc/mdadm/mdadm.conf || echo 'AUTO -all' >>/etc/mdadm/mdadm.conf

# sata: a GPT with half of an old mirror and a file system.
sata=$(disk VMSATA0001)
table "$sata" 'size=200MiB, type=raid' 'type=linux'
mdadm -q --create /dev/md/old --run --level=1 --raid-devices=2 --metadata=1.0 "${sata}1" missing
mdadm -q --stop /dev/md/old
mkfs.ext4 -q -L backup "${sata}2"

# wide (4K sectors): a GPT with a file system.
wide=$(disk VMWIDE0001)
table "$wide" 'type=linux'
mkfs.ext4 -q -L wide "${wide}1"

# ssd: what a ZFS pool leaves behind: uberblocks in the first label.
ssd=$(disk VMSSD00001)
for number in 0 1 2 3 4 5 6 7; do
    printf '\014\261\272\000\000\000\000\000' | dd of="$ssd" bs=1 seek=$((131072 + number * 1024)) conv=notrunc status=none
done

# nvme (4K sectors): a volume group that nobody uses any more.
nvme=$(disk VMNVME0001)
pvcreate -q "$nvme" && vgcreate -q olddata "$nvme" && lvcreate -q -y -n vol -L 512M olddata
mkfs.ext4 -q -L vol /dev/olddata/vol
vgchange -q -an olddata

# blk: a file system on the whole disk, and bytes of somebody's in its middle.
blk=$(disk VMBLK00001)
mkfs.ext4 -q -L whole "$blk"
for place in 300 700 1100 1500 1900; do
    head -c 1048576 /dev/urandom | dd of="$blk" bs=1M seek="$place" conv=notrunc status=none
done

# In use, each in its own way: an active volume, an active array, half of an array that cannot start, mounts and swap.
lvm=$(disk VMLVM00001)
pvcreate -q "$lvm" && vgcreate -q busy-data "$lvm" && lvcreate -q -y -n held -L 512M busy-data
raid=$(disk VMRAID0001)
mdadm -q --create /dev/md77 --run --level=1 --raid-devices=2 --assume-clean "$raid" missing
half=$(disk VMHALF0001)
table "$half" 'size=500MiB, type=raid' 'type=raid'
mdadm -q --create /dev/md78 --run --level=0 --raid-devices=2 "${half}1" "${half}2"
mdadm -q --stop /dev/md78
mdadm -q --zero-superblock "${half}2"
echo 'AUTO +all' >/run/half.conf
mdadm -q --incremental -c /run/half.conf "${half}1" || : # not started: its other half is missing
mount=$(disk VMMOUNT001)
table "$mount" 'size=1GiB, type=linux' 'type=swap'
mkfs.ext4 -q "${mount}1" && mount "${mount}1" /srv
mkswap -q "${mount}2" && swapon "${mount}2"
sync
udevadm settle
