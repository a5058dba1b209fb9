# Time that no change of the wall clock moves: since the machine was started (proc(5), uptime).
hundredths() {
    read -r up _ </proc/uptime
    echo "$((${up%%.*} * 100 + 1${up#*.} - 100))"
}
seconds() { echo "$(($(hundredths) / 100))"; }
