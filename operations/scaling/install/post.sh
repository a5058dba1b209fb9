# Component post: the process supervisor runs, and the node knows what it is.
if ! command -v supervisorctl >/dev/null 2>&1; then
    echo "installing supervisor"
    install_names supervisor
fi
systemctl enable supervisor
systemctl start supervisor
printf '%s\n' "$role" >/pitrix/conf/role.new
mv /pitrix/conf/role.new /pitrix/conf/role
echo "installed as $role${sub_roles:+ ($sub_roles)} of zone $zone_id"
