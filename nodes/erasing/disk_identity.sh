# Whether a disk is the one that was meant, right before something is written to it, and whether it is free.
# POSIX sh; erase.sh and the component disk begin with this text. Tools: lsblk(8), blockdev(8), wipefs(8), readlink(1).

# identify DEVICE BYTES WWN SERIAL LINK MODEL: what was known of the disk, '' for what was not.
# Everything that was known and can be read now must agree, whoever says it: udev (lsblk, the link) and the kernel
# (sysfs, vital product data). Sets $against to all that contradicts; status 1 then, and also when neither link,
# WWN nor serial can be confirmed.
identify() {
    against='' confirmed='' known_wwn=$3
    node=$(readlink -f "$1") || node=$1
    kernel_name=$(printf '%s' "${node#/dev/}" | tr / '!')
    attributes=/sys/class/block/$kernel_name
    if [ ! -e "$node" ]; then
        against="it is gone"
        return 1
    fi
    [ ! -e "$attributes/partition" ] || contradict "it is a partition, no whole disk"
    size_now=$(blockdev --getsize64 "$node" 2>/dev/null) || size_now=''
    [ "$size_now" = "$2" ] || contradict "it has ${size_now:-no} bytes, known were $2"
    if [ -n "$5" ] && { [ -e "$5" ] || [ -L "$5" ]; }; then
        linked=$(readlink -f "$5") || linked=''
        if [ "$linked" = "$node" ]; then
            confirmed="$confirmed link"
        else
            contradict "the link $5 leads to ${linked:-nothing}"
        fi
    fi
    same_wwn "$3" "$(column WWN "$node")" lsblk
    same_serial "$4" "$(column SERIAL "$node")" lsblk
    same_model "$6" "$(column MODEL "$node")" lsblk
    # A LUN over several paths has its names on each of them.
    same_as_kernel "$attributes" "$3" "$4" "$6"
    case $kernel_name in
    dm-*)
        for path in "$attributes"/slaves/*; do
            [ ! -d "$path" ] || same_as_kernel "$path" "$3" "$4" "$6"
        done
        ;;
    esac
    [ -z "$against" ] || return 1
    case $confirmed in
    *link* | *WWN*) return 0 ;;
    *serial* | *half*) ;;
    *)
        against="neither its link, its WWN nor its serial can be read: it cannot be recognised"
        return 1
        ;;
    esac
    # Volumes of one controller may all have its serial number, and those of one array the first half of a WWN.
    case $confirmed in *serial*) shared SERIAL serial "$4" || return 0 ;; esac
    case $confirmed in *half*) shared WWN "half of a WWN" "$3" || return 0 ;; esac
    against=$twins
    return 1
}

# Whether further disks have the same; the paths of a LUN are no further ones. Sets $twins to what is to be said then.
shared() { # column word value
    paths=0
    for slave in "$attributes"/slaves/*; do [ ! -e "$slave" ] || paths=$((paths + 1)); done
    [ "$paths" -gt 0 ] || paths=1
    alike=$(lsblk -dno "$1" 2>/dev/null | tr -d ' \t' | grep -cxF -- "$(printf '%s' "$3" | tr -d ' \t')") || :
    twins="$alike disks have its $2 $3, and nothing else tells them apart"
    [ "$alike" -gt "$paths" ]
}

contradict() { against="${against:+$against; }$1"; }

column() { lsblk -dno "$1" "$2" 2>/dev/null | head -n 1; }

# The kernel knows a disk that was exchanged a second ago; the database of udev may still have the one before.
same_as_kernel() { # folder WWN serial model
    for file in "$1/wwid" "$1/device/wwid"; do
        [ -r "$file" ] || continue
        wwid=$(first_line "$file")
        same_wwn "$2" "$wwid" kernel
        # SAT: such a name ends with the serial number.
        case $wwid in
        t10.ATA*)
            ending=$(printf '%s' "$3" | tr -d ' \t')
            case $(printf '%s' "$wwid" | tr -d ' \t') in
            *"$ending") [ -z "$ending" ] || same_serial "$3" "$3" kernel ;;
            *) same_serial "$3" "${wwid##* }" kernel ;;
            esac
            ;;
        esac
    done
    for file in "$1/serial" "$1/device/serial"; do
        [ ! -r "$file" ] || same_serial "$3" "$(first_line "$file")" kernel
    done
    if [ -r "$1/device/model" ]; then
        model=$(first_line "$1/device/model")
        # Bridges and old controllers cut the model in two behind the 8 characters that SCSI has for the vendor.
        case $(printf '%s' "$4" | tr -dc '[:alnum:]') in
        "$(printf '%s' "$(first_line "$1/device/vendor")$model" | tr -dc '[:alnum:]')"*) ;;
        *) same_model "$4" "$model" kernel ;;
        esac
    fi
    # A bridge to USB has a serial number besides that of the drive behind it.
    case $(readlink -f "$1") in */usb[0-9]*) return 0 ;; esac
    if [ -r "$1/device/vpd_pg80" ]; then
        # Four bytes of header, then the unit serial number (SPC-4, page 80h).
        same_serial "$3" "$(tail -c +5 "$1/device/vpd_pg80" 2>/dev/null | tr -d '\000')" "page 80h"
    fi
}

