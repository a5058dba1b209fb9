# shellcheck shell=sh
# Part of the collection script (script.sh): names, processors, firmware, emulators.

# At the beginning and at the end: how long we took is no part of the way between the clocks.
clock_time() {
    tool date -u +%s.%N
}

host_name() {
    tool hostname || tool uname -n
}

# The flag lines are most of the file and say nothing that is asked for.
processors() {
    [ -r /proc/cpuinfo ] || return 127
    tool sed -e '/^flags/d' -e '/^vmx flags/d' -e '/^bugs/d' -e '/^Features/d' /proc/cpuinfo
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

# Other programs of the name, such as the guest agent of a machine that is virtual itself, are no emulators.
emulator_version() {
    [ -x "$1" ] || return 0
    case ${1##*/} in
    qemu-system-* | qemu-kvm) ;;
    *) return 0 ;;
    esac
    case $seen in
    *" $1 "*) return 0 ;;
    esac
    seen="$seen$1 "
    printf '@%s%s\n' "$1" "$2"
    tool "$1" --version
}
