# Component haproxy: the reviewed file in place of the one that was reviewed against, checked before, undone
# when the service does not come back.
sum_of() { sha256sum "$1" | cut -d ' ' -f 1; }
now=$(sum_of "$haproxy_file")
backup=$haproxy_file.before-$change
# Where it is a link, the file behind it is replaced, and the link stays.
target=$(readlink -f "$haproxy_file")
if [ "$now" = "$new_sum" ]; then
    echo "$haproxy_file already has the reviewed content"
elif [ "$now" != "$base_sum" ]; then
    echo "error: $haproxy_file has changed since it was reviewed: preview, review and approve again" >&2
    exit 7
else
    # Putting back was cut off between the file and the restart.
    if [ -e "$haproxy_file.restart" ] && haproxy_to restart; then
        rm -f "$haproxy_file.restart"
    fi
    # haproxy keeps its old workers when a reload cannot have a port, and whoever has it would seem to serve.
    # Each word of $places: address:port. Without ss(8) nobody knows.
    # Those of $fresh are new in this file: when haproxy has one, another file of its configuration gives it.
    for place in $places; do
        held='"haproxy"'
        case " $fresh " in *" $place "*) held='"nobody at all"' ;; esac
        taken=$(ss -Hltnp "sport = :${place##*:}" 2>/dev/null | grep -v "$held" | awk -v ours="${place%:*}" '
            function any(name) { return name == "" || name == "*" || name == "0.0.0.0" || name == "[::]" || name == "::" }
            /users:/ { at = $4; sub(/:[0-9]+$/, "", at); if (any(at) || any(ours) || at == ours) { print $4, $NF; exit } }') || :
        case $taken in
        "") ;;
        *'"haproxy"'*)
            echo "error: haproxy uses port ${place##*:} although $haproxy_file does not contain it; nothing was changed: another of its files does, or this file is not active yet (service haproxy reload)" >&2
            exit 8
            ;;
        *)
            echo "error: port ${place##*:} is already used on this proxy; nothing was changed: $taken" >&2
            exit 8
            ;;
        esac
    done
    command -v haproxy >/dev/null || { echo "error: haproxy is not installed on this proxy; nothing was changed" >&2; exit 8; }
    if nobody_runs_it; then
        echo "error: neither the service manager nor the supervisor here manages haproxy; nothing was changed" >&2
        exit 8
    fi
    # A copy first, so that owner and mode stay.
    cp -p "$target" "$target.new"
    printf '%s' "$new_base64" | base64 -d >"$target.new"
    if ! said=$(haproxy -c -f "$target.new" 2>&1); then
        printf '%s\n' "$said"
        rm -f "$target.new"
        why=$(printf '%s\n' "$said" | awk '/ALERT/ { line = $0; exit } { line = $0 } END { print line }')
        echo "error: haproxy rejects the new file; nothing was changed: $why" >&2
        exit 8
    fi
    cp -p "$target" "$backup"
    # What is replaced is what was reviewed, also when somebody wrote while haproxy was looking.
    if [ "$(sum_of "$backup")" != "$base_sum" ]; then
        rm -f "$target.new" "$backup"
        echo "error: $haproxy_file has just been changed by another program; nothing was written: preview, review and approve again" >&2
        exit 7
    fi
    mv "$target.new" "$target"
    echo "$haproxy_file written; the old file is $backup"
fi
verb=reload
service haproxy status >/dev/null 2>&1 || verb=restart
if haproxy_to "$verb"; then
    echo "haproxy: $verb done"
    exit 0
fi
if [ -e "$backup" ]; then
    : >"$haproxy_file.restart"
    cp -p "$backup" "$target.new"
    mv "$target.new" "$target"
    if haproxy_to restart; then
        rm -f "$haproxy_file.restart"
        back="and haproxy runs with it"
    else
        back="but haproxy does not run: check this proxy now"
    fi
    echo "error: haproxy did not $verb with the new file; the old file has been restored, $back" >&2
    exit 9
fi
echo "error: haproxy does not $verb, and there is no backup to restore: check this proxy now" >&2
exit 9
