# Component boss_cache: the statistics of BOSS V2 are counted again, by its own command.
tool=/pitrix/bin/boss2-manager/django_manage.sh
if [ ! -x "$tool" ]; then
    echo "error: $tool is missing: check that this is the BOSS V2 node" >&2
    exit 6
fi
"$tool" rebuild_cache
