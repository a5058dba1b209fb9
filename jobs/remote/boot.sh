# Reboot the node once for a component that asked for it. Arguments: folder, key, "look" or "reboot". Prints
# "booted" when the node was booted since the component began, else "same" (and with "reboot", reboots it).
set -u
cd "$1" || exit 71
read -r _ _ booted <"$2.pid"
[ "$booted" = "$(boot)" ] || { echo booted; exit 0; }
echo same
[ "$3" = reboot ] || exit 0
sync
setsid sh -c 'sleep 1; reboot' </dev/null >/dev/null 2>&1 &
