#!/bin/sh
# Make the virtual environment and install a requirements file into it. Arguments: python, folder, file.
set -eu
python=$1 folder=$2 file=$3
if ! command -v "$python" >/dev/null 2>&1; then
    echo "$python is not there: install Python 3.11 or newer (Debian, Ubuntu: apt-get install python3 python3-venv)" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$("$python" --version) is too old: Python 3.11 or newer is needed; name another one with make PYTHON=python3.12" >&2
    exit 1
fi
if [ ! -x "$folder/bin/pip" ]; then
    rm -rf "$folder"
    echo "Making the virtual environment $folder …"
    # Debian and Ubuntu keep what venv needs in a package of its own.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
            echo "Installing the Debian package python3-venv …"
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
        else
            echo "Python's venv is not complete here: run 'sudo apt-get install python3-venv', then make again" >&2
            exit 1
        fi
    fi
    "$python" -m venv "$folder"
fi
echo "Installing the Python packages of $file into $folder …"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$file" 2>"$folder/pip.log" || {
    cat "$folder/pip.log" >&2
    echo "pip could not install the packages (network? proxy?): see above, then make again" >&2
    exit 1
}
