"""Codes of SSH to nodes: connecting, host keys, logging in, becoming root, running commands."""

from common.codes.registry import Code, Says, _

_BY_HAND = _("log in there by hand to see what it asks for, or install the installer's key by hand")
_ONE_STEP = _("the installer supports a single login step: check AuthenticationMethods in its sshd_config")
_NEW_PASSWORD = _("log in there by hand, set a new password, then run `establish_ssh` again")
_TERMINAL = _("its sudoers file has requiretty; add the line Defaults:{user} !requiretty after it (visudo)")
_ITS_SHELL = _(
    "check its shell there (getent passwd {user}); set one that runs commands (usermod -s /bin/bash {user}), or use "
    "another account. If the shell is right, look for what exits it or reads its input: exit, exec or read in ~/.bashrc "
    "and similar files, ForceCommand in sshd_config"
)

CODES = (
    Code(
        "S01",
        _("The node cannot be reached"),
        _(
            "No TCP connection to the SSH port of the node could be opened: there is no route, no machine answers at the "
            "address, or a firewall drops the packets. Nothing was sent to the node. A job retries for about a minute "
            "first."
        ),
        _(
            "Check that the machine is on, that its management address and cabling are right, and that no "
            "firewall blocks the connection from the installer. Then resume the job, or repeat the command."
        ),
        "S01 172.16.80.21 port 22 cannot be reached (No route to host): check the power, the address and the "
        "cabling of the node",
        failure=True,
        says={
            "": Says(
                _("{endpoint} cannot be reached ({reason})"),
                _("check the power, the address and the cabling of the node"),
            )
        },
    ),
    Code(
        "S02",
        _("The node refuses the SSH connection"),
        _(
            "The machine answers, but nothing listens on the SSH port that the console uses for it: sshd is not running, "
            "it listens on another port, or a firewall rejects the connection. Nothing was sent to the node."
        ),
        _(
            "Start sshd on the node. If it listens on another port, run establish_ssh IP_LIST PORT. Then resume the "
            "job, or repeat the command."
        ),
        "S02 172.16.80.21 port 22 refuses the connection: check that sshd is running there, and on this port",
        failure=True,
        says={
            "": Says(
                _("{endpoint} refuses the connection"),
                _("check that sshd is running there, and on this port"),
            )
        },
    ),
    Code(
        "S03",
        _("The port does not answer like a working SSH server"),
        _(
            "The connection was accepted, but closed or answered with something else before the login: sshd has "
            "too many logins at once (MaxStartups), it has temporarily blocked the installer's address, or the "
            "port belongs to another service. The console retries several times first."
        ),
        _(
            "Check the log of sshd on the node. Raise MaxStartups in its sshd_config, unblock the installer's "
            "address (fail2ban), or correct the port with establish_ssh. Then resume the job, or repeat the "
            "command."
        ),
        "S03 172.16.80.21 port 22 answers, but not like an SSH server (EOFError): sshd may be overloaded "
        "(MaxStartups in its sshd_config), may be blocking this address for a while, or may not be what "
        "listens there",
        failure=True,
        says={
            "": Says(
                _("{endpoint} answers, but not like an SSH server ({reason})"),
                _(
                    "sshd may be overloaded (MaxStartups in its sshd_config), may be blocking this address for a while, "
                    "or may not be what listens there"
                ),
            ),
            "tried": Says(_("{error} (tried {tries:time|times} in {waited_s} s)")),
        },
    ),
    Code(
        "S04",
        _("The host key of the node is not pinned yet"),
        _(
            "The console logs in only to a machine whose host key it knows, and no key is recorded for this node: it was "
            "added or imported, and establish_ssh has not succeeded for it. Nothing was sent to the node."
        ),
        _("Run establish_ssh IP_LIST for it, then resume the job, or repeat the command."),
        "S04 172.16.80.21 port 22: its host key is not pinned yet: run establish_ssh for it first",
        failure=True,
        says={
            "": Says(_("{endpoint}: its host key is not pinned yet"), _("run `establish_ssh` for it first"))
        },
    ),
    Code(
        "S05",
        _("The host key of the node differs from the pinned one"),
        _(
            "The machine that answers has a different SSH host key from the one recorded for this node: it was "
            "reinstalled, or another machine uses its address. Nothing secret was sent to it, and nothing was "
            "changed there."
        ),
        _(
            "Compare the fingerprint on the console of the node (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). If it is "
            "the right machine, run establish_ssh with --replace-host-key ADDRESS; if not, correct the address. Then resume "
            "the job."
        ),
        "S05 172.16.80.21 port 22 presents a different host key: pinned SHA256:aaaa, now SHA256:bbbb: the "
        "node was reinstalled, or another machine uses this address. Compare the key on the node's console, "
        "then run establish_ssh --replace-host-key 172.16.80.21",
        failure=True,
        says={
            "": Says(
                _("{endpoint} presents a different host key: pinned {pinned}, now {shown}"),
                _(
                    "the node was reinstalled, or another machine uses this address. Compare the key on the node's "
                    "console, then run `establish_ssh --replace-host-key {address}`"
                ),
            ),
            "pinned_by": Says(_("{error} (pinned by {who} at {at:datetime})")),
        },
    ),
    Code(
        "S06",
        _("The node does not accept the installer's key"),
        _(
            "The installer's public key is not in authorized_keys of the account there, or the sshd_config of the node "
            "forbids a login by key. Jobs log in by key only."
        ),
        _(
            "Run establish_ssh for the node with its password. If you have already done so, check "
            "PubkeyAuthentication, AuthorizedKeysFile, PermitRootLogin and AllowUsers in sshd_config there. Then "
            "resume the job."
        ),
        "S06 172.16.80.21 port 22 does not accept the installer's key for user root: run establish_ssh for it",
        failure=True,
        says={
            "": Says(
                _("{endpoint} does not accept the installer's key for user {user}"),
                _("run `establish_ssh` for it"),
            ),
            "with_line": Says(
                _("{endpoint} does not accept the installer's key for user {user}"),
                _(
                    "run `establish_ssh` with the password; if you have already done so, sshd_config may forbid it "
                    "(PubkeyAuthentication, PubkeyAcceptedAlgorithms, AuthorizedKeysFile, PermitRootLogin no, AllowUsers "
                    "and similar), or others can write to the account's home (StrictModes). The key as a line of "
                    "authorized_keys: {public_line}"
                ),
            ),
        },
    ),
    Code(
        "S07",
        _("The installer's own SSH key cannot be used"),
        _(
            "The private key of the installer does not exist yet, cannot be read by the account of the console, "
            "or is damaged. Without it the console cannot log in to any node. The key is generated once and "
            "never replaced."
        ),
        _(
            "If it does not exist, run establish_ssh once, which generates it. If it cannot be read, correct its "
            "owner and mode (0600), or restore it from the backup; a new one would have to be installed on every "
            "node."
        ),
        "S07 the installer has no SSH key at /var/lib/installer/ssh/id_ed25519: run establish_ssh once",
        failure=True,
        says={
            "missing": Says(_("the installer has no SSH key at {path}"), _("run `establish_ssh` once")),
            "unreadable": Says(_("the installer's SSH key {path} cannot be read: {reason}")),
        },
    ),
    Code(
        "S08",
        _("The node does not accept a login with this password"),
        _(
            "The password is wrong, or the sshd_config of the node accepts only key logins for this account. By "
            "default OpenSSH accepts only key logins for root, even with the right password. The password was "
            "tried once, and the installer's key was not installed."
        ),
        _(
            "Check the user and the password. If they are right, use another account that may use sudo, allow "
            "PasswordAuthentication for a moment, or append the line that the message shows to authorized_keys "
            "there, then run establish_ssh with --no-password."
        ),
        "S08 172.16.80.21 port 22 does not accept this password for user deploy: check the user and the "
        "password",
        failure=True,
        says={
            "wrong": Says(
                _("{endpoint} does not accept this password for user {user}"),
                _("check the user and the password"),
            ),
            "by_key_only": Says(
                _("{endpoint} does not allow password logins (only {methods})"),
                _(
                    "set PasswordAuthentication yes there for a moment, or install the installer's key by hand"
                ),
            ),
            "root": Says(
                _(
                    "{error}. By default OpenSSH accepts only key logins for root (PermitRootLogin prohibit-password in "
                    "its sshd_config), even with the right password"
                ),
                _(
                    "use another account that may use sudo, or add this line to /root/.ssh/authorized_keys there: "
                    "{public_line}"
                ),
            ),
            "account": Says(
                _(
                    "{error}. Its sshd_config may allow only other accounts (AllowUsers, DenyUsers, AllowGroups, "
                    "DenyGroups)"
                ),
                _(
                    "use another account, or add this line to ~{user}/.ssh/authorized_keys there: {public_line}"
                ),
            ),
        },
    ),
    Code(
        "S09",
        _("The login requires more than the key or the password"),
        _(
            "The node requires a second step (AuthenticationMethods), or asks a question that does not clearly "
            "ask for the password of the account, such as a code or a new password. The password is entered only "
            "for one hidden prompt that clearly asks for it, so the login was ended."
        ),
        _(
            "Log in by hand to see what the node asks. Configure a single login step for the installer "
            "(AuthenticationMethods in sshd_config), or append the line that show_ssh_key prints to "
            "authorized_keys there, then run establish_ssh with --no-password."
        ),
        'S09 172.16.80.21 port 22 asks "One-time code:", which does not clearly ask for the password, so it '
        "was not answered: log in there by hand to see what it asks for, or install the installer's key by "
        "hand",
        failure=True,
        says={
            "second_step_key": Says(
                _(
                    "{endpoint} accepts the installer's key for user {user} but requires a second step ({methods})"
                ),
                _ONE_STEP,
            ),
            "second_step_password": Says(
                _("{endpoint} accepts this password for user {user} but requires a second step ({methods})"),
                _ONE_STEP,
            ),
            "again": Says(
                _("{endpoint} received the password and then asks {asked}, which was not answered"),
                _BY_HAND,
            ),
            "many": Says(
                _("{endpoint} asks {count} questions at once, {asked}; none was answered"), _BY_HAND
            ),
            "shown": Says(
                _("{endpoint} asks {asked} and would display the answer, so the password was not sent"),
                _BY_HAND,
            ),
            "unknown": Says(
                _(
                    "{endpoint} asks {asked}, which does not clearly ask for the password, so it was not answered"
                ),
                _BY_HAND,
            ),
        },
    ),
    Code(
        "S10",
        _("The password of the account has expired"),
        _(
            "The node lets the account log in only to set a new password. The console does not change passwords, "
            "so nothing was run there. This also blocks key logins."
        ),
        _(
            "Log in to the node by hand and set a new password, or exempt the account (chage -M -1 USER). Then run "
            "establish_ssh again, or resume the job."
        ),
        "S10 the password of user root on 172.16.80.21 port 22 has expired and must be changed first: log in "
        "there by hand, set a new password, then run establish_ssh again",
        failure=True,
        says={
            "": Says(
                _("the password of user {user} on {endpoint} has expired and must be changed first"),
                _NEW_PASSWORD,
            ),
            "asked": Says(
                _(
                    "the password of user {user} on {endpoint} has expired and must be changed first (it asks {asked})"
                ),
                _NEW_PASSWORD,
            ),
        },
    ),
    Code(
        "S11",
        _("The account cannot become root"),
        _(
            "The login works, but sudo does not let the account become root without a password: it has no rule, "
            "a later rule overrides the console's, sudo requires a terminal (requiretty), or switches to another "
            "account (runas_default). Jobs need root on a node."
        ),
        _(
            "Follow the message: it names the sudo rule that applies, or the line to add with visudo. Then run "
            "establish_ssh again with the password of the account. Another account that may use sudo also works."
        ),
        'S11 172.16.80.21 port 22: deploy cannot become root with sudo -n ("sudo: a password is required"): '
        "run establish_ssh with its password, or check the output of sudo -l there",
        failure=True,
        says={
            "password": Says(
                _("{endpoint}: {user} cannot become root with sudo -n ({said})"),
                _("run `establish_ssh` with its password, or check the output of sudo -l there"),
            ),
            "terminal": Says(
                _("{endpoint}: {user} cannot become root with sudo -n ({said})"),
                _TERMINAL,
            ),
            "needs_terminal": Says(
                _("{endpoint}: {user} may not use sudo without a terminal"),
                _TERMINAL,
            ),
            "refused": Says(_("{endpoint}: {user} may not use sudo with this password: {told}")),
            "outweighed": Says(
                _(
                    "{endpoint}: {user} may use sudo only with its password; the console's rule had no effect and was "
                    "removed again: {told}. Add {user} ALL=(ALL) NOPASSWD: ALL after it, or use another account"
                )
            ),
            "other_user": Says(
                _("{endpoint}: {user} does not become root there: id -u prints {said}"),
                _("check runas_default in the sudoers file (visudo)"),
            ),
        },
    ),
    Code(
        "S12",
        _("The login shell of the account does not run commands"),
        _(
            "The login works, but no command was started: the account has nologin or /bin/false as its shell, a "
            "start-up file exits the shell, reads its input or starts another shell, the shell prints without "
            "end, or sshd_config has a ForceCommand."
        ),
        _(
            "Give the account a shell that runs commands (usermod -s /bin/bash USER), or use another account. If "
            "the shell is right, remove exit, exec, read and endless output from ~/.bashrc and similar files, "
            "and ForceCommand from sshd_config. Then run establish_ssh again, or resume the job."
        ),
        "S12 172.16.80.21 port 22 accepts the login of backup, but its login shell does not run commands: it "
        "printed nothing and ended with exit code 1, as /bin/false does: check its shell there (getent "
        "passwd backup) …",
        failure=True,
        says={
            "said": Says(
                _(
                    "{endpoint} accepts the login of {user}, but its login shell does not run commands: it printed "
                    "{said} and ended with exit code {exit_code}"
                ),
                _ITS_SHELL,
            ),
            "nologin": Says(
                _(
                    "{endpoint} accepts the login of {user}, but its login shell does not run commands: it printed "
                    "{said} and ended with exit code {exit_code}, as nologin(8) does"
                ),
                _ITS_SHELL,
            ),
            "nothing": Says(
                _(
                    "{endpoint} accepts the login of {user}, but its login shell does not run commands: it printed "
                    "nothing and ended with exit code {exit_code}"
                ),
                _ITS_SHELL,
            ),
            "false": Says(
                _(
                    "{endpoint} accepts the login of {user}, but its login shell does not run commands: it printed "
                    "nothing and ended with exit code {exit_code}, as /bin/false does"
                ),
                _ITS_SHELL,
            ),
            "another": Says(
                _(
                    "{endpoint}: another shell started before our command, for example through exec zsh in ~/.bashrc of "
                    "{user}"
                ),
                _(
                    "limit it to interactive logins (case $- in *i*) exec zsh;; esac), or make it the account's shell "
                    "(usermod -s /bin/zsh {user})"
                ),
            ),
            "noise": Says(
                _(
                    "{endpoint}: the login of {user} prints more than {limit_mib} MiB before any command ({said})"
                ),
                _("check ~/.bashrc, ~/.cshrc and similar files there"),
            ),
        },
    ),
    Code(
        "S13",
        _("The node sends invalid data"),
        _(
            "The answer of the node is longer than requested, or not in the form that the console's own programs "
            "write: a damaged tool, a shell that runs something else, or a machine that cannot be trusted. The "
            "connection was closed at that point."
        ),
        _(
            "Check the node: its login shell, /bin/sh, and what runs there. Make a command of exec_nodes, or a "
            "collected file, that prints too much print less. Then resume the job, or repeat the command."
        ),
        "S13 172.16.80.21 port 22: the command printed more than 16 MiB and was stopped",
        failure=True,
        says={
            "much": Says(_("{endpoint}: the command printed more than {limit_mib} MiB and was stopped")),
            "frames": Says(_("{endpoint}: keeps sending frames that are not part of a log")),
            "no_log": Says(
                _(
                    "{endpoint}: sends something that is not a log ({said}): check the node, it does not run the program "
                    "that was sent to it"
                )
            ),
            "more": Says(
                _(
                    "the node sends more of {path} than was requested: check it, it does not run the program that was "
                    "sent to it"
                )
            ),
            "gaps": Says(_("the node repeatedly leaves out parts of {path}: check it")),
        },
    ),
    Code(
        "S14",
        _("The node did not answer in time"),
        _(
            "The node did not complete the login or a command in the time that the console allows: it is "
            "overloaded, a disk hangs, its name server or PAM delays sshd, or a start-up file of the account "
            "waits for input."
        ),
        _(
            "Check the load and the disks of the node, and what its login waits for (UseDNS in sshd_config, "
            "pam_systemd, read in ~/.bashrc). Then resume the job, or repeat the command."
        ),
        "S14 172.16.80.21 port 22: no answer to the login within 30 s: try again; if this persists, check "
        "what PAM and the name server wait for there",
        failure=True,
        says={
            "login": Says(
                _("{endpoint}: no answer to the login within {timeout_s} s"),
                _("try again; if this persists, check what PAM and the name server wait for there"),
            ),
            "command": Says(_("{endpoint}: not finished after {timeout_s} s")),
            "not_begun": Says(
                _(
                    "{endpoint}: not finished after {timeout_s} s, and the login of {user} has not started our command"
                )
            ),
            "only_printed": Says(
                _(
                    "{endpoint}: not finished after {timeout_s} s, and the login of {user} has not started our command; "
                    "it only printed {said}"
                )
            ),
        },
    ),
    Code(
        "S15",
        _("The connection to the node was lost"),
        _(
            "The SSH connection ended in the middle: the network failed, the node was rebooted, or sshd closed "
            "it. What was started on the node may still be running there; a job reconnects and continues reading "
            "where it stopped, and retries for about a minute before it gives up."
        ),
        _(
            "Check the network and whether the node was rebooted. Then resume the job: it continues what is "
            "still running there and does not repeat completed steps."
        ),
        "S15 172.16.80.21 port 22: the connection was dropped",
        failure=True,
        says={
            "during_login": Says(_("{endpoint}: the connection was dropped during login ({reason})")),
            "ended_by_server": Says(
                _("{endpoint}: the connection was dropped during login (it said {said})")
            ),
            "before_command": Says(_("{endpoint}: the connection ended before the command started")),
            "within_command": Says(_("{endpoint}: the connection ended in the middle of a command")),
            "": Says(_("{endpoint}: the connection was dropped")),
            "gone": Says(_("{endpoint}: the connection was lost ({reason})")),
            "silent": Says(_("{endpoint}: no data received for {silence_s} s")),
            "script": Says(_("{endpoint}: the script was not transferred completely")),
            "log": Says(_("{endpoint}: reading the log ended early")),
            "not_ended": Says(_("{endpoint}: {component} could not be stopped")),
        },
    ),
    Code(
        "S16",
        _("The host key of the node is not trusted"),
        _(
            "establish_ssh found a host key that has not been accepted yet, that differs from the known_hosts "
            "file, or that this file marks as @revoked. Nothing was sent to the node, not even the password."
        ),
        _(
            "Compare the fingerprint on the console of the node. If it is the right machine, accept it: --accept-new, or its "
            "line in --known-hosts FILE. Replace a revoked key on the node (ssh-keygen -A). Then run establish_ssh again."
        ),
        "S16 172.16.80.21 port 22 presents the host key SHA256:aaaa, which has not been accepted yet: "
        "compare it on the node's console, then run establish_ssh with --accept-new, or pass it in "
        "--known-hosts FILE",
        failure=True,
        says={
            "not_accepted": Says(
                _("{place} presents the host key {shown}, which has not been accepted yet"),
                _(
                    "compare it on the node's console, then run `establish_ssh` with --accept-new, or pass it in "
                    "--known-hosts FILE"
                ),
                _(
                    'compare it on the node\'s console, then run `establish_ssh` with "Trust host keys on first contact" '
                    "selected, or with its line of known_hosts"
                ),
            ),
            "not_known": Says(
                _("{place} presents the host key {shown}, but the known_hosts file has {expected}"),
                _(
                    "another machine may use this address, or the file is outdated. Compare the key on the node's "
                    "console; nothing was sent to the node"
                ),
            ),
            "revoked": Says(
                _("{place} presents the host key {shown}, which the known_hosts file marks as @revoked"),
                _(
                    "a machine with this key must not be trusted: generate a new one on it (ssh-keygen -A); nothing was "
                    "sent to it"
                ),
            ),
        },
    ),
    Code(
        "S17",
        _("The installer's key could not be written on the node"),
        _(
            "The login with the password works, but authorized_keys of the account could not be written: the disk is full, "
            "the file system is read-only, or the home folder is missing or belongs to another account."
        ),
        _("Correct what the message names on the node. Then run establish_ssh again."),
        "S17 172.16.80.21 port 22: the key could not be written: mkdir: cannot create directory '/home/deploy': "
        "Permission denied",
        failure=True,
        says={"": Says(_("{endpoint}: the key could not be written: {told}"))},
    ),
)
