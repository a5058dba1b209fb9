# Component verify: the programs that packages of the console brought ($programs) run. Of others, which a site's packages
# or a person brought, nothing is expected: one may run once, or not at all. What they do is said.
set -f
wanted=''
for program in $programs; do
    wanted="$wanted$(full_names "$program")
"
done
wanted=$(printf '%s' "$wanted")
[ -z "$wanted" ] || steady "$wanted"
said=$(supervisorctl status 2>&1) || :
lines=$(printf '%s\n' "$said" | process_lines)
if [ -z "$lines" ] && [ -n "$said" ]; then
    echo "error: the supervisor does not answer: $said" >&2
    exit 5
fi
printf '%s\n' "$lines" | awk -v names="$wanted" '
    BEGIN { count = split(names, name, "\n"); for (at = 1; at <= count; at++) ours[name[at]] = 1 }
    !NF || $1 in ours || $2 == "RUNNING" { next }
    {
        rest = $0; sub(/^[^ ]+ +[A-Z]+ */, "", rest)
        what = $1 ": " $2 (rest == "" ? "" : " (" rest ")") ", "
        if ($2 == "STOPPED") what = what "so it does not run"
        else if ($2 == "EXITED") what = what "which is right for a program that runs once"
        else if ($2 == "FATAL" || $2 == "BACKOFF" || $2 == "UNKNOWN")
            what = what "so it fails: look at it with supervisorctl tail " $1
        else what = what "so it is on its way"
        print what "; no package of the console brought it, and nothing was expected of it"
    }' >&2
