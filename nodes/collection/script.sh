#!/bin/sh
# Prints the hardware facts of this machine and changes nothing: sh -s -- NONCE, with this on standard input.
#
# Every section is framed by lines that begin with @@NONCE, so that a missing tool (127), a failing tool, a cut
# stream and a tool that prints rubbish stay four different things for the reader:
#   @@NONCE begin NAME / its output / @@NONCE stderr NAME / its last errors / @@NONCE end NAME EXIT_CODE
# and after the last section @@NONCE done COUNT.
#
# It is sent after helpers.sh, machine.sh, storage.sh and network.sh, as one stream. POSIX sh only: dash of Ubuntu
# 16.04, bash and busybox run it. The call of main is the last line, so that a stream that breaks off runs nothing.

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
    limit=''
    section clock clock_time
    find_limit
    find_root
    machine_sections
    storage_sections
    network_sections
    section clock-end clock_time
    printf '%s done %s\n' "$mark" "$count"
}

machine_sections() {
    section meta settings_in_use
    section uname tool uname -srm
    section hostname host_name
    section timedatectl tool timedatectl status
    section chronyc tool chronyc -n tracking
    section ntpq tool ntpq -pn
    section os-release first_file /etc/os-release /usr/lib/os-release
    section lscpu tool lscpu
    section lscpu-rows tool lscpu -p
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
    section udev-links claimed_links
    section sysfs-block block_attributes
    section no-block-device without_block_device
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

settings_in_use() {
    printf 'root=%s\nlimit=%s\n' "$root" "$limit"
}

# In few large pieces: every packet costs the reader more than what is in it. A dd that cannot, or none: as it comes.
in_pieces() {
    size='ibs=65536 obs=65536'
    # shellcheck disable=SC2086  # two words
    if [ "$(printf 'x' | dd $size 2>/dev/null)" = x ]; then
        dd $size 2>/dev/null
    else
        cat
    fi
}

main "$@" | in_pieces
