#!/bin/sh
# Collect the texts of pages and scripts into the catalogues in locale/, and compile them. Arguments: python, languages.
set -eu
python=$1
shift
for tool in xgettext msgmerge msgfmt; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "$tool is not installed: install GNU gettext (Debian, Ubuntu: apt-get install gettext), then make again" >&2
        exit 1
    fi
done
if [ $# -eq 0 ]; then
    set -- $(ls locale 2>/dev/null)
fi
if [ $# -eq 0 ]; then
    echo "There is no catalogue yet: name a language, for example make messages ARGS=zh_Hans" >&2
    exit 1
fi
for language in "$@"; do
    mkdir -p "locale/$language"
    for domain in django djangojs; do
        "$python" manage.py makemessages --locale "$language" --domain "$domain" --add-location file --no-wrap --no-obsolete \
            --ignore "tests/*" --ignore "lab/*" --ignore "bench/*" --ignore "artifacts/*" --ignore "data/*"
    done
    "$python" manage.py compilemessages --locale "$language"
done
