# End the process group of a component, of this attempt and of earlier ones: one that was given up may be followed in
# place of this. Arguments: folder, job, attempt, phase, fence. A result that is there already stays. Ends with 75
# when the step has a newer owner: what runs is that one's.
set -u
cd "$1" || exit 0
job=$2 attempt=$3
[ "$5" -lt "$(newest "$job" "$4")" ] && exit 75
left=$attempt
while [ "$left" -ge 1 ]; do
    key=$job-$left
    if [ ! -e "$key.rc" ] && { [ -s "$key.pid" ] || [ "$left" -eq "$attempt" ]; }; then
        end_group "$key"
        [ -e "$key.rc" ] || { echo 137 >"$key.rc.new" && mv "$key.rc.new" "$key.rc"; }
    fi
    left=$((left - 1))
done
exit 0
