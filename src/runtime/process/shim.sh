#!/bin/sh
# One turn's supervisor: starts the agent once, outlives the server, keeps the exit status.
# usage: shim.sh RUN_DIR TURN PROGRAM [ARGUMENT...]
#
#   claim    "PID START BOOT": created exclusively, so that a turn starts once, whatever crashes
#   in       what the server says to the agent (absent: the agent's stdin is empty)
#   out err  what the agent says
#   feeder   the pid of the tail that carries `in`; killing it is end of input
#   agent    the agent's pid: the leader of a session and a group of its own
#   exit     the exit status, by rename

run=$1 turn=$2
shift 2
mask=$(umask)
umask 077

# Handlers, not '': a signal that a shell ignores stays ignored in its children.
trap : HUP INT TERM

start=- boot=-
started() { start=${20}; }
if [ -r "/proc/$$/stat" ]; then
	read -r stat <"/proc/$$/stat"
	read -r boot </proc/sys/kernel/random/boot_id
	# The name in the second field may hold anything: count from behind its last parenthesis.
	started ${stat##*) }
fi

set -C
{ echo "$$ $start $boot" >"$run/claim"; } 2>/dev/null || exit 75
set +C

# A session of its own, so that killing the agent's group spares its supervisor. Not everywhere to be had.
own=
command -v setsid >/dev/null && own=setsid

# The agent runs in the foreground here: in the background of a script it would ignore SIGINT.
# What it makes has the server's own mask, not that of our files.
agent='echo "$$" >"$0/agent"; umask "$1"; shift; exec "$@"'
if [ -e "$run/in" ]; then
	mkfifo "$run/stdin"
	tail -c +1 -f "$run/in" >"$run/stdin" 2>/dev/null &
	feeder=$!
	echo "$feeder" >"$run/feeder"
	BREAKGLASS_TURN=$turn $own sh -c "$agent" "$run" "$mask" "$@" <"$run/stdin" >>"$run/out" 2>>"$run/err"
	status=$?
	kill "$feeder" 2>/dev/null
	wait "$feeder" 2>/dev/null
else
	BREAKGLASS_TURN=$turn $own sh -c "$agent" "$run" "$mask" "$@" </dev/null >>"$run/out" 2>>"$run/err"
	status=$?
fi

# The status must not be lost to a full disk, nor waited for in a directory that is gone.
until { echo "$status" >"$run/exit.new"; } 2>/dev/null && mv -f "$run/exit.new" "$run/exit"; do
	[ -d "$run" ] || exit 1
	sleep 1
done
