# Packages on a machine where other programs install some, too: their locks are waited for, no question is asked, and
# what an earlier run left half done is finished first.
DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical UCF_FORCE_CONFFOLD=1
APT_LISTCHANGES_FRONTEND=none APT_LISTBUGS_FRONTEND=none NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1
export DEBIAN_FRONTEND DEBIAN_PRIORITY UCF_FORCE_CONFFOLD
export APT_LISTCHANGES_FRONTEND APT_LISTBUGS_FRONTEND NEEDRESTART_MODE NEEDRESTART_SUSPEND
dpkg_folder=${DPKG_ADMINDIR:-/var/lib/dpkg}
locks="$dpkg_folder/lock-frontend $dpkg_folder/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock"
: "${lock_wait_s:=900}"
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

# Who has one of the locks: fcntl(2) locks by /proc/locks (proc(5)), whose number of the file is looked up again among
# the files of the process, since files of two disks can share it.
lock_holder() {
    for lock in $locks; do
        file=$(stat -c '%d:%i' "$lock" 2>/dev/null) || continue
        # shellcheck disable=SC2013 # numbers of processes
        for pid in $(awk -v file="${file#*:}" '$2 == "POSIX" { sub(/.*:/, "", $6); if ($6 == file) print $5 }' /proc/locks); do
            stat -L -c '%d:%i' "/proc/$pid/fd/"* 2>/dev/null | grep -qx "$file" || continue
            echo "$(cat "/proc/$pid/comm" 2>/dev/null || echo a process) (pid $pid)"
            return 0
        done
    done
}
lock_words='^(dpkg|E): .*(locked by another process|is another process using it|Could not get lock .*(Resource temporarily|held by))'
# dpkg or apt-get with its arguments, once the locks are free. Versions before apt 1.9.11 do not wait for them, dpkg
# never does, and a lock can be taken in the moment after the look: then it is tried again.
patiently() {
    until=$(($(seconds) + lock_wait_s)) said_at=
    while :; do
        holder=$(lock_holder)
        if [ -z "$holder" ]; then
            code=0
            # A file, not a pipe: a service that a package starts would keep a pipe open for ever.
            "$@" </dev/null 2>"$errors" || code=$?
            line=$(grep -E "$lock_words" "$errors" | head -n 1) || :
            if [ "$code" -eq 0 ] || [ -z "$line" ]; then
                cat "$errors" >&2
                return "$code"
            fi
            holder="another program ($line)"
        fi
        now=$(seconds)
        if [ "$now" -ge "$until" ]; then
            echo "error: $holder is still installing packages here after $lock_wait_s s: wait until it has ended, then resume the job" >&2
            exit 75
        fi
        if [ -z "$said_at" ] || [ "$((now - said_at))" -ge 30 ]; then
            echo "$holder is installing packages here: waiting up to $((until - now)) s"
            said_at=$now
        fi
        sleep 2
    done
}
# Configuration files that a person changed stay as they are, the new ones are beside them (.dpkg-dist).
quiet_dpkg() { patiently dpkg --force-confdef --force-confold "$@"; }
quiet_apt() {
    patiently apt-get -y -q -o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold "$@"
}
# An interruption or a question that nobody answered leaves packages unpacked and not set up; apt-get refuses to do
# anything then.
finish_half_done() {
    half=$(dpkg --audit 2>/dev/null) || :
    [ -n "$half" ] || [ -n "$(ls "$dpkg_folder/updates" 2>/dev/null)" ] || return 0
    echo "packages were left half-installed here: running dpkg --configure -a"
    printf '%s\n' "$half"
    quiet_dpkg --configure -a || echo "dpkg --configure -a did not finish all of them" >&2
}
# In one call: packages that need each other come together.
install_files() { # path…
    finish_half_done
    quiet_dpkg -i "$@"
}
install_names() { # name…
    finish_half_done
    quiet_apt install "$@" && return 0
    grep -qE '^E: (Unable to locate package|Package .* has no installation candidate|Failed to fetch|Unable to fetch)' "$errors" || return 1
    # The lists of a machine that was just installed are empty, or older than what the mirror still has.
    echo "running apt-get update, then trying again"
    quiet_apt update && quiet_apt install "$@"
}
version_of() { dpkg-query -W -f='${Version} ${Status}' "$1" 2>/dev/null || :; }
