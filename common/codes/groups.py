"""Codes of groups of nodes."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "G01",
        _("The group or node matches no machine in service"),
        _(
            "Reported when there is no group or node with this name, when the group is empty, or when the node "
            "is in no zone, in another zone, or retired. A command for a group must not reach fewer machines "
            "than intended."
        ),
        _(
            "Use one of the groups that the finding lists (all, hyper, ks, vg, a role, or ZONE-ROLE), or a "
            "node's host name, address or n-id. describe_nodes -z ZONE shows the nodes and their roles."
        ),
        "G01 error group: group 'pek3c-vg' has no nodes -> describe_nodes shows the nodes and their roles",
        says={
            "empty": Says(
                _("group {group!r} has no nodes"), _("`describe_nodes` shows the nodes and their roles")
            ),
            "known_groups": Says(
                _("groups are {groups} and ZONE-<one of these>; specify a node by host name, address or n-id")
            ),
            "unknown": Says(_("no group or node is named {group!r}"), "{there}"),
            "empty_of_other_zone": Says(
                _("group {group!r} has no nodes in zone {zone}"),
                _("omit the zone, or specify a group of {zone}: {zone}-{word}"),
            ),
            "empty_in_zone": Says(
                _("group {group!r} has no nodes in zone {zone}"),
                _("`describe_nodes` shows the nodes and their roles"),
            ),
            "near": Says(
                _(
                    "did you mean {near}? Groups are {groups} and ZONE-<one of these>; specify a node by host name, "
                    "address or n-id"
                )
            ),
            "unknown_in_zone": Says(_("zone {zone} has no group or node named {group!r}"), "{there}"),
            "retired": Says(_("{node} is retired"), _("commands can only be sent to nodes in service")),
            "in_other_zone": Says(
                _("{node} is in zone {zone}, not in {wanted}"), _("specify that zone: {zone}")
            ),
            "not_in_the_zone": Says(
                _("{node} is in no zone (it is {status})"),
                _("omit the zone and specify the node by address or n-id"),
            ),
            "in_no_zone": Says(
                _("{node} is in no zone (it is {status})"),
                _("configure and scale it first; until then use `exec_nodes` to run commands there"),
            ),
        },
    ),
    Code(
        "G02",
        _("The console cannot log in to a management VM"),
        _(
            "Reported when a job needs a management VM (proxy, webservice, boss and others) that is not "
            "registered as a node or has no pinned host key. Without a known key the console does not know "
            "which machine answers."
        ),
        _(
            "Register the VM with add_nodes --ip ADDRESS if it is not registered, then run establish_ssh "
            "for it, and repeat the command."
        ),
        "G02 error 172.16.80.101: proxy 172.16.80.101 of zone pek3c is not registered: the console "
        "cannot log in there -> add_nodes --ip 172.16.80.101, then establish_ssh for it",
        says={
            "not_registered": Says(
                _("{role} {address} of zone {zone} is not registered: the console cannot log in there"),
                _("`add_nodes --ip {address}`, then `establish_ssh` for it"),
            ),
            "no_host_key": Says(
                _("{role} {address} of zone {zone} has no pinned host key: the console cannot log in there"),
                _("`establish_ssh` for it"),
            ),
        },
    ),
    Code(
        "G03",
        _("The global zone of the region is not registered"),
        _(
            "Reported when a zone joins its region, its caches are cleared or its listeners are rendered, and "
            "the console does not know the global zone. The web services and caches to update for the new zone "
            "run there."
        ),
        _(
            "Register the global zone with adopt_zone -v FILE -s FILE; its variables contain is_global_zone: 1."
        ),
        "G03 error: the global zone of region pek3 is not registered -> register it: adopt_zone with its "
        "variables (is_global_zone: 1) and settings",
        says={
            "": Says(
                _("the global zone of region {region_id} is not registered"),
                _("register it: `adopt_zone` with its variables (is_global_zone: 1) and settings"),
            )
        },
    ),
    Code(
        "G04",
        _("The memcached servers of the region are unknown"),
        _(
            "Reported by clear_zone_cache and scale_qingcloud_zone when the global zone has no zoocassa on "
            "record. An outdated zone list would stay cached, and users would not see the new zone."
        ),
        _(
            "Specify the servers: clear_zone_cache -S 'HOST:PORT;HOST:PORT', or scale_qingcloud_zone "
            "--cache-servers in the same form."
        ),
        "G04 error servers: the global zone pek3a has no zoocassa, so its memcached servers are unknown -> "
        "specify them: -S 'HOST:PORT;HOST:PORT' (scale_qingcloud_zone: --cache-servers)",
        says={
            "": Says(
                _("the global zone {zone} has no zoocassa, so its memcached servers are unknown"),
                _("specify them: -S 'HOST:PORT;HOST:PORT' (`scale_qingcloud_zone`: --cache-servers)"),
                _("enter the memcached servers as HOST:PORT;HOST:PORT"),
            )
        },
    ),
    Code(
        "G05",
        _("No machine of the group is in service yet"),
        _(
            "Reported when every node of the group is still waiting for installation. Maintenance on such a "
            "node would be overwritten or duplicated, because the installation deploys the current packages "
            "and settings."
        ),
        _(
            "Install the nodes first with scale_qingcloud -z ZONE -I FILE, or scale_qingcloud_zone for a "
            "zone that is new in its region; then repeat the command if it is still needed."
        ),
        "G05 error group: no node of group 'pek3c-hyper' is in service yet -> scale them first: "
        "scale_qingcloud_zone -z pek3c",
        says={
            "none_in_service": Says(
                _("no node of group {group!r} is in service yet"), _("scale them first: {verbs:and}")
            ),
            "scale_with_zone": Says(_("`scale_qingcloud_zone -z {zone}`")),
            "scale": Says(_("`scale_qingcloud -z {zone}`")),
        },
    ),
)
