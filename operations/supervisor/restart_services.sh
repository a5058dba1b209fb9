# Component restart_services: the programs of $programs, one after another.
# GROUP:* is a name, no pattern for files.
set -f
# shellcheck disable=SC2086 # a list of words
restart_programs $programs
