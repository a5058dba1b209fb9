# Component network: the networks are where the plan says; forwarding where the role needs it.
has_address() { ip -o addr show dev "$1" 2>/dev/null | grep -qF " $2/"; }

if ! has_address "$mgmt_network_interface" "$mgmt_network_address"; then
    now=$(ip -o addr show 2>/dev/null | awk -v ours="$mgmt_network_address/" 'index($4, ours) == 1 { print $2; exit }')
    if [ -n "$now" ]; then
        echo "error: $mgmt_network_address is on $now and not on $mgmt_network_interface as approved: rename the interface back, then resume the job; or continue without this node (leave_out_nodes $plan_id -i $mgmt_network_address, approve_plan $plan_id), collect it again (collect_nodes -i $mgmt_network_address --force) and configure it in a plan of its own" >&2
    else
        echo "error: no interface has the address $mgmt_network_address, which must be on $mgmt_network_interface: configure it there, then resume the job" >&2
    fi
    exit 3
fi
echo "management network: $mgmt_network_address on $mgmt_network_interface"

if [ "$role" = vg ]; then
    if [ -z "${eip_network_interface:-}" ] || [ "$eip_network_interface" = "$mgmt_network_interface" ]; then
        echo "error: a VG needs a second network for EIP with the default route on it" >&2
        exit 3
    fi
    if ! ip route show default | grep -q "dev $eip_network_interface"; then
        echo "error: the default route does not use the EIP interface $eip_network_interface" >&2
        exit 3
    fi
    echo "EIP network: ${eip_network_address:-} on $eip_network_interface"
fi

case $role in
vg | hyper-*)
    mkdir -p /etc/sysctl.d
    file=/etc/sysctl.d/60-installer-console.conf
    printf '# Installer Console: role %s forwards packets.\nnet.ipv4.ip_forward = 1\n' "$role" >"$file.new"
    mv "$file.new" "$file"
    if sysctl -q -p "$file" 2>/dev/null; then echo "forwarding is enabled"; else
        echo "forwarding could not be enabled now; it will be enabled at the next boot" >&2
    fi
    ;;
esac
if [ -n "${vm_base_network:-}" ]; then
    echo "VM network $vm_base_network${hyper_vip_address:+, holds the VIP $hyper_vip_address}"
fi
