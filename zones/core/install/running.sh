# Restart programs of the supervisor, and wait until each is RUNNING and has stayed so for $steady_s seconds.
state_of() { # program: its line, whatever warnings stand around it; without one the last of what was said
    supervisorctl status "$1" 2>&1 | awk -v name="$1" \
        '$1 == name || $1 == name ":" { line = $0; exit } NF { line = $0 } END { print line }'
}
steady() { # program
    tries=0 good=0 pid=
    while :; do
        line=$(state_of "$1") || :
        case $line in
        *" RUNNING "*)
            now=$(printf '%s\n' "$line" | sed -n 's/.* pid \([0-9]*\),.*/\1/p')
            # Another process than a moment ago: it ended and was started again.
            [ "$now" = "$pid" ] || { pid=$now good=0; }
            if [ "$good" -ge "$steady_s" ]; then
                echo "$line"
                return 0
            fi
            good=$((good + 1))
            ;;
        *" FATAL "* | *"no such process"* | *"no such file"* | *"refused"* | *"not found"*) break ;;
        *) good=0 ;;
        esac
        tries=$((tries + 1))
        [ "$tries" -lt $((60 + steady_s)) ] || break
        sleep 1
    done
    echo "$1 does not stay RUNNING: ${line:-the supervisor says nothing}" >&2
    return 5
}
restart_programs() { # program…
    for program in "$@"; do
        supervisorctl restart "$program" || :
        steady "$program"
    done
}
