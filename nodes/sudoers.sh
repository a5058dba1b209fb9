# Let the installer's account become root without a password, or say what forbids it. Runs as root under sudo -S (the
# password is its first line of standard input). Arguments: "install" or "why", the account. sudoers(5).
set -u
umask 077
user=$2
folder=/etc/sudoers.d
# Of all rules that match the last one counts, and files are read in the order of their names as bytes.
LC_ALL=C
export LC_ALL

install() {
    mkdir -p "$folder" || exit 73
    name=zz-installer-console-$user
    for other in "$folder"/*; do
        other=${other##*/}
        # Such files are not read.
        case $other in *.* | *~ | *-installer-console-"$user" | installer-console-"$user") continue ;; esac
        while [ "$(printf '%s\n%s\n' "$name" "$other" | sort | tail -n 1)" != "$name" ] && [ ${#name} -lt 120 ]; do
            name=z$name
        done
    done
    file=$folder/$name
    {
        echo "# Installer Console: collects hardware and installs this node over SSH as $user."
        echo "# Its name sorts last because the last rule applies. Remove this file when the node is no longer managed."
        echo "$user ALL=(ALL) NOPASSWD: ALL"
    } >"$folder/.installer-console.new" || exit 74
    # Its name has a dot: sudo does not read it before it is whole.
    chmod 440 "$folder/.installer-console.new"
    if command -v visudo >/dev/null 2>&1 && ! visudo -cqf "$folder/.installer-console.new"; then
        rm -f "$folder/.installer-console.new"
        exit 65
    fi
    mv "$folder/.installer-console.new" "$file" || exit 74
    for old in "$folder/installer-console-$user" "$folder"/z*-installer-console-"$user"; do
        [ "$old" = "$file" ] || rm -f "$old"
    done
    echo "$file"
}

# Which rule comes after ours, or that ours is not read at all. What was written is taken away again.
why() {
    rm -f "$folder/installer-console-$user" "$folder"/z*-installer-console-"$user"
    if ! grep -Eq '^[[:space:]]*[#@]includedir[[:space:]]+"?/etc/sudoers\.d/?"?[[:space:]]*$' /etc/sudoers; then
        echo "/etc/sudoers does not include $folder: add the line @includedir $folder at its end (#includedir before sudo 1.9.1)"
        exit 0
    fi
    groups=$(id -Gn "$user" 2>/dev/null)
    numbers=$(id -G "$user" 2>/dev/null)
    # A rule may go on after a backslash; it is where it begins.
    lines='{ if (held == "") at = FNR; held = held $0; if (sub(/\\$/, "", held)) next; print FILENAME ":" at ": " held; held = "" }'
    {
        # In the order in which sudo reads them.
        awk '/^[ \t]*[#@]includedir[ \t]/ { exit } '"$lines" /etc/sudoers
        for rules in "$folder"/*; do
            case ${rules##*/} in *.* | *~) continue ;; esac
            [ -f "$rules" ] && awk "$lines" "$rules"
        done
        awk '/^[ \t]*[#@]includedir[ \t]/ { seen = 1; next } !seen { next } '"$lines" /etc/sudoers
    } | awk -v user="$user" -v groups="$groups" -v numbers="$numbers" '
        BEGIN {
            mine["ALL"]; mine[user]
            count = split(groups, name, " "); for (i = 1; i <= count; i++) mine["%" name[i]]
            count = split(numbers, name, " "); for (i = 1; i <= count; i++) mine["%#" name[i]]
        }
        {
            rule = $0; sub(/^[^ ]* /, "", rule); sub(/^[ \t]+/, "", rule)
            if (rule ~ /^User_Alias[ \t]/) {
                sub(/^User_Alias[ \t]+/, "", rule)
                count = split(rule, alias, ":")
                for (i = 1; i <= count; i++) {
                    name_of = alias[i]; sub(/[ \t]*=.*/, "", name_of); gsub(/[ \t]/, "", name_of)
                    sub(/^[^=]*=/, "", alias[i])
                    if (meant(alias[i])) mine[name_of]
                }
                next
            }
            if (rule ~ /^#/ || rule !~ /=/ || rule ~ /^(Defaults|Runas_Alias|Host_Alias|Cmnd_Alias|Cmd_Alias)/) next
            # Before the = stand users and, as the last word, hosts.
            who = rule; sub(/[ \t]*=.*/, "", who); gsub(/[ \t]*,[ \t]*/, ",", who); sub(/[ \t]+[^ \t]+$/, "", who)
            if (meant(who)) last = $0
        }
        function meant(users,    count, name, i) {
            gsub(/[ \t"]/, "", users); count = split(users, name, ",")
            for (i = 1; i <= count; i++) if (name[i] in mine) return 1
            return 0
        }
        END { if (last != "") print "the rule that applies is " last }
    '
    # What sudo itself makes of it, also of rules that come from a directory service or name a group of users.
    sudo -n -l -U "$user" 2>&1 | grep -v '^$' | tail -n 3 | sed 's/^ */sudo -l says: /'
}

"$1"
