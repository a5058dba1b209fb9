"""Codes of haproxy on the proxies of a zone."""

from common.codes.registry import Code, Says, _

_BY_HAND = _(
    "`resume_job {job}` verifies it or restores the old one; by hand: cp {path}.before-{change} {path} && service haproxy "
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
        "H01 error: pek3a is the global zone itself -> specify a zone that was added to its region",
        says={
            "": Says(_("{zone} is the global zone itself"), _("specify a zone that was added to its region"))
        },
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
        "H02 error: the global zone has no web service node, so haproxy would have no servers -> specify "
        "webservice in mgmt_network_address of variables.pek3a.yaml: config_qingcloud -v "
        "variables.pek3a.yaml -s settings.pek3a.yaml -f, then approve_plan",
        says={
            "write_protocol": Says(
                _(
                    "set site_protocol to http or https in {variables}: `config_qingcloud -v {variables} -s {settings} "
                    "-f`, then `approve_plan`"
                )
            ),
            "cannot_render": Says("{reason}", "{remedy}"),
            "wrong_protocol": Says(_("{protocol!r} is neither http nor https")),
            "no_web_service": Says(
                _("the global zone has no web service node, so haproxy would have no servers")
            ),
            "no_bind_address": Says(_("{address!r} is not an address to listen on")),
            "no_host": Says(_("{host!r} is not a host name or an address")),
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
        "H03 error: zone pek3c has no proxy -> paste the listeners by hand: render_haproxy -z pek3c; or "
        "specify proxy in mgmt_network_address of variables.pek3c.yaml: config_qingcloud -v "
        "variables.pek3c.yaml -s settings.pek3c.yaml -f, then approve_plan",
        says={
            "no_proxy": Says(
                _("zone {zone} has no proxy"),
                _("paste the listeners by hand: `render_haproxy -z {zone}`; or {instead}"),
            ),
            "give_vms": Says(
                _(
                    "specify {role} in mgmt_network_address of {variables}: `config_qingcloud -v {variables} -s "
                    "{settings} -f`, then `approve_plan`"
                )
            ),
            "give_fused_vms": Says(
                _(
                    "specify zoocassa (the fused VMs) in mgmt_network_address of {variables}: `config_qingcloud -v "
                    "{variables} -s {settings} -f`, then `approve_plan`"
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
        "H04 error 172.16.80.101: /etc/haproxy/haproxy.cfg cannot be read: cat: /etc/haproxy/haproxy.cfg: No "
        "such file or directory -> check on the proxy that haproxy is installed and serves with this file, "
        "then preview again",
        says={
            "not_utf8": Says(
                _("{path} is not UTF-8 text"), _("convert its comments to UTF-8, then preview again")
            ),
            "unreadable": Says(
                _("{path} cannot be read: {reason}"),
                _(
                    "check on the proxy that haproxy is installed and serves with this file, then preview again"
                ),
            ),
            "too_large": Says(
                _("{path} cannot be read: it is larger than 4 MB"),
                _(
                    "check on the proxy that haproxy is installed and serves with this file, then preview again"
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
        "H05 error 172.16.80.101: frontend web in the file listens on port 7777, which api-front needs: "
        "rename it to api-front if it is the same listener, otherwise move or remove it on the proxy -> then "
        "preview again",
        says={
            "cannot_merge": Says("{reason}", _("then preview again")),
            "defaults": Says(
                _(
                    "the defaults contain 'default-server {words}', which would keep our listeners from reaching their "
                    "servers and cannot be overridden: move it on the proxy to the sections that need it"
                )
            ),
            "holds_condition": Says(
                _(
                    "listener {name} in the file contains {macro}, which belongs to a condition around it: remove the "
                    "condition on the proxy"
                )
            ),
            "within_condition": Says(
                _("listener {name} in the file is inside a condition: remove the condition on the proxy")
            ),
            "open_condition": Says(
                _(
                    "the file has an .if without a matching .endif, which haproxy rejects: correct it on the proxy"
                )
            ),
            "name_taken": Says(
                _(
                    "the file has a {kind} named {name}, which must be one of our listeners: rename or remove it on the "
                    "proxy"
                )
            ),
            "port_in_variable": Says(
                _(
                    "{kind} {name} in the file takes its port from a variable, so the console cannot tell whether the "
                    "port is one of ours: write the number on the proxy"
                )
            ),
            "port_taken": Says(
                _(
                    "{kind} {name} in the file listens on port {port}, which {listener} needs: rename it to {listener} "
                    "if it is the same listener, otherwise move or remove it on the proxy"
                )
            ),
        },
    ),
    Code(
        "H06",
        _("No approved change of haproxy.cfg exists"),
        _(
            "Reported when haproxy.cfg is about to be written and no change of it is approved, or the approved "
            "one has been replaced. Proxies carry the traffic of all users, so only reviewed content is written."
        ),
        _(
            "Review the change (render_haproxy -z ZONE --preview), approve it (render_haproxy -z ZONE "
            "--approve CHANGE), then apply it (render_haproxy -z ZONE --apply --change CHANGE). If a scaling "
            "job stopped here, run resume_job JOB instead of --apply."
        ),
        "H06 error: zone pek3c has no approved change of haproxy.cfg -> review it: render_haproxy -z pek3c "
        "--preview; approve it: render_haproxy -z pek3c --approve CHANGE",
        says={
            "none": Says(
                _("zone {zone} has no approved change of haproxy.cfg"),
                _(
                    "review it: `render_haproxy -z {zone} --preview`; approve it: `render_haproxy -z {zone} --approve "
                    "CHANGE`"
                ),
            ),
            "draft": Says(_("zone {zone} has no approved change of haproxy.cfg"), "{next}"),
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
        "H07 error: change c-AbC12345 does not cover proxy1 (172.16.80.102) -> preview, review and approve "
        "again, then resume_job j-AbC12345",
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
            "A listener of the new file did not answer, or had no server that is up, for 30 seconds; haproxy "
            "rejected the file; or the file was changed in the meantime. If the new file was in place, the old "
            "one was restored, and no further proxy was started."
        ),
        _(
            "Check the servers that the log names, and haproxy on the proxy. If the file is wrong, create the "
            "change again (render_haproxy -z ZONE --preview), approve it and apply it; otherwise run resume_job "
            "JOB."
        ),
        "H08 api-front on port 7777 has no server that is up after 30 s; the old haproxy.cfg has been "
        "restored on this proxy",
        failure=True,
        says={
            "no_server": Says(_("{name} on port {port} has no server that is up after {seconds} s")),
            "no_answer": Says(_("{name} on port {port} does not answer ({reason}) after {seconds} s")),
            "changed": Says(
                _(
                    "{path} no longer has the reviewed content: it was changed or restored in the meantime; check it on "
                    "the proxy"
                )
            ),
            "restored": Says(_("{error}; the old haproxy.cfg has been restored on this proxy")),
            "as_it_was": Says(_("{error}; {said}")),
        },
    ),
    Code(
        "H09",
        _("Whether the new haproxy.cfg serves is not verified"),
        _(
            "The job ended, or the proxy could not be reached, after the new file was written and before it was "
            "verified that it serves; or the old file could not be restored."
        ),
        _(
            "Run resume_job JOB: it verifies the file or restores the old one. To do this by hand on that proxy, "
            "run the command in the message."
        ),
        "H09 cancelled before it was verified that the new haproxy.cfg serves on this proxy: resume_job "
        "j-AbC12345 verifies it or restores the old one; by hand: cp "
        "/etc/haproxy/haproxy.cfg.before-c-AbC12345 /etc/haproxy/haproxy.cfg && service haproxy restart",
        failure=True,
        says={
            "cancelled": Says(_("cancelled before it was verified that the new haproxy.cfg serves")),
            "left": Says(
                _("cancelled before it was verified that the new haproxy.cfg serves on this proxy"), _BY_HAND
            ),
            "not_restored": Says(
                _(
                    "{error}; the old haproxy.cfg could not be restored: {problem}. If {path} there is the new one, it "
                    "is unknown whether it serves"
                ),
                _BY_HAND,
            ),
            "not_seen": Says(
                _("it serves, but it could not be checked whether {path} is still the new one: {error}"),
                _BY_HAND,
            ),
        },
    ),
)
