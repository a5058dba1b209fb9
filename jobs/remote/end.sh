# End the process group of a component: TERM, then KILL after five seconds. Arguments: folder, key.
set -u
cd "$1" || exit 0
[ -s "$2.pid" ] || exit 0
[ -e "$2.rc" ] && exit 0
group=$(cat "$2.pid")
kill -TERM "-$group" 2>/dev/null
tries=0
while kill -0 "-$group" 2>/dev/null && [ "$tries" -lt 25 ]; do tries=$((tries + 1)); sleep 0.2; done
kill -KILL "-$group" 2>/dev/null
[ -e "$2.rc" ] || { echo 137 >"$2.rc.new" && mv "$2.rc.new" "$2.rc"; }
exit 0
