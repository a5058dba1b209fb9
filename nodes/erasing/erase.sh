# Erases disks of this machine. POSIX sh, run by root in a folder of its own; before this text stands disk_identity.sh,
# below it come a function "each" that names every disk, and the call "main JOB quick|full".
# Tools: wipefs(8), lsblk(8), blockdev(8), blkdiscard(8), dd(1).
set -u
LC_ALL=C
PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin:/usr/bin:/bin"
export LC_ALL PATH
edge_bytes=4194304
mib=1048576
# How long the places that are read back after a discard may take, together.
look_s=600

main() {
    job=$1 mode=$2 refused=0
    for tool in wipefs lsblk blockdev dd; do
        command -v "$tool" >/dev/null || { echo "$tool is not on this node: install util-linux" >&2; exit 69; }
    done
    direct='' direct_in='' patience=''
    if dd --version 2>/dev/null | grep -q coreutils; then direct=oflag=direct direct_in=iflag=direct; fi
    if timeout 60 true >/dev/null 2>&1; then patience='timeout 60'; fi
    settled
    each check
    [ "$refused" -eq 0 ] || { echo "nothing was erased on this node: $why" >&2; exit 65; }
    each start
    wait
    failed=
    each judge
    [ -z "$failed" ] || { echo "not erased:$failed" >&2; exit 1; }
    echo "all disks are erased"
}

# Arguments of all that "each" calls: device, bytes, WWN, serial, link in /dev/disk/by-id, model, tag.
name() { printf '%s' "${1#/dev/}"; }

refuse() {
    refused=1 why=$1
    echo "$1" >&2
}

# Everything is looked at before the first byte is written.
check() {
    [ -e "$job.$7.erased" ] && return 0
    [ -e "$1" ] || { refuse "$(name "$1") is gone"; return 0; }
    same_disk "$@" || { refuse "$why_not"; return 0; }
    user=$(used_by "$1")
    [ -z "$user" ] || refuse "$(name "$1") is in use: $user"
}

same_disk() {
    identify "$1" "$2" "$3" "$4" "$5" "$6" && return
    why_not="$(name "$1") is not the disk of the preview any more: $against"
    return 1
}

# quick takes seconds: one disk after the other. full takes hours: all of them at once.
start() {
    [ -e "$job.$7.erased" ] && { echo "$(name "$1"): already erased in this job"; return 0; }
    if [ "$mode" = full ]; then erase "$@" & else erase "$@"; fi
}

# The disk is held open while it is erased, so that its name cannot pass to another one, and is looked at once more.
erase() {
    rm -f "$job.$7.why"
    { held "$@" 9<"$1"; } 2>"$job.$7.why"
}

held() {
    same_disk "$@" || { echo "$why_not" >&2; return 1; }
    if quick "$1" && whole "$@" && read_table_again "$1" && clean "$1"; then
        : >"$job.$7.erased" && echo "$(name "$1"): erased ($mode)"
    fi
}

whole() { [ "$mode" = quick ] || discard "$1" "$2" || zero "$1" "$2"; }

judge() {
    [ -e "$job.$7.erased" ] && return
    cat "$job.$7.why" >&2
    failed="$failed $(name "$1") ($(tail -n 1 "$job.$7.why"))"
}

# Signatures by name, then both ends of every part and of the disk, where tables and labels lie.
quick() {
    for part in $(lsblk -rnpo KNAME,TYPE "$1" | sed -n 's/ part$//p'); do
        wipefs -a "$part" >/dev/null && ends "$part" || return 1
    done
    wipefs -a "$1" && ends "$1"
}

ends() {
    size=$(blockdev --getsize64 "$1") && sector=$(blockdev --getss "$1") || return 1
    count=$((edge_bytes / sector)) all=$((size / sector))
    [ "$count" -le "$all" ] || count=$all
    write "$1" "$sector" 0 "$count" && write "$1" "$sector" $((all - count)) "$count"
}

write() { # device block first count
    # shellcheck disable=SC2086 # $direct is no word at all where dd knows no such flag
    message=$(dd if=/dev/zero of="$1" bs="$2" seek="$3" count="$4" conv=fsync,notrunc $direct 2>&1) && return
    printf '%s: %s\n' "$(name "$1")" "$(printf '%s' "$message" | head -n 1)" >&2
    return 1
}

