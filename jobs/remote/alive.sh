# Shared by the scripts beside it. KEY.pid holds: process id, its start time (proc(5) stat, field 22), boot, and the
# phase. Process ids come again, after a reboot at the latest: only the first three together name a process.
born() { # pid -> start time, nothing when there is no such process
    read -r line <"/proc/$1/stat" || return 1
    set -- ${line##*) }
    [ "$1" != Z ] && echo "${20}"
} 2>/dev/null
boot() {
    read -r id </proc/sys/kernel/random/boot_id || id=unknown
    echo "$id-$(born 1)"
} 2>/dev/null
alive() { # key
    [ -s "$1.pid" ] && read -r pid since _ <"$1.pid" && [ "$(born "$pid")" = "$since" ]
} 2>/dev/null
newest() { # job, phase: the highest number that a claim of the step has left here
    last=0
    [ -s "../.$1-$2.fence" ] && read -r last <"../.$1-$2.fence"
    echo "$last"
} 2>/dev/null
end_group() { # key: TERM, then KILL after five seconds; after a reboot there is nothing to end
    [ -s "$1.pid" ] && read -r pid since booted _ <"$1.pid" || return 0
    [ "$booted" = "$(boot)" ] || return 0
    now=$(born "$pid")
    [ -z "$now" ] || [ "$now" = "$since" ] || return 0
    kill -TERM "-$pid" 2>/dev/null
    tries=0
    while kill -0 "-$pid" 2>/dev/null && [ "$tries" -lt 25 ]; do tries=$((tries + 1)); sleep 0.2; done
    kill -KILL "-$pid" 2>/dev/null
    return 0
}
