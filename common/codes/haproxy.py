"""Codes of haproxy on the proxies of a zone."""

from common.codes.registry import Code, Says, _

_BY_HAND = _(
    "`resume_job {job}` proves it or puts the old one back; by hand: cp {path}.before-{change} {path} && service haproxy "
    "restart"
)

CODES = (
    Code(
        "H01",
        _("The global zone has no listeners of its own to render"),
        _(
            "Reported by render_haproxy, render_front_gate and zone_checklist for the global zone of a region. "
            "The listeners connect an added zone to the global zone; the global zone itself needs none."
        ),
        _("Specify a zone that was added to the region: -z ZONE."),
        "H01 error: pek3a is the global zone itself -> name a zone that was added to its region",
        says={"": Says(_("{zone} is the global zone itself"), _("name a zone that was added to its region"))},
    ),
    Code(
        "H02",
        _("The haproxy listeners cannot be rendered"),
        _(
            "Reported when the global zone has no web service that the listeners could forward to, or its "
            "site_protocol is neither http nor https. Listeners without servers would cut the zone off from "
            "the console."
        ),
        _(
            "Follow the finding: set the web service addresses or the site_protocol of the global zone in its "
            "variables file, run config_qingcloud -v FILE -s FILE -f for it, and approve the plan."
        ),
        "H02 error: the global zone has no web service node; haproxy would have no servers -> give "
        "webservice in mgmt_network_address of variables.pek3a.yaml: config_qingcloud -v "
        "variables.pek3a.yaml -s settings.pek3a.yaml -f, then approve_plan",
        says={
            "write_protocol": Says(
                _(
                    "write http or https as site_protocol in {variables}: `config_qingcloud -v {variables} "
                    "-s {settings} -f`, then `approve_plan`"
                )
            ),
            "cannot_render": Says("{reason}", "{remedy}"),
            "wrong_protocol": Says(_("{protocol!r} is neither http nor https")),
            "no_web_service": Says(
                _("the global zone has no web service node; haproxy would have no servers")
            ),
            "no_bind_address": Says(_("{address!r} is not an address to listen on")),
            "no_host": Says(_("{host!r} is not a hostname or address")),
        },
    ),
    Code(
        "H03",
        _("The zone has no known proxy"),
        _(
            "Reported when haproxy.cfg is previewed or applied in a zone without a proxy in its variables or "
            "its plan. The console then has no machine to write to."
        ),
        _(
            "Print the listeners with render_haproxy -z ZONE and paste them on the proxies by hand. Or list "
            "the addresses of the proxies in mgmt_network_address of the variables file (in fusion: zoocassa), "
            "configure the zone again with -f, and approve the plan."
        ),
        "H03 error: zone pek3c has no proxy -> paste the listeners by hand: render_haproxy -z pek3c; "
        "or give proxy in mgmt_network_address of variables.pek3c.yaml: config_qingcloud -v "
        "variables.pek3c.yaml -s settings.pek3c.yaml -f, then approve_plan",
        says={
            "no_proxy": Says(
                _("zone {zone} has no proxy"),
                _("paste the listeners by hand: `render_haproxy -z {zone}`; or {instead}"),
            ),
            "give_vms": Says(
                _(
                    "give {role} in mgmt_network_address of {variables}: `config_qingcloud -v {variables} -s "
                    "{settings} -f`, then `approve_plan`"
                )
            ),
            "give_fused_vms": Says(
                _(
                    "give zoocassa (the fused VMs) in mgmt_network_address of {variables}: `config_qingcloud "
                    "-v {variables} -s {settings} -f`, then `approve_plan`"
                )
            ),
        },
    ),
    Code(
        "H04",
        _("haproxy.cfg on a proxy cannot be read"),
        _(
            "Reported by the preview when the console cannot log in to a proxy, or when "
            "/etc/haproxy/haproxy.cfg is missing there, larger than 4 MB, or not UTF-8 text. A change is based "
            "on the current file of every proxy, so one unreadable file blocks the change."
        ),
        _(
            "Do what the finding says: repair the login (establish_ssh), install haproxy, or convert the "
            "comments of the file to UTF-8. Then run render_haproxy -z ZONE --preview again."
        ),
        "H04 error 172.16.80.101: /etc/haproxy/haproxy.cfg cannot be read: cat: "
        "/etc/haproxy/haproxy.cfg: No such file or directory -> is haproxy installed there?",
        says={
            "not_utf8": Says(
                _("{path} is not UTF-8 text"), _("convert the comments in it to UTF-8, then preview again")
            ),
            "unreadable": Says(
                _("{path} cannot be read: {reason}"),
                _(
                    "look there: haproxy must be installed, and its file be one that it serves with; then "
                    "preview again"
                ),
            ),
            "too_large": Says(
                _("{path} cannot be read: it is larger than 4 MB"),
                _(
                    "look there: haproxy must be installed, and its file be one that it serves with; then "
                    "preview again"
                ),
            ),
            "no_connection": Says("{reason}", _("then preview again")),
        },
    ),
    Code(
        "H05",
        _("haproxy.cfg on a proxy conflicts with the listeners"),
        _(
            "Reported by the preview when the file on a proxy conflicts with the rendered listeners: a section "
            "of another kind uses one of their names, a section uses one of their ports, or a condition "
            "encloses them. Writing anyway would break haproxy or misroute half of the connections."
        ),
        _(
            "On that proxy, edit the section that the finding names: rename, move or remove it, or remove the "
            "condition. Then run render_haproxy -z ZONE --preview again."
        ),
        "H05 error 172.16.80.101: frontend web in the file listens on port 7777, which api-front "
        "needs: rename it to that when it is the same thing, else move or remove it there by hand -> "
        "then preview again",
        says={
            "cannot_merge": Says("{reason}", _("then preview again")),
            "defaults": Says(
                _(
                    "the defaults have 'default-server {words}', with which the servers of our listeners "
                    "would not be reached, and no word takes it back: move it by hand to the sections that "
                    "need it"
                )
            ),
            "holds_condition": Says(
                _(
                    "listener {name} in the file holds {macro}, which belongs to a condition around it: take "
                    "the condition out there by hand"
                )
            ),
            "within_condition": Says(
                _(
                    "listener {name} in the file stands within a condition: take the condition out there by "
                    "hand"
                )
            ),
            "open_condition": Says(
                _("the file has an .if without its .endif: haproxy takes no such file, mend it there by hand")
            ),
            "name_taken": Says(
                _(
                    "the file has a {kind} named {name}, which must be a listener of ours: rename or remove "
                    "it there by hand"
                )
            ),
            "port_in_variable": Says(
                _(
                    "{kind} {name} in the file takes its port from a variable, so nobody knows here whether "
                    "it is one of ours: write the number there by hand"
                )
            ),
            "port_taken": Says(
                _(
                    "{kind} {name} in the file listens on port {port}, which {listener} needs: rename it to "
                    "that when it is the same thing, else move or remove it there by hand"
                )
            ),
        },
    ),
    Code(
        "H06",
        _("No change of haproxy.cfg is approved"),
        _(
            "Reported when haproxy.cfg is about to be written and no change of it is approved, or the approved "
            "one was replaced. Proxies carry the traffic of all users, so only reviewed content is written."
        ),
        _(
            "Review the change (render_haproxy -z ZONE --preview), approve it (render_haproxy -z ZONE "
            "--approve CHANGE), then apply it (render_haproxy -z ZONE --apply --change CHANGE). If a scaling "
            "job stopped here, run resume_job JOB instead of --apply."
        ),
        "H06 error: zone pek3c has no approved change of its proxies' haproxy.cfg -> look at it: "
        "render_haproxy -z pek3c --preview; approve it: render_haproxy -z pek3c --approve CHANGE",
        says={
            "none": Says(
                _("zone {zone} has no approved change of its proxies' haproxy.cfg"),
                _(
                    "look at it: `render_haproxy -z {zone} --preview`; approve it: `render_haproxy -z {zone} "
                    "--approve CHANGE`"
                ),
            ),
            "draft": Says(_("zone {zone} has no approved change of its proxies' haproxy.cfg"), "{next}"),
            "then_resume": Says("{said:detail}", _("{said:remedy}; then `resume_job {job}`")),
        },
    ),
    Code(
        "H07",
        _("The change does not cover a proxy of the job"),
        _(
            "Reported by a job for a proxy that the approved change does not include, for example because it "
            "was added after the preview. This proxy would serve the zone differently from the others."
        ),
        _(
            "Create the change again with render_haproxy -z ZONE --preview, review it, approve it with "
            "--approve CHANGE, then run resume_job JOB."
        ),
        "H07 error: change c-AbC12345 does not cover proxy1 (172.16.80.102) -> preview, review and "
        "approve again",
        says={
            "": Says(
                _("change {change} does not cover {node}"),
                _("preview, review and approve again, then `resume_job {job}`"),
            )
        },
    ),
    Code(
        "H08",
        _("The proxy does not serve with the new haproxy.cfg"),
        _(
            "A listener of the new file did not answer, or had no server that is up, for 30 seconds, haproxy refused the "
            "file, or somebody changed it meanwhile. Where the new file was in place, the old one was put back, and no further "
            "proxy was begun."
        ),
        _(
            "Look at the servers that the log names, and at haproxy on the proxy. If the file is wrong, make the change again "
            "(render_haproxy -z ZONE --preview), approve it and apply it; otherwise run resume_job JOB."
        ),
        "H08 api-front on port 7777 has no server that is up after 30 s; the old haproxy.cfg is in place again on this "
        "proxy",
        failure=True,
        says={
            "no_server": Says(_("{name} on port {port} has no server that is up after {seconds} s")),
            "no_answer": Says(_("{name} on port {port} does not answer ({reason}) after {seconds} s")),
            "changed": Says(
                _(
                    "{path} is not the reviewed one any more: somebody changed it, or it was put back; look there"
                )
            ),
            "restored": Says(_("{error}; the old haproxy.cfg is in place again on this proxy")),
            "as_it_was": Says(_("{error}; {said}")),
        },
    ),
    Code(
        "H09",
        _("It is not known whether the new haproxy.cfg serves"),
        _(
            "The job ended, or the proxy could not be reached, after the new file was written and before it was proven that it "
            "serves; or the old file could not be put back."
        ),
        _(
            "Run resume_job JOB: it proves the file or puts the old one back. By hand on that proxy: run the command in the "
            "sentence."
        ),
        "H09 cancelled before it was proven that the new haproxy.cfg serves on this proxy: resume_job j-AbC12345 proves it "
        "or puts the old one back; by hand: cp /etc/haproxy/haproxy.cfg.before-c-AbC12345 /etc/haproxy/haproxy.cfg && "
        "service haproxy restart",
        failure=True,
        says={
            "cancelled": Says(_("cancelled before it was proven that the new haproxy.cfg serves")),
            "left": Says(
                _("cancelled before it was proven that the new haproxy.cfg serves on this proxy"), _BY_HAND
            ),
            "not_restored": Says(
                _(
                    "{error}; the old haproxy.cfg could not be put back: {problem}. If {path} there is the new one, nobody "
                    "knows whether it serves"
                ),
                _BY_HAND,
            ),
            "not_seen": Says(
                _("it serves, but nobody could look whether {path} is still the new one: {error}"), _BY_HAND
            ),
        },
    ),
)