first_line() { head -n 1 "$1" 2>/dev/null | tr -d '\000'; }

# One name is written in several ways: 0x5000C5… and naa.5000c5…, eui.0025… and 0x0025….
plain_wwn() {
    plain=$(printf '%s' "$1" | tr -d ' \t' | tr '[:upper:]' '[:lower:]')
    plain=${plain#wwn-}
    case $plain in
    0x*) plain=${plain#0x} ;;
    naa.* | eui.* | t10.*) plain=${plain#????} ;;
    esac
    # All zeros is what bridges and controllers say that know none.
    case $plain in *[!0.-]*) printf '%s' "$plain" ;; esac
}

kind_of_wwn() {
    case $1 in
    0x* | naa.* | wwn-0x*) echo naa ;;
    *.*) echo "${1%%.*}" ;;
    *) echo naa ;;
    esac
}

same_wwn() { # known found who
    known=$(plain_wwn "$1") found=$(plain_wwn "$2")
    if [ -z "$known" ] || [ -z "$found" ]; then return 0; fi
    if [ "$known" = "$found" ]; then
        # Old lsblk shows the first 16 of 32 digits. All volumes of one array have those.
        case "$(kind_of_wwn "$1") $known" in
        "naa 6"???????????????) confirmed="$confirmed half" ;;
        *) confirmed="$confirmed WWN" ;;
        esac
    elif half_of "$known" "$found" || half_of "$found" "$known"; then
        # What is known of the rest is said by the serial number: that confirms nothing.
        :
    elif [ "$3" = kernel ] && [ "$(kind_of_wwn "$1")" != "$(kind_of_wwn "$2")" ] && several_names; then
        :
    else
        contradict "its WWN is $2 ($3), known was $1"
    fi
}

half_of() { # short long
    case $1 in 6???????????????) ;; *) return 1 ;; esac
    case $2 in "$1"????????????????) return 0 ;; *) return 1 ;; esac
}

# A SCSI disk may have names of several kinds, of which udev and the kernel choose each its own.
several_names() { case $kernel_name in nvme*) return 1 ;; *) return 0 ;; esac }

