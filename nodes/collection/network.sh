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
        device_type "$device/uevent"
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

# What the driver says it is: wwan, wlan, bridge, vlan, dsa, …; nothing for an ordinary port.
device_type() {
    [ -r "$1" ] || return 0
    while IFS= read -r line; do
        case $line in
        DEVTYPE=*) printf 'devtype=%s\n' "${line#DEVTYPE=}" ;;
        esac
    done <"$1"
    return 0
}

permanent_address() {
    answer=$(tool ethtool -P "$1" 2>/dev/null) || return 0
    printf 'permanent=%s\n' "${answer##* }"
}
