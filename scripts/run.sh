#!/bin/sh
# The console for real use: database brought up to date, a first administrator, worker and web server.
# BIND (default 127.0.0.1:8000) is where it listens. Ends all of it on Ctrl-C.
set -eu
python=$1
bind=${BIND:-127.0.0.1:8000}
"$python" manage.py migrate --verbosity 0
"$python" manage.py first_administrator
started=
finish() {
    for process in $started; do kill -TERM "$process" 2>/dev/null || :; done
    for process in $started; do wait "$process" 2>/dev/null || :; done
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$python" manage.py qcluster &
started=$!
echo "Console: http://$bind/admin/   (Ctrl-C ends it; running steps on nodes go on and are taken up again)"
"$python" -m gunicorn installer.wsgi --bind "$bind" --config installer/gunicorn.py &
web=$!
started="$web $started"
wait "$web" || {
    code=$?
    echo "The web server does not run, see above. Where another program has $bind: BIND=ADDRESS:PORT make run" >&2
    exit "$code"
}
