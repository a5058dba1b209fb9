# shellcheck shell=sh
# Part of the collection script (script.sh): links and ports.

# busybox knows no -d.
links() {
    tool ip -o -d link || tool ip -o link
}

net_attributes() {
    [ -d /sys/class/net ] || return 127
    for device in /sys/class/net/*; do
        [ -d "$device" ] || continue
        interface=${device##*/}
        printf '@%s\n' "$interface"
        for key in address carrier speed mtu; do
            value "$key" "$device/$key"
        done
        real_folder path "$device/device"
        link_target driver "$device/device/driver"
        if [ -d "$device/wireless" ] || [ -d "$device/phy80211" ]; then echo wireless=1; fi
        if [ -d "$device/bridge" ]; then echo bridge=1; fi
        children physfn "$device/device/physfn/net"
        value port_name "$device/phys_port_name"
        children bridge_ports "$device/brif"
        value bond_mode "$device/bonding/mode"
        value bond_slaves "$device/bonding/slaves"
        if [ -e "$device/device" ]; then
            permanent_address "$interface"
        fi
    done
}

permanent_address() {
    answer=$(tool ethtool -P "$1" 2>/dev/null) || return 0
    printf 'permanent=%s\n' "${answer##* }"
}
