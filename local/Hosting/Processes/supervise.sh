#!/bin/sh
# Runs one program in a session of its own and ends it, with all that it started, when the lifeline is cut:
# standard input is a pipe that only the AppHost holds, and it closes however the AppHost ends.
# usage: supervise.sh GRACE PROGRAM [ARGUMENT...]    GRACE: tenths of a second between TERM and KILL
# The first line of output is the process id of the program.

grace=$1
shift
trap '' HUP INT QUIT
exec 3<&0 </dev/null

# The id is written before the program takes the place of the shell, so nothing can come before it.
start='echo "$$"; exec "$@"'
if command -v setsid >/dev/null 2>&1; then
    setsid /bin/sh -c "$start" sh "$@" 3<&- &
else
    set -m
    /bin/sh -c "$start" sh "$@" 3<&- &
fi
child=$!

end() {
    kill -TERM -- "-$child"
    left=$grace
    while [ "$left" -gt 0 ] && kill -0 -- "-$child"; do
        sleep 0.1
        left=$((left - 1))
    done
    sweep
}

# What is left of the program's process group, and of its session where that can be asked for.
sweep() {
    kill -KILL -- "-$child"
    if command -v pkill >/dev/null; then
        pkill -KILL -s "$child"
    fi
}

{
    while read -r _; do :; done <&3
    end
} >/dev/null 2>&1 &
guard=$!
exec 3<&-

trap 'end >/dev/null 2>&1' TERM
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
done

exec >/dev/null 2>&1
kill -TERM "$guard"
sweep
exit "$code"
