# Reads a settings file (the grammar stands in zones/core/rendering/settings_reader.py) from standard input, in any
# POSIX sh with LC_ALL=C. Calls setting KEY VALUE for each value; ends with 2 at the first line that is not of the
# grammar. Nothing of what is read is ever run.
read_settings() { # the number of bytes that come
    setting_line=0 setting_left=$1 setting_seen=' '
    while IFS= read -r setting_text; do
        setting_line=$((setting_line + 1))
        setting_left=$((setting_left - ${#setting_text} - 1))
        [ "${#setting_text}" -le 32768 ] || refuse_settings "is longer than 32768 bytes"
        all_shown "$setting_text" || refuse_settings "has a character that is not allowed"
        read_setting
    done
    # A byte that the shell left out, or a last line without its end, shows here.
    if [ -n "$setting_text" ] || [ "$setting_left" -ne 0 ]; then refuse_settings "is not what was sent"; fi
}
refuse_settings() {
    echo "settings: line $setting_line $1" >&2
    exit 2
}
setting_unknown() { refuse_settings "contains the key $setting_key, which no component uses"; }
read_setting() {
    setting_text=${setting_text#"${setting_text%%[!"$setting_blank"]*}"}
    case $setting_text in '' | '#'*) return 0 ;; esac
    setting_text=${setting_text%"${setting_text##*[!"$setting_blank"]}"}
    setting_key=${setting_text%%=*}
    case $setting_key in
    [!a-z]* | *[!a-z0-9_]* | '') refuse_settings 'is not key="value"' ;;
    esac
    setting_text=${setting_text#"$setting_key"}
    case $setting_text in
    '="'*'"') ;;
    *) refuse_settings 'is not key="value"' ;;
    esac
    [ "$setting_text" != '="' ] || refuse_settings 'is not key="value"'
    setting_text=${setting_text#'="'} setting_value=
    setting_text=${setting_text%'"'}
    while :; do
        setting_plain=${setting_text%%[\"\\\$\`"$setting_tab"]*}
        setting_value=$setting_value$setting_plain
        setting_text=${setting_text#"$setting_plain"}
        [ -n "$setting_text" ] || break
        case $setting_text in
        \\[\"\\\$\`]*) ;;
        *) refuse_settings 'is not key="value"' ;;
        esac
        setting_text=${setting_text#?}
        setting_value=$setting_value${setting_text%"${setting_text#?}"}
        setting_text=${setting_text#?}
    done
    case $setting_seen in *" $setting_key "*) refuse_settings "contains the key $setting_key twice" ;; esac
    setting_seen="$setting_seen$setting_key "
    setting "$setting_key" "$setting_value"
}
setting_tab=$(printf '\t')
setting_blank=" $setting_tab"
