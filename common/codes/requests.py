"""Codes of REST API requests."""

from common.codes.registry import Code

CODES = (
    Code(
        "W01",
        "The list has no such item",
        "Said over REST (404) when the address ends in an id or name that the list does not hold: it "
        "is misspelled, or the item was deleted.",
        "Take the id from the list, for example GET /api/v1/nodes/; filters and search narrow it down.",
        "W01 error: there is no node n-AbC12345 -> look at the list",
    ),
    Code(
        "W02",
        "A node id in the request is not known",
        "Said over REST (404) for each id in node_ids that names no node. Nothing is done for the "
        "other nodes either, so that a verb never runs on a part of what was asked for.",
        "Take the ids from GET /api/v1/nodes/, or name the nodes by management address in addresses.",
        "W02 error node_ids: there is no node n-AbC12345 -> look at the list of nodes",
    ),
)
