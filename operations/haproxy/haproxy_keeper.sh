# Who runs haproxy on this node: the service manager, or the supervisor where it has a program of that name.
by_supervisor() {
    ! service haproxy status >/dev/null 2>&1 && supervisorctl status haproxy 2>/dev/null | grep -q '^haproxy '
}
# Fails where haproxy is not running afterwards; the supervisor knows no reload.
haproxy_to() { # reload or restart
    if by_supervisor; then
        supervisorctl restart haproxy || :
        supervisorctl status haproxy | grep -q ' RUNNING '
    else
        service haproxy "$1"
    fi
}
nobody_runs_it() {
    ! by_supervisor && ! service haproxy status >/dev/null 2>&1 &&
        service haproxy status 2>&1 | grep -qiE 'unrecognized service|could not be found|not-found'
}
