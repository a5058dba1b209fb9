# Seconds that no change of the wall clock moves: since the machine was started (proc(5), uptime).
seconds() {
    read -r up _ </proc/uptime
    echo "${up%%.*}"
}
