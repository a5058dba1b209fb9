# End the process group of a component. Arguments: folder, key. A result that is there already stays.
set -u
cd "$1" || exit 0
[ -e "$2.rc" ] && exit 0
end_group "$2"
[ -e "$2.rc" ] || { echo 137 >"$2.rc.new" && mv "$2.rc.new" "$2.rc"; }
exit 0
