"""Codes of SSH to nodes: connecting, host keys, logging in, becoming root, running commands."""

from common.codes.registry import Code, Says, _

_BY_HAND = _("log in there by hand to see what it wants, or put the installer's key there by hand")
_ONE_STEP = _("one step must be enough for the installer, look at AuthenticationMethods in its sshd_config")
_NEW_PASSWORD = _("log in there by hand, set a new one, then run `establish_ssh` again")
_TERMINAL = _("its sudoers have requiretty; put the line Defaults:{user} !requiretty behind it (visudo)")
_ITS_SHELL = _(
    "see its shell there (getent passwd {user}); give it one that runs commands (usermod -s /bin/bash {user}), or name "
    "another account. If its shell is right, look for what ends it or reads its input: exit, exec or read in ~/.bashrc "
    "and its like, ForceCommand in sshd_config"
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
            "Check that the machine is on, that its management address and cabling are right, and that no firewall is "
            "between it and the installer. Then resume the job, or repeat the command."
        ),
        "S01 172.16.80.21 port 22 cannot be reached (No route to host): is the node on, is its address right, is "
        "the cable in?",
        failure=True,
        says={
            "": Says(
                _("{endpoint} cannot be reached ({reason})"),
                _("is the node on, is its address right, is the cable in?"),
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
        "S02 172.16.80.21 port 22 refuses the connection: is sshd running there, and is this its port?",
        failure=True,
        says={
            "": Says(
                _("{endpoint} refuses the connection"), _("is sshd running there, and is this its port?")
            )
        },
    ),
    Code(
        "S03",
        _("What answers is no working SSH server"),
        _(
            "The connection was accepted, but closed or answered with something else before the login: sshd has too many "
            "logins at once (MaxStartups), it bars the address of the installer for a while, or the port belongs to another "
            "service. The console retries several times first."
        ),
        _(
            "Look at the log of sshd on the node. Raise MaxStartups in its sshd_config, lift the bar on the installer's "
            "address (fail2ban), or correct the port with establish_ssh. Then resume the job, or repeat the command."
        ),
        "S03 172.16.80.21 port 22 answers, but not as an SSH server should (EOFError): is it a crowded sshd "
        "(MaxStartups in its sshd_config), one that bars this address for a while, or no sshd at all?",
        failure=True,
        says={
            "": Says(
                _("{endpoint} answers, but not as an SSH server should ({reason})"),
                _(
                    "is it a crowded sshd (MaxStartups in its sshd_config), one that bars this address for a while, or "
                    "no sshd at all?"
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
        _("The node shows another host key than the pinned one"),
        _(
            "The machine that answers has another SSH host key than the one recorded for this node: it was installed anew, "
            "or another machine has its address. Nothing secret was sent to it, and nothing was changed there."
        ),
        _(
            "Compare the fingerprint on the console of the node (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). If it is "
            "the right machine, run establish_ssh with --replace-host-key ADDRESS; if not, correct the address. Then resume "
            "the job."
        ),
        "S05 172.16.80.21 port 22 shows another host key: pinned SHA256:aaaa, now SHA256:bbbb: reinstalled, or another "
        "machine at this address? Compare on the node's console, then establish_ssh --replace-host-key 172.16.80.21",
        failure=True,
        says={
            "": Says(
                _("{endpoint} shows another host key: pinned {pinned}, now {shown}"),
                _(
                    "reinstalled, or another machine at this address? Compare on the node's console, then "
                    "`establish_ssh --replace-host-key {address}`"
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
            "Run establish_ssh for the node with its password. If it was run already, look at PubkeyAuthentication, "
            "AuthorizedKeysFile, PermitRootLogin and AllowUsers in sshd_config there. Then resume the job."
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
                    "run `establish_ssh` with the password; if it was, its sshd_config may forbid it "
                    "(PubkeyAuthentication, PubkeyAcceptedAlgorithms, AuthorizedKeysFile, PermitRootLogin no, AllowUsers and "
                    "its like), or others can write to the account's home (StrictModes). The key as a line of "
                    "authorized_keys: {public_line}"
                ),
            ),
        },
    ),
    Code(
        "S07",
        _("The installer's own SSH key cannot be used"),
        _(
            "The private key of the installer does not exist yet, cannot be read by the account of the console, or is "
            "damaged. Without it the console can log in to no node. The key is generated once, and never replaced."
        ),
        _(
            "If there is none, run establish_ssh once, which generates it. If it cannot be read, correct its owner and mode "
            "(0600), or restore it from the backup; a new one would have to be established on every node."
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
        _("The node does not let the installer in with this password"),
        _(
            "The password is wrong, or the sshd_config of the node lets this account in by key only. By default OpenSSH lets "
            "root in by key only, however right the password is. The password was tried once, and the installer's key was "
            "not installed."
        ),
        _(
            "Check the user and the password. If they are right, use another account that may use sudo, allow "
            "PasswordAuthentication for a moment, or append the line that the failure shows to authorized_keys there, then "
            "run establish_ssh with --no-password."
        ),
        "S08 172.16.80.21 port 22 does not accept this password for user deploy: check user and password",
        failure=True,
        says={
            "wrong": Says(
                _("{endpoint} does not accept this password for user {user}"), _("check user and password")
            ),
            "by_key_only": Says(
                _("{endpoint} allows no password login (only {methods})"),
                _(
                    "set PasswordAuthentication yes there for a moment, or put the installer's key there by hand"
                ),
            ),
            "root": Says(
                _(
                    "{error}. By default OpenSSH lets root in by key only (PermitRootLogin prohibit-password in its "
                    "sshd_config), however right the password is"
                ),
                _(
                    "name another account that may use sudo, or put this line into /root/.ssh/authorized_keys there: "
                    "{public_line}"
                ),
            ),
            "account": Says(
                _(
                    "{error}. Its sshd_config may let in others only (AllowUsers, DenyUsers, AllowGroups, DenyGroups)"
                ),
                _(
                    "name another account, or put this line into ~{user}/.ssh/authorized_keys there: {public_line}"
                ),
            ),
        },
    ),
    Code(
        "S09",
        _("The login asks for more than the key or the password"),
        _(
            "The node requires a second step (AuthenticationMethods), or asks a question that is not known to mean the "
            "password of the account, such as a code or a new password. The password is given only to one hidden question for "
            "it, so the login was ended."
        ),
        _(
            "Log in by hand to see what the node asks. Let one step be enough for the installer (AuthenticationMethods in "
            "sshd_config), or append the line that show_ssh_key prints to authorized_keys there, then run establish_ssh with "
            "--no-password."
        ),
        'S09 172.16.80.21 port 22 asks "One-time code:", which is not known to mean the password, so nothing was '
        "answered: log in there by hand to see what it wants, or put the installer's key there by hand",
        failure=True,
        says={
            "second_step_key": Says(
                _(
                    "{endpoint} takes the installer's key for user {user} and wants a second step as well ({methods})"
                ),
                _ONE_STEP,
            ),
            "second_step_password": Says(
                _(
                    "{endpoint} takes this password for user {user} and wants a second step as well ({methods})"
                ),
                _ONE_STEP,
            ),
            "again": Says(
                _("{endpoint} was given the password and then asks {asked}, which was not answered"),
                _BY_HAND,
            ),
            "many": Says(
                _("{endpoint} asks {count} things at once, {asked}; nothing was answered"), _BY_HAND
            ),
            "shown": Says(
                _("{endpoint} asks {asked} and would show the answer, so the password was not given"),
                _BY_HAND,
            ),
            "unknown": Says(
                _(
                    "{endpoint} asks {asked}, which is not known to mean the password, so nothing was answered"
                ),
                _BY_HAND,
            ),
        },
    ),
    Code(
        "S10",
        _("The password of the account has expired"),
        _(
            "The node lets the account in only to set a new password. The console changes no passwords, so nothing was run "
            "there. This also stops a login by key."
        ),
        _(
            "Log in to the node by hand and set a new password, or exempt the account (chage -M -1 USER). Then run "
            "establish_ssh again, or resume the job."
        ),
        "S10 the password of user root on 172.16.80.21 port 22 has expired and must be changed first: log in there by "
        "hand, set a new one, then run establish_ssh again",
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
            "The login works, but sudo does not let the account become root without a password: it has no rule, a later rule "
            "outweighs the console's, sudo requires a terminal (requiretty), or makes it another account (runas_default). "
            "Jobs need root on a node."
        ),
        _(
            "Follow the sentence: it names the sudo rule that counts, or the line to add with visudo. Then run establish_ssh "
            "again with the password of the account. Another account that may use sudo works, too."
        ),
        'S11 172.16.80.21 port 22: deploy cannot become root with sudo -n ("sudo: a password is required"): run '
        "establish_ssh with its password, or look at what sudo -l says there",
        failure=True,
        says={
            "password": Says(
                _("{endpoint}: {user} cannot become root with sudo -n ({said})"),
                _("run `establish_ssh` with its password, or look at what sudo -l says there"),
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
                    "{endpoint}: {user} may use sudo only with its password, a rule of ours changes nothing there (it was "
                    "taken away again): {told}. Put {user} ALL=(ALL) NOPASSWD: ALL behind it, or name another account"
                )
            ),
            "other_user": Says(
                _("{endpoint}: {user} does not become root there: id -u says {said}"),
                _("look at runas_default in the sudoers (visudo)"),
            ),
        },
    ),
    Code(
        "S12",
        _("The login shell of the account runs no command"),
        _(
            "The login works, but no command was started: the account has nologin or /bin/false as its shell, a start-up file "
            "ends the shell, reads its input or begins another shell, it prints without end, or sshd_config has a ForceCommand."
        ),
        _(
            "Give the account a shell that runs commands (usermod -s /bin/bash USER), or use another account. If the shell is "
            "right, remove exit, exec, read and endless output from ~/.bashrc and its like, and ForceCommand from "
            "sshd_config. Then run establish_ssh again, or resume the job."
        ),
        "S12 172.16.80.21 port 22 lets backup in, but its login shell runs no command for us: it printed nothing and "
        "ended with exit code 1, as /bin/false does: see its shell there (getent passwd backup) …",
        failure=True,
        says={
            "said": Says(
                _(
                    "{endpoint} lets {user} in, but its login shell runs no command for us: it printed {said} and ended "
                    "with exit code {exit_code}"
                ),
                _ITS_SHELL,
            ),
            "nologin": Says(
                _(
                    "{endpoint} lets {user} in, but its login shell runs no command for us: it printed {said} and ended "
                    "with exit code {exit_code}, as nologin(8) does"
                ),
                _ITS_SHELL,
            ),
            "nothing": Says(
                _(
                    "{endpoint} lets {user} in, but its login shell runs no command for us: it printed nothing and ended "
                    "with exit code {exit_code}"
                ),
                _ITS_SHELL,
            ),
            "false": Says(
                _(
                    "{endpoint} lets {user} in, but its login shell runs no command for us: it printed nothing and ended "
                    "with exit code {exit_code}, as /bin/false does"
                ),
                _ITS_SHELL,
            ),
            "another": Says(
                _(
                    "{endpoint}: another shell has begun before our command, such as exec zsh in ~/.bashrc of {user}"
                ),
                _(
                    "let it do that for people only (case $- in *i*) exec zsh;; esac), or give the account that shell "
                    "(usermod -s /bin/zsh {user})"
                ),
            ),
            "noise": Says(
                _(
                    "{endpoint}: the login of {user} prints more than {limit_mib} MiB before any command ({said})"
                ),
                _("look at ~/.bashrc, ~/.cshrc and their like there"),
            ),
        },
    ),
    Code(
        "S13",
        _("What the node sends makes no sense"),
        _(
            "The answer of the node is longer than is ever asked for, or not in the form that the console's own programs "
            "write: a damaged tool, a shell that runs something else, or a machine that is not to be trusted. The connection "
            "was closed at that point."
        ),
        _(
            "Look at the node: what its login shell and /bin/sh are, and what runs there. A command of exec_nodes or a "
            "collected file that prints too much is to print less. Then resume the job, or repeat the command."
        ),
        "S13 172.16.80.21 port 22: the command prints more than 16 MiB; it was ended",
        failure=True,
        says={
            "much": Says(_("{endpoint}: the command prints more than {limit_mib} MiB; it was ended")),
            "frames": Says(_("{endpoint}: sends frame after frame of a log that is none")),
            "no_log": Says(
                _(
                    "{endpoint}: what it sends is no log ({said}): look at the node, it does not run what was sent there"
                )
            ),
            "more": Says(
                _(
                    "the node sends more of {path} than is ever asked for: look at it, it does not run what was sent there"
                )
            ),
            "gaps": Says(_("the node leaves out parts of {path} again and again: look at it")),
        },
    ),
    Code(
        "S14",
        _("The node did not answer in time"),
        _(
            "The node did not finish the login or a command within the time that the console gives it: it is overloaded, a "
            "disk hangs, its name server or PAM makes sshd wait, or a start-up file of the account waits for input."
        ),
        _(
            "Look at the load and the disks of the node, and at what its login waits for (UseDNS in sshd_config, "
            "pam_systemd, read in ~/.bashrc). Then resume the job, or repeat the command."
        ),
        "S14 172.16.80.21 port 22: no answer to the login within 30 s: try again; if it stays so, look at what its PAM "
        "and its name server wait for",
        failure=True,
        says={
            "login": Says(
                _("{endpoint}: no answer to the login within {timeout_s} s"),
                _("try again; if it stays so, look at what its PAM and its name server wait for"),
            ),
            "command": Says(_("{endpoint}: no end after {timeout_s} s")),
            "not_begun": Says(
                _(
                    "{endpoint}: no end after {timeout_s} s, and the login of {user} has begun no command of ours"
                )
            ),
            "only_printed": Says(
                _(
                    "{endpoint}: no end after {timeout_s} s, and the login of {user} has begun no command of ours, it has "
                    "only printed {said}"
                )
            ),
        },
    ),
    Code(
        "S15",
        _("The connection to the node was lost"),
        _(
            "The SSH connection ended in the middle: the network failed, the node was rebooted, or sshd ended it. What was "
            "started on the node may still run there; a job reconnects and reads on from where it was, and retries for about "
            "a minute before it gives up."
        ),
        _(
            "Check the network and whether the node was rebooted. Then resume the job: it continues what still runs there, "
            "and repeats nothing that is done."
        ),
        "S15 172.16.80.21 port 22: the connection was dropped",
        failure=True,
        says={
            "during_login": Says(_("{endpoint}: the connection was dropped during login ({reason})")),
            "ended_by_server": Says(
                _("{endpoint}: the connection was dropped during login (it said {said})")
            ),
            "before_command": Says(_("{endpoint}: the connection ended before the command began")),
            "within_command": Says(_("{endpoint}: the connection ended in the middle of a command")),
            "": Says(_("{endpoint}: the connection was dropped")),
            "gone": Says(_("{endpoint}: the connection is gone ({reason})")),
            "silent": Says(_("{endpoint}: nothing came for {silence_s} s")),
            "script": Says(_("{endpoint}: the script did not arrive whole")),
            "log": Says(_("{endpoint}: reading the log ended early")),
            "not_ended": Says(_("{endpoint}: {component} could not be ended")),
        },
    ),
    Code(
        "S16",
        _("The host key of the node is not trusted"),
        _(
            "establish_ssh saw a host key that nobody has accepted, that differs from the known_hosts file, or that this file "
            "marks as @revoked. Nothing was sent to the node, not even the password."
        ),
        _(
            "Compare the fingerprint on the console of the node. If it is the right machine, accept it: --accept-new, or its "
            "line in --known-hosts FILE. Replace a revoked key on the node (ssh-keygen -A). Then run establish_ssh again."
        ),
        "S16 172.16.80.21 port 22 shows the host key SHA256:aaaa, which nobody has accepted yet: compare it on the "
        "node's console, then run establish_ssh with --accept-new, or give it in --known-hosts FILE",
        failure=True,
        says={
            "not_accepted": Says(
                _("{place} shows the host key {shown}, which nobody has accepted yet"),
                _(
                    "compare it on the node's console, then run `establish_ssh` with --accept-new, or give it in "
                    "--known-hosts FILE"
                ),
                _(
                    "compare it on the node's console, then `establish_ssh` with \"Trust host keys on first "
                    'contact" ticked, or with its line of known_hosts'
                ),
            ),
            "not_known": Says(
                _("{place} shows the host key {shown}, and the known_hosts file says {expected}"),
                _(
                    "another machine at this address, or an old file? Compare on the node's console; nothing was sent there"
                ),
            ),
            "revoked": Says(
                _("{place} shows the host key {shown}, which the known_hosts file marks as @revoked"),
                _(
                    "whoever has that key is not to be trusted; give the machine a new one (ssh-keygen -A), nothing was "
                    "sent there"
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
        _("Correct what the sentence says on the node. Then run establish_ssh again."),
        "S17 172.16.80.21 port 22: the key could not be written: mkdir: cannot create directory '/home/deploy': "
        "Permission denied",
        failure=True,
        says={"": Says(_("{endpoint}: the key could not be written: {told}"))},
    ),
)
