# Component os: name of the machine, hosts file, the settings that everything else reads.
place() { # path: standard input becomes the file, whole or not at all
    mkdir -p "$(dirname "$1")"
    cat >"$1.new"
    mv "$1.new" "$1"
}
mkdir -p /pitrix/conf /pitrix/log /pitrix/bin
printf '%s' "$settings_file" | place /pitrix/conf/settings
echo "settings of $hostname written to /pitrix/conf/settings"

if [ "$(hostname)" != "$hostname" ]; then hostname "$hostname"; fi
printf '%s\n' "$hostname" | place /etc/hostname
echo "host name is $(hostname)"

begin='# installer console: begin' end='# installer console: end'
{
    [ ! -e /etc/hosts ] || sed "/^$begin\$/,/^$end\$/d" /etc/hosts
    printf '%s\n%s%s\n' "$begin" "$hosts_file" "$end"
} >/etc/hosts.new
# Written in place: /etc/hosts may be a mount of its own.
cat /etc/hosts.new >/etc/hosts
rm -f /etc/hosts.new
echo "hosts file has $(grep -c . /etc/hosts) lines"
