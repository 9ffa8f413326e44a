#!/bin/bash
# kill.sh <program> <mpirun>...: one of four ranks is killed midway. The job must end, say why, and leave a checkpoint from which
# it goes on to the same end, bit for bit, as a run that nobody disturbed.
set -u
program=$1
shift
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
fail() {
    echo "failed: $*" >&2
    cat "$directory"/*.log >&2
    exit 1
}

"$@" -n 4 "$program" "$directory/undisturbed" 0 >"$directory/undisturbed.log" 2>&1 || fail "the undisturbed run"

for victim in 1 0 3; do
    name=$directory/killed$victim
    # Slow enough to be met on its way: it waits ten milliseconds a step.
    "$@" -n 4 "$program" "$name" 10 >"$name.log" 2>&1 &
    job=$!
    for ((i = 0; i < 3000; ++i)); do
        [ -s "$name.checkpoint" ] && [ -s "$name.pid.$victim" ] && break
        kill -0 $job 2>/dev/null || fail "rank $victim: the job ended before it was killed"
        sleep 0.01
    done
    kill -9 "$(cat "$name.pid.$victim")" || fail "rank $victim: there is none"
    if wait $job; then fail "rank $victim: the job went on without it"; fi
    grep -q "signal 9" "$name.log" || fail "rank $victim: nothing says that it was killed"
    [ -e "$name.result" ] && fail "rank $victim: there is a result"
    "$@" -n 4 "$program" "$name" 0 >"$name.log" 2>&1 || fail "rank $victim: the resumed run"
    grep -q resumed "$name.log" || fail "rank $victim: it began anew"
    cmp "$name.result" "$directory/undisturbed.result" || fail "rank $victim: another end"
done
echo "killed three times, resumed three times, the same end"
