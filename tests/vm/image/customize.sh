#!/bin/sh
# Argument: the guest's tree, before it becomes an image. Nobody can log in yet: a run makes its own accounts,
# passwords and host keys over the guest agent.
set -eu
root=$1
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/machine-id "$root"/etc/mdadm/mdadm.conf
: >"$root/etc/machine-id"
echo vm >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 vm\n' >"$root/etc/hosts"
cat >"$root/etc/fstab" <<'FSTAB'
/dev/mapper/system-root / ext4 defaults,noatime 0 1
/dev/mapper/system-swap none swap defaults 0 0
FSTAB
# Arrays are put together wherever they come from, as on a server whose disks came from another one.
printf 'HOMEHOST <ignore>\nMAILADDR root\n' >"$root/etc/mdadm/mdadm.conf"
cat >"$root/etc/ssh/sshd_config.d/vm.conf" <<'SSHD'
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PermitRootLogin yes
SSHD
for card in ens:mgmt:yes spare:spare:no; do
    name=${card#*:} name=${name%%:*}
    cat >"$root/etc/systemd/network/10-$name.network" <<NETWORK
[Match]
MACAddress=52:54:00:00:01:$([ "$name" = mgmt ] && echo 01 || echo 02)
[Network]
DHCP=$([ "$name" = mgmt ] && echo ipv4 || echo no)
LinkLocalAddressing=no
NETWORK
done
# Only what the machine is made of: the smaller, the sooner it is unpacked by an emulated processor.
cat >"$root/etc/initramfs-tools/conf.d/vm" <<'CONF'
MODULES=list
COMPRESS=gzip
RESUME=none
CONF
printf '%s\n' virtio_pci virtio_blk virtio_scsi sd_mod nvme ext4 raid1 dm_mod crc32c_generic \
    >>"$root/etc/initramfs-tools/modules"
chroot "$root" systemctl enable systemd-networkd.service ssh.service >/dev/null
chroot "$root" systemctl mask systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer \
    mdcheck_start.timer mdcheck_continue.timer fstrim.timer e2scrub_all.timer >/dev/null 2>&1
chroot "$root" update-initramfs -u >/dev/null
