# Reboot the node once for a component that asked for it. Arguments: folder, key, "look" or "reboot", job, phase, fence.
# Prints "booted" when the node was booted since the component began, "stale" when the step has a newer owner, else
# "same" (and with "reboot", reboots it).
set -u
cd "$1" || exit 71
[ "$6" -lt "$(newest "$4" "$5")" ] && { echo stale; exit 0; }
read -r _ _ booted _ <"$2.pid"
[ "$booted" = "$(boot)" ] || { echo booted; exit 0; }
echo same
[ "$3" = reboot ] || exit 0
sync
setsid sh -c 'sleep 1; reboot' </dev/null >/dev/null 2>&1 &
