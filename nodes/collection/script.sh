#!/bin/sh
# Prints the hardware facts of this machine; changes nothing. Run as: sh -s -- NONCE < script.sh
#
# Every section is framed by lines that begin with @@NONCE, so that a missing tool (127), a failing tool, a cut
# stream and a tool that prints rubbish stay four different things for the reader:
#   @@NONCE begin NAME / its output / @@NONCE stderr NAME / its last errors / @@NONCE end NAME EXIT_CODE
# and after the last section @@NONCE done COUNT.
#
# POSIX sh only: dash of Ubuntu 16.04, bash and busybox run it. One function holds everything, so that a script
# that arrives only in part runs nothing.

main() {
    LC_ALL=C
    PATH="${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
    export LC_ALL PATH
    mark="@@$1"
    count=0
    max_output_bytes=1500000
    max_error_bytes=2000
    newline='
'
    exec 3>&1
    find_limit
    find_root
    machine_sections
    storage_sections
    network_sections
    printf '%s done %s\n' "$mark" "$count"
}

machine_sections() {
    section meta settings_in_use
    section uname tool uname -srm
    section hostname host_name
    section os-release first_file /etc/os-release /usr/lib/os-release
    section lscpu tool lscpu
    section cpuinfo processors
    section meminfo first_file /proc/meminfo
    section dmidecode rooted dmidecode -t 1
    section dmi-id firmware_names
    section qemu emulators
}

storage_sections() {
    section lsblk-json tool lsblk -J -b -O
    if [ "$code" != 0 ]; then
        section lsblk-pairs tool lsblk -P -b -o "NAME,KNAME,PKNAME,MAJ:MIN,TYPE,SIZE,MOUNTPOINT,FSTYPE,UUID,\
MODEL,VENDOR,SERIAL,WWN,TRAN,HCTL,ROTA,RM,RO"
    fi
    if [ "$code" != 0 ]; then
        section lsblk-tree tool lsblk -b
    fi
    section mounts first_file /proc/self/mounts /proc/mounts
    section swaps first_file /proc/swaps
    section mdstat first_file /proc/mdstat
    section by-id links_by_id
    section sysfs-block block_attributes
    section blkid rooted blkid -c /dev/null -o export
    section wipefs whole_disk_signatures
    section zpool zpool_status
    section pvs rooted pvs --noheadings --separator '|' -o pv_name,vg_name
}

network_sections() {
    section ip-link links
    links_code=$code
    section ip-addr tool ip -o addr
    if [ "$links_code" != 0 ] || [ "$code" != 0 ]; then
        section ip-json tool ip -j -d addr
    fi
    section ip-route tool ip route
    section ip-route6 tool ip -6 route show default
    section sysfs-net net_attributes
    section bonding each_file /proc/net/bonding
    section vlan first_file /proc/net/vlan/config
}

# Without timeout(1) nothing bounds a tool but the caller; busybox before 1.30 has another syntax and counts as none.
find_limit() {
    limit=''
    if timeout -k 2 10 true </dev/null >/dev/null 2>&1; then
        limit='timeout -k 2 10'
    elif timeout 10 true </dev/null >/dev/null 2>&1; then
        limit='timeout 10'
    fi
}

find_root() {
    as_root=''
    root=yes
    if [ "$(id -u)" != 0 ]; then
        root=no
        if sudo -n true </dev/null >/dev/null 2>&1; then
            as_root='sudo -n env LC_ALL=C'
            root=sudo
        fi
    fi
}

# Output goes straight through, bounded; errors and the exit code come back in one variable.
section() {
    name=$1
    shift
    count=$((count + 1))
    printf '%s begin %s\n' "$mark" "$name"
    report=$(
        {
            {
                "$@" </dev/null 2>&4 3>&- 4>&-
                printf '\n%s' "$?" >&4
            } | head -c "$max_output_bytes" >&3
        } 4>&1 | tail -c "$max_error_bytes"
    )
    code=${report##*"$newline"}
    case $code in
    '' | *[!0-9]*) code=141 ;; # the output was cut, and the writer died of it before it could tell
    esac
    printf '\n%s stderr %s\n%s\n' "$mark" "$name" "${report%"$newline"*}"
    printf '%s end %s %s\n' "$mark" "$name" "$code"
}

