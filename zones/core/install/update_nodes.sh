# Component update_nodes: the packages that build_pkgs made, each only when it is not there in this version.
# Each line of $packages: name|version|file.
printf '%s\n' "$packages" | while IFS='|' read -r name version file; do
    [ -n "$name" ] || continue
    has=$(dpkg-query -W -f='${Version} ${Status}' "$name" 2>/dev/null || :)
    if [ "$has" = "$version install ok installed" ]; then
        echo "$name $version is installed already"
        continue
    fi
    DEBIAN_FRONTEND=noninteractive dpkg -i "$package_folder/$file" </dev/null
    echo "$name $version installed"
done
supervisorctl reread
supervisorctl update
