# Component update_nodes: packages of the site ($site_files, a file name a line), and those that build_pkgs made, each
# only when it is not there in this version (each line of $packages: name|version|file).
# What runs before must run afterwards.
before=$(supervisorctl status 2>/dev/null | process_lines | awk '$2 == "RUNNING" { print $1 }') || :
set --
while IFS= read -r file; do
    [ -z "$file" ] || set -- "$@" "$package_folder/$file"
done <<END
$site_files
END
while IFS='|' read -r name version file; do
    case $name:$(version_of "$name") in
    :*) ;;
    "$name:$version "*" ok installed") echo "$name $version is already installed" ;;
    *) set -- "$@" "$package_folder/$file" ;;
    esac
done <<END
$packages
END
[ "$#" -eq 0 ] || install_files "$@"
supervisorctl reread
supervisorctl update
# Those that the packages took away are gone for good.
names=$(supervisorctl status 2>/dev/null | process_lines | awk '{ print $1 }' | grep -xF "$before") || :
[ -z "$before" ] || [ -z "$names" ] || steady "$names"
# dpkg passes over what it will not do, an older version for one (refuse-downgrade), and ends with 0. Where a site has
# two versions of a package, either may be there.
came='|'
for path in "$@"; do came="$came$(dpkg-deb -f "$path" Package) $(dpkg-deb -f "$path" Version)|"; done
for path in "$@"; do
    name=$(dpkg-deb -f "$path" Package)
    has=$(version_of "$name")
    case $came$has in
    *"|$name ${has%% *}|"*" ok installed" | *"|$name ${has%% *}|"*" ok triggers-"*) echo "$name ${has%% *} installed" ;;
    *)
        echo "error: dpkg has not set up $name $(dpkg-deb -f "$path" Version): its state is ${has:-not installed}" >&2
        exit 4
        ;;
    esac
done