# shellcheck disable=SC2086  # $limit and $as_root are words of a command on purpose
tool() {
    command -v "$1" >/dev/null 2>&1 || return 127
    $limit "$@"
}

# shellcheck disable=SC2086
rooted() {
    program=$(command -v "$1") || return 127
    shift
    $as_root $limit "$program" "$@"
}

settings_in_use() {
    printf 'root=%s\nlimit=%s\n' "$root" "$limit"
}

first_file() {
    for file in "$@"; do
        if [ -r "$file" ]; then
            tool cat "$file"
            return
        fi
    done
    return 127
}

each_file() {
    [ -d "$1" ] || return 127
    for file in "$1"/*; do
        [ -f "$file" ] || continue
        printf '@%s\n' "${file##*/}"
        tool cat "$file" || return
    done
}

host_name() {
    tool hostname || tool uname -n
}

# The flag lines are most of the file and say nothing that is asked for.
processors() {
    [ -r /proc/cpuinfo ] || return 127
    tool sed -e '/^flags/d' -e '/^vmx flags/d' -e '/^bugs/d' -e '/^Features/d' /proc/cpuinfo
}

# One attribute as key=value: first line only, silence when it cannot be read.
value() {
    line=''
    { IFS= read -r line <"$2"; } 2>/dev/null
    [ -z "$line" ] || printf '%s=%s\n' "$1" "$line"
    return 0
}

# The children of a folder in one line.
children() {
    list=''
    for child in "$2"/*; do
        if [ -e "$child" ] || [ -L "$child" ]; then
            list="$list ${child##*/}"
        fi
    done
    [ -z "$list" ] || printf '%s=%s\n' "$1" "${list# }"
}

real_folder() {
    (cd -P "$2" 2>/dev/null && printf '%s=%s\n' "$1" "$(pwd -P)")
}

firmware_names() {
    folder=/sys/class/dmi/id
    if [ -d "$folder" ]; then
        value sys_vendor "$folder/sys_vendor"
        value product_name "$folder/product_name"
        if [ -r "$folder/product_serial" ]; then
            value product_serial "$folder/product_serial"
        elif [ -n "$as_root" ] && [ -e "$folder/product_serial" ]; then
            printf 'product_serial=%s\n' "$(rooted cat "$folder/product_serial")"
        fi
    elif [ -d /proc/device-tree ]; then
        for pair in product_name=model product_serial=serial-number; do
            file="/proc/device-tree/${pair#*=}"
            [ -r "$file" ] && printf '%s=%s\n' "${pair%%=*}" "$(tr -d '\000' <"$file")"
        done
        return 0
    else
        return 127
    fi
}

# Emulators of running processes first, then those that are installed; each once.
emulators() {
    seen=' '
    for program in $(running_emulators); do
        emulator_version "$program" ' running'
    done
    for program in qemu-system-x86_64 qemu-system-aarch64 qemu-kvm; do
        path=$(command -v "$program") && emulator_version "$path" ''
    done
    for path in /usr/libexec/qemu-kvm /opt/qemu-*/usr/bin/qemu-system-* /opt/qemu-*/usr/bin/qemu-kvm; do
        emulator_version "$path" ''
    done
    [ "$seen" != ' ' ] || return 127
}

# A process name is everybody's to read, what it runs is not.
running_emulators() {
    links=''
    for file in /proc/[0-9]*/comm; do
        line=''
        { IFS= read -r line <"$file"; } 2>/dev/null
        case $line in
        qemu*) links="$links ${file%comm}exe" ;;
        esac
    done
    [ -n "$links" ] || return 0
    # shellcheck disable=SC2086  # a list of paths without blanks
    rooted ls -l $links 2>/dev/null | sed -n -e 's/ (deleted)$//' -e 's/^.* -> \(\/[^ ]*qemu[^ \/]*\)$/\1/p'
}

