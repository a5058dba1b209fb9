# Component disk: the data disks that were approved, and no others. Safe to repeat. disk_identity.sh stands before it.
state=/opt/install/disk
mkdir -p "$state"

stop() {
    echo "$1" >&2
    exit 4
}

# Calls $1 with what was approved of each disk: reference, WWN, serial, bytes ($disk_identities has a line for each).
each_disk() {
    while IFS='|' read -r reference wwn serial bytes; do
        [ -z "$reference" ] || "$1" "$reference" "$wwn" "$serial" "$bytes" </dev/null
    done <<LINES
$disk_identities
LINES
}

# Sets $device. A link that led there confirms nothing by itself where WWN or serial are known, too.
find_disk() { # reference WWN serial bytes
    device=''
    case $1 in
    serial:*)
        for candidate in $(lsblk -dnpo KNAME); do
            identify "$candidate" "$4" "$2" "$3" '' '' || continue
            [ -z "$device" ] || stop "disks $device and $candidate are both $1: they cannot be told apart"
            device=$candidate
        done
        ;;
    *) [ ! -e "$1" ] || device=$(readlink -f "$1") ;;
    esac
    [ -n "$device" ] || stop "disk $1 is not there any more: collect the node again"
}
recognise() { # reference WWN serial bytes
    find_disk "$@"
    link=''
    [ -n "$2$3" ] || link=$1
    [ "$link" = "/dev/disk/${link#/dev/disk/}" ] || link=''
    identify "$device" "$4" "$2" "$3" "$link" '' && return
    stop "disk $device ($1) is another one than approved: $against: collect the node and configure again"
}

# Nothing is formatted before every disk was found to be the one that was approved, free, and empty.
check() { # reference WWN serial bytes
    recognise "$@"
    user=$(used_by "$device")
    [ -z "$user" ] || stop "disk $device ($1) is in use: $user: it is not formatted"
    left=$(left_on "$device") || stop "what is on disk $device ($1) cannot be read: it is not formatted"
    left=$(printf '%s\n' "$left" | not_by_us | tr '\n' ' ')
    [ -z "${left% }" ] || stop "disk $device ($1) still has something on it (${left% }): erase_data_disks first"
    devices="$devices $device"
    echo "$1 is $device, as approved"
}
# Meta-data of DRBD that this component began to write is no reason to stop when it is repeated.
not_by_us() { if [ "$role" = hyper-pair ] && ours; then grep -v ',drbd$' || :; else cat; fi; }

# What is formatted is written down before it is: a repeated run knows its own work by that.
ours() { [ -e "$state/made" ] && [ "$(cat "$state/made")" = "$disk_identities" ]; }

# Calls $then when all disks were checked. They are held open, so that no name can pass to another disk, and each is
# looked at once more right before the first byte is written.
format() {
    then=$1 devices=''
    settled
    each_disk check
    printf '%s' "$disk_identities" >"$state/made.new" && mv "$state/made.new" "$state/made"
    # shellcheck disable=SC2086 # names of devices have no blanks
    hold $devices
}
hold() {
    if [ $# -eq 0 ]; then
        each_disk recognise
        "$then"
    else
        next=$1
        shift
        hold "$@" 9<"$next"
    fi
}

# Sets $path to how a tool is given the disk of that reference, which must be an approved one.
path_of() {
    wanted=$1 path=''
    each_disk keep_path
    [ -n "$path" ] || stop "disk $wanted of the settings is none of those that were approved"
}
keep_path() {
    [ "$1" = "$wanted" ] || return 0
    find_disk "$@"
    case $1 in serial:*) path=$device ;; *) path=$1 ;; esac
}

make_pool() {
    if zpool list -H -o name vpool >/dev/null 2>&1; then
        ours || stop "a pool named vpool exists that this installation did not make: export or destroy it first"
        echo "vpool already exists"
    elif ours && zpool import vpool 2>/dev/null; then
        echo "vpool imported"
    else
        vdevs=''
        for word in $vpool_vdevs; do
            case $word in
            mirror | raidz) vdevs="$vdevs $word" ;;
            *) path_of "$word" && vdevs="$vdevs $path" ;;
            esac
        done
        format create_pool
    fi
    zpool list -H -o name,size,health vpool
}
create_pool() {
    # shellcheck disable=SC2086 # the layout is a list of words
    zpool create vpool $vdevs
    echo "vpool created:$vdevs"
}

make_drbd() {
    if [ -e "$state/drbd-done" ] && ours; then
        write_resource
        # Erased since, by erase_data_disks or another plan: DRBD itself says that there is none. Meta-data that is
        # still on another of the disks belongs to data then.
        case $(drbdadm up vm 2>&1) in
        *"o valid meta"[\ -]"data"*)
            echo "the DRBD metadata is gone: the disks have been erased since it was created"
            drbdadm down vm || :
            rm -f "$state/drbd-done" "$state/made"
            ;;
        esac
    fi
    if [ ! -e "$state/drbd-done" ] || ! ours; then
        rm -f "$state/drbd-done"
        format create_metadata
    fi
    drbdadm up vm || drbdadm adjust vm
    drbdadm status vm
}
write_resource() {
    file=/etc/drbd.d/vm.res
    mkdir -p /etc/drbd.d
    number=0
    {
        echo "resource vm {"
        echo "    protocol C;"
        for disk in $drbd_disks; do
            path_of "$disk"
            echo "    volume $number { device /dev/drbd$number; disk $path; meta-disk internal; }"
            number=$((number + 1))
        done
        echo "    on $hostname { address $mgmt_network_address:7788; }"
        # Without a peer (it was left out, or comes later) the volumes are there, but not mirrored.
        [ -z "${pair_hostname:-}" ] || echo "    on $pair_hostname { address $pair_address:7788; }"
        echo "}"
    } >"$file.new"
    mv "$file.new" "$file"
}
create_metadata() {
    write_resource
    # The disks are empty: --force answers the question that nobody is there to answer.
    drbdadm create-md --force vm
    : >"$state/drbd-done"
}

make_pitrix() {
    path_of "$pitrix_disk"
    pitrix=$(readlink -f "$path")
    if ours && [ "$(blkid -s LABEL -o value "$pitrix")" = pitrix ]; then
        echo "the /pitrix disk is already formatted"
    else
        format create_file_system
    fi
    grep -q '^LABEL=pitrix ' /etc/fstab 2>/dev/null || echo 'LABEL=pitrix /pitrix ext4 defaults 0 2' >>/etc/fstab
    if ! grep -q ' /pitrix ext4' /proc/mounts; then
        # What the component os wrote there moves along.
        mkdir -p /pitrix.new && mount "$pitrix" /pitrix.new
        cp -a /pitrix/. /pitrix.new/
        umount /pitrix.new && rmdir /pitrix.new
        mount "$pitrix" /pitrix
    fi
}
create_file_system() {
    mkfs.ext4 -q -L pitrix "$pitrix"
    echo "$pitrix formatted for /pitrix"
}

case $role in
hyper-repl) make_pool ;;
hyper-pair) make_drbd ;;
ks) make_pitrix ;;
*) echo "role $role needs no data disk" ;;
esac
