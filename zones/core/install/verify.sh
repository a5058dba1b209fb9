# Component verify: every program that the supervisor knows is RUNNING, within a minute.
tries=0
while :; do
    status=$(supervisorctl status) || :
    if [ -n "$status" ] && ! printf '%s\n' "$status" | grep -vq ' RUNNING '; then break; fi
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ]; then
        printf '%s\n' "${status:-the supervisor knows no program}"
        echo "not every program is RUNNING: $(printf '%s\n' "$status" | grep -v ' RUNNING ' | head -n 1)" >&2
        exit 5
    fi
    sleep 1
done
printf '%s\n' "$status"
