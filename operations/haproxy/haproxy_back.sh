# haproxy_back: the file from before the change, and haproxy with it; only where the new one is in place. Its last
# line says what came of it; run again after it was cut off, it goes on. A function, so that nothing of it is done
# when only a part of it has arrived.
sum_of() { sha256sum "$1" | cut -d ' ' -f 1; }
put_back() {
    backup=$haproxy_file.before-$change
    target=$(readlink -f "$haproxy_file")
    rm -f "$target.new"
    if [ "$new_sum" = "$base_sum" ]; then
        echo "nothing is restored: the reviewed $haproxy_file is the old one"
        exit 0
    fi
    if [ "$(sum_of "$haproxy_file")" = "$new_sum" ]; then
        [ -e "$backup" ] || {
            echo "error: $backup does not exist: this change has written nothing here, so nothing is restored" >&2
            exit 1
        }
        # Says that a restart is still to come, also to a run that is repeated after this one was cut off.
        : >"$haproxy_file.restart"
        cp -p "$backup" "$target.new"
        mv "$target.new" "$target"
    elif [ ! -e "$haproxy_file.restart" ]; then
        echo "nothing is restored: $haproxy_file is not the new one"
        exit 0
    fi
    haproxy_to restart
    rm -f "$haproxy_file.restart"
    echo "the old $haproxy_file has been restored"
}
put_back </dev/null
