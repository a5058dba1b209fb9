# Start a component detached from this session, once. POSIX sh; arguments: folder, job, attempt, fence, bytes of
# the script (which comes on standard input), first attempt that counts as done, phase, mode (start, again or
# attach), jobs beside which it may start. Prints a word and the attempt it means: started, running, done; or absent,
# stale, partial; or "beside" with component, job, attempt, phase and fence of what another job left running.
set -u
umask 077
dir=$1 job=$2 attempt=$3 fence=$4 bytes=$5 fresh=$6 phase=$7 mode=$8 others=$9
key=$job-$attempt
mkdir -p "$dir" && cd "$dir" || exit 71
new=.$key.$$.sh
if [ "$mode" != attach ]; then
    cat >"$new" || { rm -f "$new"; exit 74; }
    # A connection that drops in the middle leaves half a script: never run that.
    if [ "$(wc -c <"$new")" -ne "$bytes" ]; then rm -f "$new"; echo partial 0; exit 0; fi
fi
answer() { rm -f "$new"; echo "$1 $2"; exit 0; }
# A claimant that was overtaken while it slept starts nothing: the newest one left its number here.
mark="../.$job-$phase.fence"
last=$(newest "$job" "$phase")
[ "$fence" -lt "$last" ] && answer stale "$last"
[ "$fence" -gt "$last" ] && echo "$fence" >"$mark.$$" 2>/dev/null && mv "$mark.$$" "$mark" || rm -f "$mark.$$"
earlier=$attempt
while [ "$earlier" -ge 1 ]; do
    old=$job-$earlier
    if [ -e "$old.rc" ]; then
        read -r code <"$old.rc"
        if [ "$earlier" -ge "$fresh" ] && [ "$code" = 0 ]; then answer done "$earlier"; fi
        [ "$earlier" -eq "$attempt" ] && answer running "$attempt"
    elif alive "$old"; then
        # An attempt that was given up while its node was out of reach: it is followed, not started beside itself.
        [ "$earlier" -ge "$fresh" ] && answer running "$earlier"
        end_group "$old"
    elif [ "$earlier" -eq "$attempt" ] && [ -s "$old.pid" ]; then
        [ "$mode" = again ] && [ -e "$old.reboot" ] || answer running "$attempt"
        read -r _ _ booted _ <"$old.pid"
        [ "$booted" = "$(boot)" ] && answer running "$attempt"
        # Of two that start it again after a reboot that it asked for, one moves the old number away.
        mv "$old.reboot" "$old.rebooted.$(ls | grep -c "^$old.rebooted.")" 2>/dev/null && rm -f "$old.pid"
    fi
    earlier=$((earlier - 1))
done
[ "$mode" = attach ] && answer absent "$attempt"
# What a job left running while nobody could reach the node is not known to be over here: that is asked for.
for found in ../*/*.pid; do
    found=${found%.pid}
    [ -e "$found.rc" ] && continue
    name=${found##*/} of=${found%/*}
    case " $others " in *" ${name%-*} "*) continue ;; esac
    alive "$found" || continue
    read -r _ _ _ its <"$found.pid"
    rm -f "$new"
    echo "beside ${of##*/} ${name%-*} ${name##*-} ${its:--} $(newest "${name%-*}" "$its")"
    exit 0
done
mv "$new" "$key.sh"
INSTALLER_REBOOT=$PWD/$key.reboot
INSTALLER_BOOTS=$(ls | grep -c "^$key.rebooted.")
export INSTALLER_REBOOT INSTALLER_BOOTS
rm -f ".$key.failed"
setsid sh -c "$HELPERS"'
    # Room for the result is taken now: a disk that the component fills cannot hide how it ended. What stands there until
    # then is no success: a power cut may keep the new name of the file and lose what was written into it last.
    printf "%-8s\n" 137 >"$2.rc.$$" && echo "$$ $(born $$) $(boot) $5" >"$2.pid.$$" || { : >".$2.failed"; exit 74; }
    # Another one was faster; or it was ended before it began.
    ln "$2.pid.$$" "$2.pid" && [ ! -e "$2.rc" ] || { rm -f "$2.pid.$$" "$2.rc.$$"; exit 0; }
    rm -f "$2.pid.$$"
    echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) start attempt=$3 fence=$4" >>"$1.journal"
    sh "./$2.sh" >>"$2.log" 2>>"$2.err"
    code=$?
    echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) end attempt=$3 code=$code" >>"$1.journal"
    printf "%-8s\n" "$code" 1<>"$2.rc.$$"
    mv "$2.rc.$$" "$2.rc"
' sh "$job" "$key" "$attempt" "$fence" "$phase" </dev/null >/dev/null 2>&1 &
tries=0
while [ ! -s "$key.pid" ] && [ ! -e ".$key.failed" ] && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
[ -s "$key.pid" ] || { echo "No space left on $dir" >&2; exit 74; }
echo "started $attempt"
