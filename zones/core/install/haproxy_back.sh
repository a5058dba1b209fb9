# Component haproxy_back: the file from before the change, and haproxy with it.
backup=$haproxy_file.before-$change
[ -e "$backup" ] || { echo "there is no $backup: this change has written nothing here, so nothing is put back" >&2; exit 1; }
cp -p "$backup" "$haproxy_file.new"
mv "$haproxy_file.new" "$haproxy_file"
service haproxy restart
echo "the old $haproxy_file is in place again"
