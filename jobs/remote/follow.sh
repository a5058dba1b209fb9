# Read the output of a component from given places on, until it ends. POSIX sh; arguments: folder,
# key (JOB-ATTEMPT), byte offsets of .log and .err, the most bytes to read of each before only the last
# ones count, how many those are, the most bytes of one frame. Frames: "@out N", "@err N" followed by N bytes; "@gap STREAM N" for N bytes
# left out; "@reboot" once it asked for one; "@tick", "@rc CODE", "@died", the last two with "reboot" when the component asked for one.
# A component that runs on is streamed: after "@live" all of standard output is its .log, and frames come on
# standard error. Whoever gets no @rc and no @died then asks again.
# The number of bytes before only the last ones count may be another one for the errors: an eighth argument.
set -u
cd "$1" || exit 71
key=$2 out=$3 err=$4 head=$5 tail=$6 most=$7 head_out=$5 head_err=${8:-$5} round=0 live='' feeder='' asked=''
emit() { # stream file offset size ended -> moved
    moved=$(($4 - $3))
    [ "$moved" -le 0 ] && { moved=0; return; }
    if [ "$4" -gt "$head" ]; then
        if [ "$3" -lt "$head" ]; then
            moved=$((head - $3))
        elif [ -z "$5" ]; then
            moved=0
            return
        elif [ "$moved" -gt "$tail" ]; then
            moved=$((moved - tail))
            printf '@gap %s %d\n' "$1" "$moved" || exit 1
            return
        fi
    fi
    [ "$moved" -gt "$most" ] && moved=$most
    printf '@%s %d\n' "$1" "$moved" || exit 1
    tail -c "+$(($3 + 1))" "$key.$2" | head -c "$moved"
}
stream() { # one process that reads on costs the node less than looking again and again
    # Of GNU: --pid is not everywhere.
    [ "$most" -ge 65536 ] && [ "$out" -lt "$head_out" ] && alive "$key" && tail --version >/dev/null 2>&1 || return 0
    printf '@live\n' || exit 1
    trap 'kill "$feeder" 2>/dev/null' EXIT
    trap 'exit 1' HUP INT PIPE TERM
    # From standard input: by name it would be woken for each line, and send each alone.
    tail -f -s 0.25 --pid="$pid" -c "+$((out + 1))" <"$key.log" 2>/dev/null &
    feeder=$! live=1
    exec >&2
}
while :; do
    # Said while it runs: in a moment it may reboot the node, which then is away for as long as that takes.
    [ -n "$asked" ] || [ ! -e "$key.reboot" ] || { printf '@reboot\n' || exit 1; asked=1; }
    # How it ended is looked for before the output: what is printed last is read last.
    code='' gone='' ended=''
    [ -e "$key.rc" ] && read -r code <"$key.rc"
    [ -z "$code" ] && ! alive "$key" && [ ! -s "$key.rc" ] && gone=1
    ended=$code$gone
    if [ -n "$ended" ] && [ -n "$feeder" ]; then
        # It reads what is left and ends with the component.
        wait "$feeder" || exit 1
        feeder=''
    fi
    # Without it nobody would read on: whoever gets no result asks again. It ends with the component, though.
    [ -z "$feeder" ] || born "$feeder" >/dev/null || ! alive "$key" || exit 1
    sizes=$(stat -c %s "$key.log" "$key.err" 2>/dev/null) || sizes='0 0'
    set -- $sizes
    any=0
    head=$head_out
    [ -n "$live" ] || { emit out log "$out" "$1" "$ended"; out=$((out + moved)) any=$moved; }
    head=$head_err
    emit err err "$err" "${2:-0}" "$ended"; err=$((err + moved)) any=$((any + moved))
    if [ "$any" -eq 0 ]; then
        reboot=
        [ -e "$key.reboot" ] && reboot=' reboot'
        if [ -n "$code" ]; then printf '@rc %s%s\n' "$code" "$reboot"; exit 0; fi
        if [ -n "$gone" ]; then printf '@died%s\n' "$reboot"; exit 0; fi
    fi
    # What was printed before the end, or is more than one frame holds, waits for nobody.
    [ "$any" -gt 0 ] && [ -n "$ended" ] || [ "$any" -ge "$most" ] && continue
    round=$((round + 1))
    [ "$((round % 15))" -eq 0 ] && { printf '@tick\n' || exit 1; }
    # What ends soon is seen soon; what runs for long is looked at less often, within a second.
    case $round in
        1) sleep 0.05 ;;
        2) sleep 0.1 ;;
        [3-9]) sleep 0.2 ;;
        10) stream ;;
        *) if [ -n "$live" ]; then sleep 0.8; else sleep 0.4; fi ;;
    esac
done
