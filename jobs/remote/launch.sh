# Start a component detached from this session, once. POSIX sh; arguments: folder, job, attempt,
# fence, bytes of the script, which comes on standard input. Prints one word: started, running or done.
set -u
umask 077
dir=$1 job=$2 key=$2-$3 fence=$4 bytes=$5
mkdir -p "$dir" && cd "$dir" || exit 71
new=.$key.$$.sh
cat >"$new"
# A connection that drops in the middle leaves half a script: never run that.
if [ "$(wc -c <"$new")" -ne "$bytes" ]; then rm -f "$new"; echo partial; exit 74; fi
if [ -e "$job.done" ]; then rm -f "$new"; echo done; exit 0; fi
if [ -e "$key.rc" ]; then rm -f "$new"; echo running; exit 0; fi
if ! mkdir "$key.lock" 2>/dev/null; then
    # Somebody else starts it at this moment, or was cut off between the lock and the start.
    tries=0
    while [ ! -s "$key.pid" ] && [ "$tries" -lt 10 ]; do tries=$((tries + 1)); sleep 0.5; done
    if [ -s "$key.pid" ]; then rm -f "$new"; echo running; exit 0; fi
    mv "$key.lock" "$key.lock.$$" 2>/dev/null && mkdir "$key.lock" || { rm -f "$new"; echo running; exit 0; }
fi
mv "$new" "$key.sh"
: >"$key.log" && : >"$key.err" || { rmdir "$key.lock"; exit 74; }
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) start attempt=$3 fence=$fence" >>"$job.journal"
setsid sh -c '
    echo $$ >"$2.pid.new" && mv "$2.pid.new" "$2.pid"
    sh "./$2.sh" >>"$2.log" 2>>"$2.err"
    code=$?
    echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) end attempt=$3 code=$code" >>"$1.journal"
    [ "$code" -eq 0 ] && : >"$1.done"
    echo "$code" >"$2.rc.new" && mv "$2.rc.new" "$2.rc"
' sh "$job" "$key" "$3" </dev/null >/dev/null 2>&1 &
echo started