# Quick where the disk can do it; what a discarded block reads as is the disk's own affair, so it is looked at.
discard() {
    command -v blkdiscard >/dev/null || return 1
    done_bytes=0 step=$(step_of "$2" 20)
    while [ "$done_bytes" -lt "$2" ]; do
        length=$(least "$step" $(($2 - done_bytes)))
        blkdiscard -o "$done_bytes" -l "$length" "$1" 2>/dev/null || return 1
        done_bytes=$((done_bytes + length))
        progress "$1" "$done_bytes" "$2" discarded
    done
    if empty "$1" $(($2 / mib)) $((step / mib)); then
        echo "$(name "$1"): discarded; $seen samples across the disk read back as zeros"
    else
        echo "$(name "$1"): discarded, but $reason: overwriting the whole disk"
        return 1
    fi
}

# Whether every place that is looked at reads as zeros. One that cannot be read, or not in time, is not empty.
empty() { # device MiB MiB-of-one-discard
    seen=0 reason='' began=$(date +%s)
    for place in $(places "$2" "$3"); do
        if [ $(($(date +%s) - began)) -ge "$look_s" ]; then
            reason="reading it back takes longer than $look_s s"
        elif ! zeros "$1" "$mib" "$place" 1; then
            reason="the data at $((place * 100 / $2)) % is not empty, or cannot be read"
        fi
        [ -z "$reason" ] || return 1
        seen=$((seen + 1))
    done
    sector=$(blockdev --getss "$1") && all=$(($(blockdev --getsize64 "$1") / sector))
    count=$(least $((mib / sector)) "$all")
    zeros "$1" "$sector" $((all - count)) "$count" && return
    reason='its end is not empty, or cannot be read'
    return 1
}

# In MiB: places spread evenly from one end to the other, and both sides of where one discard met the next.
places() { # MiB MiB-of-one-discard
    parts=$(least 64 "$1") number=0
    while [ "$number" -lt "$parts" ]; do
        echo $((number * ($1 - 1) / (parts > 1 ? parts - 1 : 1)))
        number=$((number + 1))
    done
    met=$2 stride=$((($1 / $2 / 20 + 1) * $2))
    while [ "$met" -lt "$1" ]; do
        echo "$((met - 1)) $met"
        met=$((met + stride))
    done
}

zeros() { # device block first count
    # shellcheck disable=SC2086 # $patience and $direct_in are no words at all where there is no such tool or flag
    found=$($patience dd if="$1" bs="$2" skip="$3" count="$4" $direct_in 2>/dev/null | tr -cd '\000' | wc -c)
    [ "$found" -eq $(($2 * $4)) ]
}

zero() {
    done_bytes=0 step=$(step_of "$2" 100) end_bytes=$(($2 / mib * mib))
    while [ "$done_bytes" -lt "$end_bytes" ]; do
        length=$(least "$step" $((end_bytes - done_bytes)))
        write "$1" "$mib" $((done_bytes / mib)) $((length / mib)) || return 1
        done_bytes=$((done_bytes + length))
        progress "$1" "$done_bytes" "$2" overwritten
    done
    ends "$1"
}

# A part of the disk in whole MiB, at most 32 GiB, so that there is a line of progress every few minutes.
step_of() {
    part_bytes=$(($1 / $2 / mib * mib + mib))
    least "$part_bytes" 34359738368
}

least() { if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi; }

progress() { echo "$(name "$1"): $(($2 * 100 / $3)) % $4 ($(($2 / 1000000000)) of $(($3 / 1000000000)) GB)"; }

read_table_again() {
    blockdev --rereadpt "$1" 2>/dev/null || { command -v partprobe >/dev/null && partprobe "$1" 2>/dev/null; }
    settled
}

clean() {
    if ! rest=$(left_on "$1"); then
        echo "$(name "$1"): its remaining contents cannot be read" >&2
        return 1
    fi
    [ -z "$rest" ] && return 0
    echo "$(name "$1"): still there after erasing: $(echo "$rest" | tr '\n' ' ')" >&2
    return 1
}
