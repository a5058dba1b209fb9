# Component hyper_mirror: the list of all hypers of the zone; compute_server is restarted where it changed.
file=/pitrix/conf/hyper_mirror_nodes
mkdir -p /pitrix/conf
if [ -e "$file" ] && [ "$(cat "$file")" = "$mirror_nodes" ] && [ ! -e "$file.restart" ]; then
    echo "the mirror list is up to date ($(grep -c . "$file") hypers), compute_server is not restarted"
    exit 0
fi
# Says that a restart is still to come, also to a run that is repeated after this one was cut off.
: >"$file.restart"
printf '%s\n' "$mirror_nodes" >"$file.new"
mv "$file.new" "$file"
echo "the mirror list now has $(grep -c . "$file") hypers"
restart_programs compute_server
rm -f "$file.restart"
