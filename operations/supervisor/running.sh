# Whether programs of the supervisor run: RUNNING, as one process, for $steady_s seconds; three times as long when one
# was seen to start again, as what falls over and over does. Names are those of supervisorctl(1): a program, GROUP:*,
# GROUP:PROGRAM, or a program of several processes (numprocs).
: "${patience_s:=60}"
# Lines of supervisorctl that tell of a process: name, state, and what stands behind it.
process_lines() { awk '$2 ~ /^(STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)$/'; }
full_names() { # program: how the supervisor calls its processes; the name itself where it knows none
    known=$(supervisorctl status 2>/dev/null | process_lines | awk -v name="$1" '
        {
            parts = split($1, part, ":"); group = parts > 1 ? part[1] : ""; own = part[parts]
            base = own; sub(/_[0-9]+$/, "", base)
            if ($1 == name || own == name) exact = exact $1 "\n"
            else if (base == name || group ":" base == name || (group != "" && (group == name || group ":*" == name)))
                other = other $1 "\n"
        }
        END { printf "%s", exact == "" ? other : exact }') || :
    printf '%s\n' "${known:-$1}"
}
# The first of the programs whose line says something else than RUNNING, or says nothing; its name, then the line.
not_running() { # what supervisorctl said, names…
    printf '%s\n' "$1" | awk -v names="$2" '
        BEGIN { count = split(names, name, "\n") }
        NF { last = $0 }
        { key = $1; sub(/:$/, "", key); if (!(key in line)) line[key] = $0 }
        END {
            for (at = 1; at <= count; at++) {
                said = last == "" ? "the supervisor says nothing" : last
                if (name[at] in line) said = line[name[at]]
                if (said ~ /^[^ ]+ +RUNNING / && name[at] in line) continue
                print name[at] " " said
                exit
            }
        }'
}
pids_of() { # what supervisorctl said
    printf '%s\n' "$1" | process_lines | sed -n 's/^\([^ ]*\) .* pid \([0-9]*\),.*/\1 \2/p'
}
steady() { # names, one a line
    begun=$(hundredths) since=$begun pids='' starts=0 fell='' line=''
    while :; do
        # shellcheck disable=SC2086 # a list of words
        said=$(supervisorctl status $1 2>&1) || :
        line=$(not_running "$said" "$1")
        now=$(hundredths)
        need=$((steady_s * 100))
        [ "$starts" -eq 0 ] || need=$((need * 3))
        if [ -n "$line" ]; then
            since=$now
            case $line in *" FATAL "* | *"no such process"* | *"no such file"* | *"refused"* | *"not found"*) break ;; esac
        else
            again=$(pids_of "$said")
            if [ "$again" != "$pids" ]; then
                if [ -n "$pids" ]; then
                    starts=$((starts + 1))
                    fell=$(printf '%s\n' "$again" | grep -vxF "$pids" | head -n 1)
                fi
                pids=$again since=$now
            elif [ "$((now - since))" -ge "$need" ]; then
                printf '%s\n' "$said" | process_lines
                return 0
            fi
        fi
        [ "$((now - begun))" -lt "$(((patience_s + steady_s) * 100))" ] || break
        sleep 1
    done
    if [ -n "$line" ]; then
        name=${line%% *} line=${line#* }
    else
        name=${fell%% *} line="it is RUNNING again and again"
    fi
    [ "$starts" -eq 0 ] || line="$line (seen to start again $starts times within $(((now - begun) / 100)) s)"
    echo "error: $name does not stay RUNNING: $line" >&2
    return 5
}
restart_programs() { # program…
    for program in "$@"; do
        names=$(full_names "$program")
        # shellcheck disable=SC2086 # a list of words
        supervisorctl restart $names || :
        steady "$names"
    done
}
