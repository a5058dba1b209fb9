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

begin='# installer console: begin' end='# installer console: end' was='# installer console: was'
{
    # What an earlier run wrote goes, and so does what other lines say of a host of ours: the first line that has a name
    # counts, and Debian's installer has written "127.0.1.1 NAME". Such a line stays as a comment, its other names with it.
    if [ -e /etc/hosts ]; then
        printf '%s\n' "$hosts_file" | awk -v begin="$begin" -v end="$end" -v was="$was" '
            FNR == NR { sub(/#.*/, ""); for (at = 2; at <= NF; at++) ours[tolower($at)] = ours[tolower($at)] " " tolower($1) " "; next }
            { sub(/\r$/, "") }
            $0 == begin { print_held(); held = $0; inside = 1; next }
            inside && $0 == end { inside = 0; held = ""; next }
            # A block without an end hides nothing that stands behind it.
            inside { held = held "\n" $0; next }
            { print_line($0) }
            END { print_held() }
            function print_held(    count, line, number) {
                count = split(held, line, "\n"); held = ""
                for (number = 2; number <= count; number++) print_line(line[number])
            }
            function print_line(text,    code, parts, part, at, name, known, kept, moved, gone) {
                code = text; sub(/#.*/, "", code)
                parts = split(code, part); kept = ""; moved = ""; gone = 0
                for (at = 2; at <= parts; at++) {
                    name = tolower(part[at])
                    # With its domain it is the same host, and is no loopback address either: "127.0.1.1 NAME.DOMAIN NAME".
                    if (part[1] ~ /^(127\.|::1$|::ffff:127\.)/) sub(/\..*/, "", name)
                    if (!(name in ours) || index(ours[name], " " tolower(part[1]) " ")) { kept = kept " " part[at]; continue }
                    gone++
                    if (name != tolower(part[at]) && part[at] !~ /\.$/) {
                        split(ours[name], known)
                        moved = moved known[1] " " part[at] "\n"
                    }
                }
                if (!gone) { print text; return }
                print was " " text
                if (kept != "") print part[1] kept
                printf "%s", moved
            }' - /etc/hosts
    fi
    printf '%s\n%s%s\n' "$begin" "$hosts_file" "$end"
} >/etc/hosts.new
# Written in place: /etc/hosts may be a mount of its own.
if ! cat /etc/hosts.new >/etc/hosts; then
    rm -f /etc/hosts.new
    echo "error: /etc/hosts cannot be written: it may be immutable (lsattr /etc/hosts) or mounted read-only; undo this, then resume the job" >&2
    exit 3
fi
rm -f /etc/hosts.new
echo "hosts file has $(grep -c . /etc/hosts) lines, $(grep -c "^$was " /etc/hosts || :) of them commented out"
# At the next boot cloud-init would write the file anew.
if [ -d /etc/cloud/cloud.cfg.d ]; then
    printf '# installer console: /etc/hosts and the host name are its own.\nmanage_etc_hosts: false\npreserve_hostname: true\n' |
        place /etc/cloud/cloud.cfg.d/99_installer_console.cfg
    if grep -qsE '^ *manage_etc_hosts: *.?(true|True|localhost|template)' /var/lib/cloud/instance/user-data.txt /var/lib/cloud/instance/vendor-data.txt; then
        echo "warning: the user data of this machine has manage_etc_hosts, so cloud-init will rewrite /etc/hosts at the next boot: remove it there, or touch /etc/cloud/cloud-init.disabled" >&2
    fi
fi
! command -v nscd >/dev/null 2>&1 || nscd -i hosts 2>/dev/null || :
if ! command -v getent >/dev/null 2>&1; then
    echo "warning: getent is missing here, so the resolution of $hostname was not checked" >&2
elif ! printf '%s\n' "$hosts_file" | awk -v name="$hostname" '{ for (at = 2; at <= NF; at++) if ($at == name) found = 1 } END { exit !found }'; then
    echo "warning: the hosts file of the zone does not contain $hostname" >&2
else
    # As programs ask, for IPv4 and IPv6 at once: "getent hosts" asks for IPv6 alone first, and another source than the
    # hosts file may answer that (myhostname, DNS). Where getent knows no such question, as it is.
    now=$({ getent ahosts "$(hostname)" || getent hosts "$(hostname)"; } 2>/dev/null | awk '{ print $1; exit }') || :
    if [ "$now" != "$mgmt_network_address" ]; then
        order=$(sed -n 's/^[[:space:]]*hosts:[[:space:]]*//p' /etc/nsswitch.conf 2>/dev/null | head -n 1)
        echo "error: $(hostname) is resolved to ${now:-nothing} here instead of $mgmt_network_address although /etc/hosts contains it: /etc/nsswitch.conf has \"hosts: $order\"; put files first there, then resume the job" >&2
        exit 3
    fi
    echo "$(hostname) is $now"
fi
