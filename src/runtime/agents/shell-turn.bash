# One turn of the shell agent: runs SCRIPT in a bash of its own, and passes its output on to the spool.
# usage: bash shell-turn.bash SCRIPT STATE_DIR [ATTACHMENT...]
#
# Through a pipe, because the spool is a file: `echo >/dev/stderr` would open it anew and wipe out what was said.

exec {spool}>&1
# It outlives what stops the script, so that a handler's last words find a reader; it ends with the pipe. What jobs in the
# background say when the turn is over goes nowhere: the spool would grow with nobody to read it.
exec > >(
	trap '' INT TERM HUP
	cat <&0 >&"$spool" &
	trap 'kill -KILL $!' USR1
	wait $!
	# Marked as the supervisor's own: it is not what the turn leaves behind.
	BREAKGLASS_SHIM=carrier exec cat >/dev/null 2>&1 {spool}>&-
) 2>&1
carrier=$!
exec {spool}>&-

# What interrupts the script ends it, and this goes on to deliver its last words.
trap : INT TERM HUP

bash --noprofile --norc "${BASH_SOURCE[0]%/*}/shell-script.bash" "$@"
status=$?

# The end of the pipe, unless a job in the background still holds it: then what was said by now must do.
exec >&- 2>&-
for ((tries = 0; tries < 50; tries++)); do
	kill -0 "$carrier" 2>/dev/null || break
	command -p sleep 0.01
done
kill -USR1 "$carrier" 2>/dev/null
exit "$status"
