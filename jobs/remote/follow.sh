# Read the output of a component from given places on, until it ends. POSIX sh; arguments: folder,
# key (JOB-ATTEMPT), byte offsets of .log and .err. Frames: "@out N", "@err N" followed by N bytes;
# "@tick", "@rc CODE", "@died".
set -u
cd "$1" || exit 71
key=$2 out=$3 err=$4 quiet=0
emit() { # name file offset -> moved
    size=$(wc -c <"$key.$2" 2>/dev/null || echo 0)
    moved=$((size - $3))
    [ "$moved" -le 0 ] && { moved=0; return; }
    [ "$moved" -gt 131072 ] && moved=131072
    printf '@%s %d\n' "$1" "$moved"
    tail -c "+$(($3 + 1))" "$key.$2" | head -c "$moved"
}
while :; do
    # The exit code is looked for before the output: what is printed last is read last.
    code=
    [ -e "$key.rc" ] && code=$(cat "$key.rc")
    gone=
    if [ -z "$code" ] && [ -s "$key.pid" ] && ! kill -0 "$(cat "$key.pid")" 2>/dev/null; then gone=1; fi
    emit out log "$out"; out=$((out + moved)); any=$moved
    emit err err "$err"; err=$((err + moved)); any=$((any + moved))
    if [ "$any" -eq 0 ]; then
        if [ -n "$code" ]; then printf '@rc %s\n' "$code"; exit 0; fi
        if [ -n "$gone" ] && [ ! -e "$key.rc" ]; then printf '@died\n'; exit 0; fi
        quiet=$((quiet + 1))
        [ "$((quiet % 20))" -eq 0 ] && printf '@tick\n'
        sleep 0.2
    fi
done
