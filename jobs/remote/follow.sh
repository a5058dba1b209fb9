# Read the output of a component from given places on, until it ends. POSIX sh; arguments: folder,
# key (JOB-ATTEMPT), byte offsets of .log and .err, the most bytes to read of each before only the last
# ones count, how many those are. Frames: "@out N", "@err N" followed by N bytes; "@gap STREAM N" for N bytes
# left out; "@tick", "@rc CODE", "@died", the last two with "reboot" when the component asked for one.
set -u
cd "$1" || exit 71
key=$2 out=$3 err=$4 head=$5 tail=$6 quiet=0
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
            printf '@gap %s %d\n' "$1" "$moved"
            return
        fi
    fi
    [ "$moved" -gt 131072 ] && moved=131072
    printf '@%s %d\n' "$1" "$moved"
    tail -c "+$(($3 + 1))" "$key.$2" | head -c "$moved"
}
while :; do
    # How it ended is looked for before the output: what is printed last is read last.
    code= gone= ended=
    [ -e "$key.rc" ] && read -r code <"$key.rc"
    [ -z "$code" ] && ! alive "$key" && [ ! -e "$key.rc" ] && gone=1
    ended=$code$gone
    sizes=$(stat -c %s "$key.log" "$key.err" 2>/dev/null) || sizes='0 0'
    set -- $sizes
    emit out log "$out" "$1" "$ended"; out=$((out + moved)); any=$moved
    emit err err "$err" "${2:-0}" "$ended"; err=$((err + moved)); any=$((any + moved))
    if [ "$any" -eq 0 ]; then
        reboot=
        [ -e "$key.reboot" ] && reboot=' reboot'
        if [ -n "$code" ]; then printf '@rc %s%s\n' "$code" "$reboot"; exit 0; fi
        if [ -n "$gone" ]; then printf '@died%s\n' "$reboot"; exit 0; fi
        quiet=$((quiet + 1))
        [ "$((quiet % 15))" -eq 0 ] && printf '@tick\n'
        # What ends soon is seen soon; what runs for long is looked at less often, well within a second.
        if [ "$quiet" -gt 8 ]; then sleep 0.4; else sleep 0.2; fi
    fi
done
