#!/bin/sh
# One turn's supervisor: starts the agent once, outlives the server, keeps the exit status.
# usage: shim.sh RUN_DIR TURN BOOT CGROUP PROGRAM [ARGUMENT...]
#
#   claim    "PID START BOOT": made whole and exclusively, so that a turn starts once, whatever crashes
#   in       what the server says to the agent (absent: the agent's stdin is empty)
#   out err  what the agent says
#   feeder   the pid of the tail that carries `in`; killing it is end of input
#   agent    the agent's pid: the leader of a session and a group of its own
#   cgroup   CGROUP, once the agent is in it (empty: the turn has none)
#   exit     the exit status, by rename
#
# It ends with 74 when there is no room for the claim, and with 75 when the turn is claimed already.

run=$1 turn=$2 boot=$3 cgroup=$4
shift 4
mask=$(umask)
umask 077

# Handlers, not '': a signal that a shell ignores stays ignored in its children.
trap : HUP INT TERM

# proc(5): the name in the second field may hold anything, so count from behind its last parenthesis.
start=-
if [ -r "/proc/$$/stat" ]; then
	read -r stat <"/proc/$$/stat"
	field() { start=${20}; }
	field ${stat##*) }
fi

# Whether it still is a child of ours: one that is gone has a pid that may be anybody's.
is_child() {
	[ "$start" != - ] || return 0
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	set -- ${stat##*) }
	[ "$2" = $$ ]
}

# By link(2): a claim that is there is complete, and the second who makes it fails.
{ echo "$$ $start $boot" >"$run/claim.$$"; } 2>/dev/null || exit 74
ln "$run/claim.$$" "$run/claim" 2>/dev/null
claimed=$?
rm -f "$run/claim.$$"
[ "$claimed" = 0 ] || exit 75

# A session of its own, so that killing the agent's group spares its supervisor. Not everywhere to be had.
own=
command -v setsid >/dev/null && own=setsid

# The agent runs in the foreground here: in the background of a script it would ignore SIGINT.
# What it makes has the server's own mask, not that of our files.
# Its pid is written last: whoever finds it finds the cgroup as well.
agent='if [ -n "$2" ] && { echo "$$" >"$2/cgroup.procs"; } 2>/dev/null; then echo "$2" >"$0/cgroup"; fi
echo "$$" >"$0/agent" || exit 74
umask "$1"
shift 2
unset BREAKGLASS_SHIM
exec "$@"'
if [ -e "$run/in" ]; then
	mkfifo "$run/stdin"
	tail -c +1 -f "$run/in" >"$run/stdin" 2>/dev/null &
	feeder=$!
	echo "$feeder" >"$run/feeder"
	BREAKGLASS_TURN=$turn $own sh -c "$agent" "$run" "$mask" "$cgroup" "$@" \
		<"$run/stdin" >>"$run/out" 2>>"$run/err"
	status=$?
	is_child "$feeder" && kill "$feeder" 2>/dev/null
	wait "$feeder" 2>/dev/null
else
	BREAKGLASS_TURN=$turn $own sh -c "$agent" "$run" "$mask" "$cgroup" "$@" \
		</dev/null >>"$run/out" 2>>"$run/err"
	status=$?
fi

# The status must not be lost to a full disk, nor waited for in a directory that is gone.
until { echo "$status" >"$run/exit.new"; } 2>/dev/null && mv -f "$run/exit.new" "$run/exit"; do
	[ -d "$run" ] || exit 1
	sleep 1
done