emulator_version() {
    [ -x "$1" ] || return 0
    case $seen in
    *" $1 "*) return 0 ;;
    esac
    seen="$seen$1 "
    case ${1##*/} in
    qemu-system-* | qemu-kvm) ;;
    *) return 0 ;;
    esac
    printf '@%s%s\n' "$1" "$2"
    tool "$1" --version
}

links_by_id() {
    [ -d /dev/disk/by-id ] || return 127
    tool ls -l /dev/disk/by-id/
}

block_attributes() {
    [ -d /sys/class/block ] || return 127
    for device in /sys/class/block/*; do
        device_is_disk "${device##*/}" "$device" || continue
        printf '@%s\n' "${device##*/}"
        for key in size removable ro queue/rotational serial device/model device/vendor device/serial \
            device/type; do
            value "${key##*/}" "$device/$key"
        done
        value dm_uuid "$device/dm/uuid"
        value wwid "$device/wwid"
        value wwid "$device/device/wwid"
        real_folder path "$device/device"
        host_driver "$device/device"
        children slaves "$device/slaves"
    done
}

device_is_disk() {
    case $1 in
    loop* | ram* | '*') return 1 ;;
    esac
    [ ! -e "$2/partition" ]
}

# The driver of the SCSI host that a disk hangs on: megaraid_sas, hpsa, ahci, …
host_driver() {
    path=$(cd -P "$1" 2>/dev/null && pwd -P) || return 0
    case $path in
    */host[0-9]*/*)
        host=${path##*/host}
        value host_driver "/sys/class/scsi_host/host${host%%/*}/proc_name"
        ;;
    esac
}

# All signatures of whole disks, also of those on which blkid finds two and so tells none.
whole_disk_signatures() {
    command -v wipefs >/dev/null 2>&1 || return 127
    for device in /sys/class/block/*; do
        kernel_name=${device##*/}
        case $kernel_name in
        sr* | fd* | dm-* | md* | zram* | nbd* | zd* | drbd* | bcache* | rbd*) continue ;;
        esac
        device_is_disk "$kernel_name" "$device" || continue
        printf '@%s\n' "$kernel_name"
        rooted wipefs -n -p "/dev/$(printf '%s' "$kernel_name" | tr '!' '/')" || failed=$?
    done
    return "${failed:-0}"
}

# -L and -P came with ZFS 0.7; Ubuntu 16.04 has 0.6.5.
zpool_status() {
    rooted zpool status -LP 2>/dev/null || rooted zpool status
}

# busybox knows no -d.
links() {
    tool ip -o -d link || tool ip -o link
}

net_attributes() {
    [ -d /sys/class/net ] || return 127
    for device in /sys/class/net/*; do
        [ -d "$device" ] || continue
        interface=${device##*/}
        printf '@%s\n' "$interface"
        for key in address carrier speed mtu; do
            value "$key" "$device/$key"
        done
        real_folder path "$device/device"
        link_target driver "$device/device/driver"
        if [ -d "$device/wireless" ] || [ -d "$device/phy80211" ]; then echo wireless=1; fi
        if [ -d "$device/bridge" ]; then echo bridge=1; fi
        children physfn "$device/device/physfn/net"
        children bridge_ports "$device/brif"
        value bond_mode "$device/bonding/mode"
        value bond_slaves "$device/bonding/slaves"
        if [ -e "$device/device" ]; then
            permanent_address "$interface"
        fi
    done
}

link_target() {
    target=$(cd -P "$2" 2>/dev/null && pwd -P) || return 0
    printf '%s=%s\n' "$1" "${target##*/}"
}

permanent_address() {
    answer=$(tool ethtool -P "$1" 2>/dev/null) || return 0
    printf 'permanent=%s\n' "${answer##* }"
}

main "$@"
