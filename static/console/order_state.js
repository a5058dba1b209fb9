// The order as data: what a change of one cell does to it. No page here.

export const ROLES = ["vg", "ks", "hyper-repl", "hyper-pair", "hyper-sanc"];
const SUB_ROLES = { vg: ["vgateway"], ks: [] };

export function empty(zone) {
  return { zone_id: zone, nodes: [], pairs: [], eips: [], vbc: [], kept: "", remarks: [] };
}

export function rowOf(order, address) {
  return order.nodes.find((row) => row.address === address) ?? null;
}

// Return the order with another role of a node; an empty role takes it out. `about`: its candidate, `names`: the order of rows.
export function withRole(order, address, role, about, names) {
  const row = rowOf(order, address);
  if ((row?.role ?? "") === role) return order;
  const next = { ...order };
  if (!role) next.nodes = order.nodes.filter((item) => item.address !== address);
  else if (row) next.nodes = order.nodes.map((item) => (item === row ? { ...row, role, sub_roles: subRoles(role) } : item));
  else {
    const made = { address, role, sub_roles: subRoles(role), note: about ? `${about.hostname} ${about.disks}`.trim() : "" };
    next.nodes = [...order.nodes, made].sort((one, other) => place(names, one.address) - place(names, other.address));
  }
  if (role !== "vg") next.eips = order.eips.filter((item) => item.address !== address);
  if (role !== "hyper-pair") next.pairs = order.pairs.filter((pair) => !pair.includes(address));
  if (!role.startsWith("hyper")) next.vbc = leaving(order.vbc, address);
  return next;
}

function place(names, address) {
  const found = names.indexOf(address);
  return found < 0 ? names.length : found;
}

function subRoles(role) {
  return SUB_ROLES[role] ?? ["hyper"];
}

function leaving(groups, address) {
  return groups.map((group) => ({ ...group, mgmt_ips: group.mgmt_ips.filter((item) => item !== address) })).filter((group) => group.mgmt_ips.length);
}

export function withSubRole(order, address, sub, chosen) {
  return { ...order, nodes: order.nodes.map((row) => (row.address === address ? { ...row, sub_roles: chosen ? [...row.sub_roles, sub] : row.sub_roles.filter((item) => item !== sub) } : row)) };
}

export function partnerOf(order, address) {
  const pair = order.pairs.find((item) => item.includes(address));
  return pair?.find((item) => item !== address) ?? "";
}

// Pair two nodes; both leave the pairs that they were in.
export function withPair(order, address, partner) {
  const pairs = order.pairs.filter((pair) => !pair.includes(address) && !(partner && pair.includes(partner)));
  return { ...order, pairs: partner ? [...pairs, [address, partner].sort((one, other) => position(order, one) - position(order, other))] : pairs };
}

function position(order, address) {
  return order.nodes.findIndex((row) => row.address === address);
}

export function segmentsOf(order, address) {
  return order.eips.find((item) => item.address === address)?.segments ?? [];
}

export function withSegments(order, address, text) {
  const segments = text.split(/[,，、;；\s]+/).filter(Boolean);
  const others = order.eips.filter((item) => item.address !== address);
  const eips = segments.length ? [...others, { address, segments }] : others;
  eips.sort((one, other) => position(order, one.address) - position(order, other.address));
  return { ...order, eips };
}

export function groupOf(order, address) {
  return order.vbc.findIndex((group) => group.mgmt_ips.includes(address));
}

// Put a hyper into the VBC with that number; -1: none, the number after the last one: a new one.
export function withGroup(order, address, number) {
  const groups = order.vbc.map((group) => ({ ...group, mgmt_ips: group.mgmt_ips.filter((item) => item !== address) }));
  if (number >= 0 && number < groups.length) groups[number].mgmt_ips.push(address);
  else if (number >= groups.length) groups.push({ mgmt_ips: [address], ipv4_vbc: "", ipv4_vip: "", ipv6_vbc: "", ipv6_vip: "" });
  return { ...order, vbc: groups.filter((group) => group.mgmt_ips.length) };
}

export function withVbcText(order, number, key, text) {
  return { ...order, vbc: order.vbc.map((group, index) => (index === number ? { ...group, [key]: text.trim() } : group)) };
}
