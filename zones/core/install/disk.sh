# Component disk: the data disks that were approved, and no others. Safe to repeat.
state=/opt/install/disk
mkdir -p "$state"

# Each line of $disk_identities: reference|wwn|serial|bytes, as approved.
check_disks() {
    printf '%s\n' "$disk_identities" | while IFS='|' read -r reference wwn serial bytes; do
        [ -n "$reference" ] || continue
        if [ ! -e "$reference" ]; then
            echo "disk $reference is not there any more: collect the node again" >&2
            exit 4
        fi
        device=$(readlink -f "$reference")
        same "$device" SERIAL "$serial"
        same "$device" WWN "$wwn"
        if [ -z "$serial$wwn" ]; then same "$device" SIZE "$bytes"; fi
        if lsblk -n -o MOUNTPOINT "$device" | grep -q '[^[:space:]]'; then
            echo "disk $device ($reference) is mounted: it is not formatted" >&2
            exit 4
        fi
        echo "$reference is $device, as approved"
    done
}
same() { # device column approved
    [ -n "$3" ] || return 0
    now=$(lsblk -d -b -n -o "$2" "$1" | tr -d '[:space:]')
    if [ -n "$now" ] && [ "$now" != "$(printf '%s' "$3" | tr -d '[:space:]')" ]; then
        echo "disk $1 is another one than approved ($2 $now, approved $3): collect and configure again" >&2
        exit 4
    fi
}
# What is formatted is written down before it is: a repeated run knows its own work by that.
ours() { [ -e "$state/made" ] && [ "$(cat "$state/made")" = "$disk_identities" ]; }
begin() { printf '%s' "$disk_identities" >"$state/made.new" && mv "$state/made.new" "$state/made"; }

make_pool() {
    if zpool list -H -o name vpool >/dev/null 2>&1; then
        if ! ours; then
            echo "a pool named vpool exists that this installation did not make: export or destroy it first" >&2
            exit 4
        fi
        echo "vpool exists already"
    else
        check_disks
        begin
        # shellcheck disable=SC2086 # the layout is a list of words
        zpool create vpool $vpool_vdevs
        echo "vpool created: $vpool_vdevs"
    fi
    zpool list -H -o name,size,health vpool
}

make_drbd() {
    file=/etc/drbd.d/vm.res
    mkdir -p /etc/drbd.d
    if [ ! -e "$state/drbd-done" ]; then
        check_disks
        begin
    fi
    number=0
    {
        echo "resource vm {"
        echo "    protocol C;"
        for disk in $drbd_disks; do
            echo "    volume $number { device /dev/drbd$number; disk $disk; meta-disk internal; }"
            number=$((number + 1))
        done
        echo "    on $hostname { address $mgmt_network_address:7788; }"
        # Without a peer (it was left out, or comes later) the volumes are there, but not mirrored.
        [ -z "${pair_hostname:-}" ] || echo "    on $pair_hostname { address $pair_address:7788; }"
        echo "}"
    } >"$file.new"
    mv "$file.new" "$file"
    if [ ! -e "$state/drbd-done" ]; then
        drbdadm create-md --force vm
        : >"$state/drbd-done"
    fi
    drbdadm up vm || drbdadm adjust vm
    drbdadm status vm
}

make_pitrix() {
    device=$(readlink -f "$pitrix_disk")
    if ours && [ "$(blkid -s LABEL -o value "$device")" = pitrix ]; then
        echo "the /pitrix disk is formatted already"
    else
        check_disks
        if [ -n "$(wipefs -n "$device")" ]; then
            echo "disk $device still has something on it: erase_data_disks first" >&2
            exit 4
        fi
        begin
        mkfs.ext4 -q -L pitrix "$device"
        echo "$device formatted for /pitrix"
    fi
    grep -q '^LABEL=pitrix ' /etc/fstab 2>/dev/null || echo 'LABEL=pitrix /pitrix ext4 defaults 0 2' >>/etc/fstab
    if ! grep -q ' /pitrix ext4' /proc/mounts; then
        # What the component os wrote there moves along.
        mkdir -p /pitrix.new && mount "$device" /pitrix.new
        cp -a /pitrix/. /pitrix.new/
        umount /pitrix.new && rmdir /pitrix.new
        mount "$device" /pitrix
    fi
}

case $role in
hyper-repl) make_pool ;;
hyper-pair) make_drbd ;;
ks) make_pitrix ;;
*) echo "role $role needs no data disk" ;;
esac