same_serial() { # known found who
    known=$(printf '%s' "$1" | tr -d ' \t') found=$(printf '%s' "$2" | tr -d ' \t')
    case $found in *[!0.-]*) ;; *) return 0 ;; esac
    [ -n "$known" ] || return 0
    # lsblk may show the WWN once more in place of the serial: then the WWN is what is compared, unless it is all of a
    # name of which the WWN is the half.
    if restates_wwn "$known"; then
        restates_wwn "$found" && [ "${#known}" -eq "${#found}" ] || return 0
    elif restates_wwn "$found"; then
        return 0
    fi
    # In the names of links udev writes _ for each blank.
    if [ "$known" = "$found" ] || [ "$(underlined "$1")" = "$(underlined "$2")" ]; then
        confirmed="$confirmed serial"
    else
        contradict "its serial is $found ($3), known was $known"
    fi
}

underlined() { printf '%s' "$1" | sed 's/^[[:blank:]]*//; s/[[:blank:]]*$//; s/[[:blank:]][[:blank:]]*/_/g'; }

restates_wwn() {
    of_disk=$(plain_wwn "$known_wwn") said=$(plain_wwn "$1")
    # scsi_id(8) puts the type of the name before it: 3600508b1….
    case $said in 3[1235]??????????????? | 36???????????????????????????????) said=${said#3} ;; esac
    [ "${#said}" -ge 16 ] && [ -n "$of_disk" ] || return 1
    case $said in "$of_disk"*) return 0 ;; esac
    case $of_disk in "$said"*) return 0 ;; *) return 1 ;; esac
}

# A SCSI disk says 16 characters of its model, and udev writes _ for much: the shorter one must begin the longer one.
same_model() { # known found who
    known=$(printf '%s' "$1" | tr -dc '[:alnum:]') found=$(printf '%s' "$2" | tr -dc '[:alnum:]')
    if [ -z "$known" ] || [ -z "$found" ]; then return 0; fi
    case $known in "$found"*) return 0 ;; esac
    case $found in "$known"*) return 0 ;; esac
    contradict "its model is $2 ($3), known was $1"
}

# Says who uses the disk or a part of it; nothing when it is free.
used_by() {
    points=$(lsblk -rno MOUNTPOINT "$1" | { grep . || :; } | tr '\n' ' ')
    if [ -n "$points" ]; then
        echo "mounted on $points"
        return
    fi
    # Opens the disk for itself alone, as a mount or an array would, and writes nothing (-n).
    if ! answer=$(wipefs -a -n "$1" 2>&1 >/dev/null); then
        echo "${answer##*: }"
        return
    fi
    # Who only looks, as monitoring does each minute, is gone in a moment.
    for pause in 1 2 ''; do
        holder=$(opener_of "$1")
        if [ -z "$holder" ] || [ -z "$pause" ]; then break; fi
        sleep "$pause"
    done
    [ -z "$holder" ] || echo "$holder"
}

# A virtual machine or a storage daemon may hold a disk open without a claim that anything else would meet.
# Who only looks for changes is none of them. busybox's find knows no -lname: then nothing is said.
opener_of() {
    for kernel_path in $(lsblk -rnpo KNAME "$1"); do
        # shellcheck disable=SC2044 # these paths have no blanks
        for link in $(find /proc/[0-9]*/fd -maxdepth 1 -lname "$kernel_path" 2>/dev/null); do
            process=${link#/proc/} command=''
            process=${process%%/*}
            { IFS= read -r command <"/proc/$process/comm"; } 2>/dev/null || continue
            case $command in
            '' | *udev* | multipathd | smartd | blkid | lsblk | udisksd) ;;
            *) echo "${kernel_path#/dev/} is held open by $command (process $process)" && return ;;
            esac
        done
    done
}

# Says what is on the disk: signatures, and partitions. Status 1 when it cannot be read.
left_on() {
    signatures=$(wipefs -n -p "$1") && kinds=$(lsblk -rno TYPE "$1") || return 1
    printf '%s\n' "$signatures" | grep -v '^#' || :
    printf '%s\n' "$kinds" | grep '^part' || :
}

# Lets udev finish what it began: the links and lsblk follow it.
settled() { if command -v udevadm >/dev/null; then udevadm settle --timeout=20 2>/dev/null; fi || :; }
