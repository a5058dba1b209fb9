# shellcheck shell=sh
# Part of the collection script (script.sh): how a tool is run and a small file is read.

# shellcheck disable=SC2086  # $limit and $as_root are words of a command on purpose
tool() {
    command -v "$1" >/dev/null 2>&1 || return 127
    $limit "$@"
}

# shellcheck disable=SC2086
rooted() {
    program=$(command -v "$1") || return 127
    shift
    $as_root $limit "$program" "$@"
}

first_file() {
    for file in "$@"; do
        if [ -r "$file" ]; then
            tool cat "$file"
            return
        fi
    done
    return 127
}

each_file() {
    [ -d "$1" ] || return 127
    for file in "$1"/*; do
        [ -f "$file" ] || continue
        printf '@%s\n' "${file##*/}"
        tool cat "$file" || return
    done
}

# One attribute as key=value: first line only, silence when it cannot be read.
value() {
    line=''
    { IFS= read -r line <"$2"; } 2>/dev/null
    [ -z "$line" ] || printf '%s=%s\n' "$1" "$line"
    return 0
}

# The children of a folder in one line.
children() {
    list=''
    for child in "$2"/*; do
        if [ -e "$child" ] || [ -L "$child" ]; then
            list="$list ${child##*/}"
        fi
    done
    [ -z "$list" ] || printf '%s=%s\n' "$1" "${list# }"
}

real_folder() {
    (cd -P "$2" 2>/dev/null && printf '%s=%s\n' "$1" "$(pwd -P)")
}

link_target() {
    target=$(cd -P "$2" 2>/dev/null && pwd -P) || return 0
    printf '%s=%s\n' "$1" "${target##*/}"
}
