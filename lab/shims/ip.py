"""ip(8) of iproute2: link, addr and route, as text, one line (-o) or JSON (-j); and small changes to them."""

from __future__ import annotations

from . import devices, ipset, iptext, node

OBJECTS = ("link", "address", "route", "neighbour", "rule", "netns")
SHOW = ("show", "list", "lst", "sh", "ls", "l", "s")


def main(name: str, args: list[str]) -> int:
    """Show or change the networks of the state."""
    options = []
    rest = list(args)
    while rest and rest[0].startswith("-"):
        options.append(rest.pop(0).lstrip("-"))
    if "V" in options or "Version" in options:
        print("ip utility, iproute2-5.5.0, libbpf 0.5.0")
        return 0
    if {"j", "json"} & set(options) and not node.profile().get("ip_json", True):
        return node.fail('Option "-j" is unknown, try "ip -help".', 255)
    typed = rest.pop(0) if rest else ""
    kind = next((item for item in OBJECTS if typed and item.startswith(typed)), "")
    if not kind:
        return node.fail(f'Object "{typed}" is unknown, try "ip help".', 1)
    verb = rest.pop(0) if rest and not rest[0].startswith("-") else "show"
    try:
        if verb not in SHOW:
            return ipset.change(kind, verb, rest, options)
        return _show(kind, rest, options)
    except devices.Refused as refused:
        text = str(refused)
        return node.fail(text, 2 if text.startswith("RTNETLINK") else 1)


def _show(kind: str, rest: list[str], options: list[str]) -> int:
    state = node.state()
    family = "inet6" if "6" in options else "inet" if "4" in options else ""
    words = [word for word in rest if word not in ("dev", "up")]
    if kind in ("neighbour", "rule", "netns"):
        return 0
    if kind == "route":
        routes = iptext.routes(state, family == "inet6", words)
        print(iptext.routes_text(routes, "j" in options or "json" in options), end="")
        return 0
    links = iptext.links(state)
    if words and words[0] not in ("type", "master", "scope"):
        links = [link for link in links if link["ifname"] == words[0]]
        if not links:
            raise devices.Refused(f'Device "{words[0]}" does not exist.')
    if "up" in rest:
        links = [link for link in links if "UP" in link["flags"]]
    print(iptext.links_text(links, kind == "address", family, options), end="")
    return 0
