# Component haproxy: the reviewed file in place of the one that was reviewed against, checked before, undone
# when the service does not come back.
sum_of() { sha256sum "$1" | cut -d ' ' -f 1; }
now=$(sum_of "$haproxy_file")
backup=$haproxy_file.before-$change
if [ "$now" = "$new_sum" ]; then
    echo "$haproxy_file is as reviewed already"
elif [ "$now" != "$base_sum" ]; then
    echo "$haproxy_file was changed by somebody since it was reviewed: preview, review and approve again" >&2
    exit 7
else
    # A copy first, so that owner and mode stay.
    cp -p "$haproxy_file" "$haproxy_file.new"
    printf '%s' "$new_base64" | base64 -d >"$haproxy_file.new"
    if ! said=$(haproxy -c -f "$haproxy_file.new" 2>&1); then
        printf '%s\n' "$said"
        rm -f "$haproxy_file.new"
        echo "haproxy refuses the new file, nothing was changed: $(printf '%s\n' "$said" | grep -m 1 ALERT)" >&2
        exit 8
    fi
    cp -p "$haproxy_file" "$backup"
    mv "$haproxy_file.new" "$haproxy_file"
    echo "$haproxy_file written, the old one is $backup"
fi
verb=reload
service haproxy status >/dev/null 2>&1 || verb=restart
if service haproxy "$verb"; then
    echo "haproxy: $verb done"
    exit 0
fi
if [ -e "$backup" ]; then
    : >"$haproxy_file.restart"
    cp -p "$backup" "$haproxy_file.new"
    mv "$haproxy_file.new" "$haproxy_file"
    if service haproxy restart; then
        rm -f "$haproxy_file.restart"
        back="and haproxy runs with it"
    else
        back="but haproxy does not run: look there now"
    fi
    echo "haproxy did not $verb with the new file; the old one is in place again, $back" >&2
    exit 9
fi
echo "haproxy does not $verb, and there is no backup to go back to: look there now" >&2
exit 9
