# Run inside a node: "fill" lays an overlay without any room over its folders, so that what is there stays readable
# and every write ends with ENOSPC; "free" takes it away again. Overlays in a user namespace: Linux 5.11.
set -eu
base=/run/lab/full
folders="/etc /opt /var /tmp /root /home /pitrix /srv /mnt"
if [ "$1" = free ]; then
    for folder in $folders; do /usr/bin/umount -l "$folder"; done
    /usr/bin/umount -l "$base"
    exit 0
fi
mkdir -p "$base"
/usr/bin/mount -t tmpfs -o size=256k,nr_inodes=160 lab "$base"
for folder in $folders; do
    mkdir -p "$base/upper$folder" "$base/work$folder"
    chmod --reference="$folder" "$base/upper$folder"
    /usr/bin/mount -t overlay -o "lowerdir=$folder,upperdir=$base/upper$folder,workdir=$base/work$folder,userxattr" \
        overlay "$folder"
done
number=0
while true 2>/dev/null >"$base/filler$number"; do number=$((number + 1)); done
dd if=/dev/zero of="$base/filler0" bs=4096 2>/dev/null || :
