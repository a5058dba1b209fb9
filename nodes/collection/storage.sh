# shellcheck shell=sh
# Part of the collection script (script.sh): block devices and what they carry.

links_by_id() {
    [ -d /dev/disk/by-id ] || return 127
    tool ls -l /dev/disk/by-id/
}

# Links that each whole disk asked udev for: where several ask for one, /dev/disk/by-id shows who got it only.
claimed_links() {
    [ -d /run/udev/data ] || return 127
    for device in /sys/class/block/*; do
        device_is_disk "${device##*/}" "$device" || continue
        number=''
        { IFS= read -r number <"$device/dev"; } 2>/dev/null
        [ -r "/run/udev/data/b$number" ] || continue
        printf '@%s\n' "${device##*/}"
        while IFS= read -r line; do
            case $line in
            S:disk/by-id/*) printf '%s\n' "${line#S:disk/by-id/}" ;;
            esac
        done <"/run/udev/data/b$number"
    done
}

block_attributes() {
    [ -d /sys/class/block ] || return 127
    for device in /sys/class/block/*; do
        device_is_disk "${device##*/}" "$device" || continue
        printf '@%s\n' "${device##*/}"
        for key in size removable ro queue/rotational queue/zoned nsid serial device/model device/vendor \
            device/serial device/type device/subsysnqn; do
            value "${key##*/}" "$device/$key"
        done
        value dm_uuid "$device/dm/uuid"
        value wwid "$device/wwid"
        value wwid "$device/device/wwid"
        real_folder path "$device/device"
        host_driver "$device/device"
        children slaves "$device/slaves"
        bcache_backing "$device/bcache"
    done
}

# Zoned drives of which the kernel makes no disk: SCSI peripheral device type 20, NVMe namespaces with a generic device only.
without_block_device() {
    found=127
    for device in /sys/class/scsi_device/*/device; do
        kind=''
        { IFS= read -r kind <"$device/type"; } 2>/dev/null
        if [ "$kind" != 20 ] || [ -d "$device/block" ]; then continue; fi
        name=${device%/device}
        printf '@%s\ntype=20\n' "${name##*/}"
        value model "$device/model"
        value vendor "$device/vendor"
        found=0
    done
    for device in /sys/class/nvme-generic/ng*; do
        name=${device##*/ng}
        if [ ! -e "$device" ] || [ -e "/sys/class/block/nvme$name" ]; then continue; fi
        printf '@%s\n' "${device##*/}"
        value model "$device/device/model"
        value serial "$device/device/serial"
        found=0
    done
    return "$found"
}

device_is_disk() {
    case $1 in
    loop* | ram* | '*') return 1 ;;
    esac
    [ ! -e "$2/partition" ]
}

# Of a bcache device the link leads to the folder of the disk or partition that it caches.
bcache_backing() {
    [ -L "$1" ] || return 0
    path=$(cd -P "$1" 2>/dev/null && pwd -P) || return 0
    path=${path%/bcache}
    printf 'backing=%s\n' "${path##*/}"
}

# The driver of the SCSI host that a disk hangs on (megaraid_sas, hpsa, ahci, …), and whether it is one of Fibre Channel.
host_driver() {
    path=$(cd -P "$1" 2>/dev/null && pwd -P) || return 0
    case $path in
    */host[0-9]*/*)
        host=${path##*/host}
        host=host${host%%/*}
        value host_driver "/sys/class/scsi_host/$host/proc_name"
        if [ -d "/sys/class/fc_host/$host" ]; then echo fc_host=1; fi
        ;;
    esac
}

# All signatures of whole disks, also of those on which blkid finds two and so tells none.
whole_disk_signatures() {
    command -v wipefs >/dev/null 2>&1 || return 127
    failed=0 hung=0
    for device in /sys/class/block/*; do
        kernel_name=${device##*/}
        case $kernel_name in
        sr* | fd* | dm-* | md* | zram* | nbd* | zd* | drbd* | bcache* | rbd*) continue ;;
        esac
        device_is_disk "$kernel_name" "$device" || continue
        printf '@%s\n' "$kernel_name"
        # Disks that hang take all the time there is: after two of them the others are not asked.
        if [ "$hung" -lt 2 ]; then
            rooted wipefs -n -p "/dev/$(printf '%s' "$kernel_name" | tr '!' '/')" && continue
            failed=$?
        else
            failed=124
        fi
        case $failed in 124 | 137 | 143) hung=$((hung + 1)) ;; esac
        printf '#failed %s\n' "$failed"
    done
    return "$failed"
}

# -L and -P came with ZFS 0.7; Ubuntu 16.04 has 0.6.5.
zpool_status() {
    rooted zpool status -LP 2>/dev/null || rooted zpool status
}
