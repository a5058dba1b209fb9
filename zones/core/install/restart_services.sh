# Component restart_services: the programs of $programs, one after another.
# shellcheck disable=SC2086 # a list of words
restart_programs $programs
