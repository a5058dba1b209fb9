"""Codes of REST API requests."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "W01",
        _("The item does not exist"),
        _(
            "Reported over REST (404) when the URL ends in an id or name that the list does not contain: it is "
            "misspelled, or the item was deleted."
        ),
        _("Get the id from the list, for example GET /api/v1/nodes/; filters and search narrow it down."),
        "W01 error: node n-AbC12345 does not exist -> get the id from the list",
        says={"": Says(_("{kind} {key} does not exist"), _("get the id from the list"))},
    ),
    Code(
        "W02",
        _("A node id in the request does not exist"),
        _(
            "Reported over REST (404) for each id in node_ids that belongs to no node. The other nodes are not "
            "processed either, so a request never runs on only some of its nodes."
        ),
        _("Get the ids from GET /api/v1/nodes/, or list the management addresses of the nodes in addresses."),
        "W02 error node_ids: node n-AbC12345 does not exist -> get the id from the list of nodes",
        says={"": Says(_("node {node} does not exist"), _("get the id from the list of nodes"))},
    ),
    Code(
        "W03",
        _("Too many requests are waiting for news of jobs"),
        _(
            "Reported over REST (429) when one account, or all accounts together, have the maximum number of requests with "
            "wait= open that a process of the web server allows. The open requests continue to wait."
        ),
        _(
            "Try again after Retry-After seconds, or without wait=. Close pages and programs that no longer need news."
        ),
        "W03 error: you have 128 requests waiting for news -> close some of them, or send the request without wait",
        says={
            "person": Says(
                _("you have {count:request|requests} waiting for news"),
                _("close some of them, or send the request without wait"),
            ),
            "all": Says(
                _("too many requests are waiting for news of jobs"),
                _("try again in a moment, or send the request without wait"),
            ),
        },
        rest="429",
    ),
    Code(
        "W04",
        _("The database took too long for a request that only reads"),
        _(
            "Reported over REST and on pages (503) when PostgreSQL works longer than INSTALLER_READ_TIMEOUT_S on one "
            "statement of a GET request: the request asks for too much at once, or the server is overloaded. Nothing "
            "was changed. Requests that write, commands and jobs have no such limit."
        ),
        _(
            "Ask for less: smaller pages (page_size), or filters. If the same request was fast before, look for what else "
            "the PostgreSQL server is doing."
        ),
        "W04 error: the database needed more than 20 s for this request -> ask for less at once (page_size, filters), or try "
        "again when the server is less busy",
        says={
            "": Says(
                _("the database needed more than {seconds} s for this request"),
                _("ask for less at once (page_size, filters), or try again when the server is less busy"),
            )
        },
        failure=True,
        rest="503",
    ),
)
