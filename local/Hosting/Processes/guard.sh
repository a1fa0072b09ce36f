#!/bin/sh
# Ends the processes of an AppHost that is gone, however it went: standard input is a pipe that only the AppHost
# holds. Through it comes "+GROUP" for each process group that was started and "-GROUP" for each that has ended.
# arguments: GRACE MARK    GRACE: tenths of a second between TERM and KILL
# MARK: NAME=VALUE, which all of these processes have in their environment

grace=$1
mark=$2
trap '' HUP INT QUIT TERM
exec >/dev/null 2>&1

groups=' '
while read -r line; do
    group=${line#?}
    case $line in
        +*) groups="$groups$group " ;;
        -*) groups=$(printf '%s' "$groups" | sed "s/ $group / /") ;;
    esac
done

# Those of the groups, and those that left their group but not this world (where /proc says so).
targets() {
    for group in $groups; do
        printf -- '-%s\n' "$group"
    done
    grep -ls -e "$mark" /proc/[0-9]*/environ | while IFS=/ read -r _ _ id _; do
        [ "$id" = "$$" ] || printf '%s\n' "$id"
    done
}

alive() {
    for target in $(targets); do
        kill -s 0 -- "$target" && return
    done
    return 1
}

signal() {
    for target in $(targets); do
        kill -s "$1" -- "$target"
    done
}

# Hundredths of a second: a look at all processes takes time too on a busy machine.
now() {
    if read -r uptime _ </proc/uptime; then
        printf '%s' "${uptime%.*}${uptime#*.}"
    else
        printf '%s00' "$(date +%s)"
    fi
}

signal TERM
deadline=$(($(now) + grace * 10))
while [ "$(now)" -lt "$deadline" ] && alive; do
    sleep 0.1
done
signal KILL
