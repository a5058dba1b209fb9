"""Codes of groups of nodes."""

from common.codes.registry import Code

CODES = (
    Code(
        "G01",
        "The group or node does not name a machine in service",
        "Said when there is no group or node of that name, when the group is empty, or when the node "
        "is in no zone, in another zone, or retired. A command for a group must not reach fewer "
        "machines than its author believes.",
        "Name one of the groups that the finding lists (all, hyper, ks, vg, a role, or ZONE-ROLE), or "
        "a node by host name, address or n-id. describe_nodes -z ZONE shows the nodes and their roles.",
        "G01 error group: no node is in group 'pek3c-vg' -> describe_nodes shows who is where",
    ),
    Code(
        "G02",
        "A management VM that the console cannot log in to",
        "Said when a job needs a management VM (proxy, webservice, boss and others) that is not "
        "registered as a node here or has no pinned host key. Without a known key the console does not "
        "know which machine answers.",
        "Register the VM with add_nodes --ip ADDRESS if it is not registered, then run establish_ssh "
        "for it, and repeat the command.",
        "G02 error 172.16.80.101: proxy 172.16.80.101 of zone pek3c is not registered: the console "
        "cannot log in there -> add_nodes --ip 172.16.80.101, then establish_ssh for it",
    ),
    Code(
        "G03",
        "The global zone of the region is not known here",
        "Said when a zone joins its region, its caches are cleared or its listeners are rendered, and "
        "the console does not know which zone is the global one. The web services and caches that must "
        "learn of the zone run there.",
        "Register the global zone with adopt_zone -v FILE -s FILE; its variables say is_global_zone: 1.",
        "G03 error: the global zone of region pek3 is not known here -> register it: adopt_zone with "
        "its variables (is_global_zone: 1) and settings",
    ),
    Code(
        "G04",
        "The memcached servers of the region are not known",
        "Said by clear_zone_cache and scale_qingcloud_zone when the global zone has no zoocassa on "
        "record. An old list of zones would stay in a cache, and users would not see the new zone.",
        "Name the servers: clear_zone_cache -S 'HOST:PORT;HOST:PORT', or scale_qingcloud_zone "
        "--cache-servers with the same form.",
        "G04 error servers: the global zone pek3a has no zoocassa, so its memcached servers are not "
        "known -> name them: -S 'HOST:PORT;HOST:PORT' (scale_qingcloud_zone: --cache-servers)",
    ),
    Code(
        "G05",
        "No machine of the group is in service yet",
        "Said when every node of the group still waits to be installed. Maintenance on such a node "
        "would be undone or come twice: the installation brings the present packages and settings.",
        "Install the nodes first with scale_qingcloud -z ZONE -I FILE, or scale_qingcloud_zone for a "
        "zone that is new in its region; then repeat the command if it is still needed.",
        "G05 error group: no node of group 'pek3c-hyper' is in service yet -> scale them first: "
        "scale_qingcloud_zone -z pek3c",
    ),
)
