# Runs SCRIPT where the last turn left off, and leaves its directory and exported variables to the next.
# The attachments are the script's arguments.
# usage: bash shell-script.bash SCRIPT STATE_DIR [ATTACHMENT...]
# Names begin with __breakglass so that they meet none of the script's own.

__breakglass_script=$1 __breakglass_state=$2
shift 2

__breakglass_save() {
	# Not what a script traces.
	{ set +x; } 2>/dev/null
	# One file, by rename: a kill in the middle leaves the state of the turn before. In a subshell: what a script exports
	# is nobody else's to read, and what it makes later has the mode that it wants.
	(
		builtin umask 077
		{
			# Quiet: a variable that is read-only by then keeps its value, and that is no news.
			echo '{ :'
			# By lines, whatever the script has made of IFS.
			mapfile -t __breakglass_names < <(compgen -e)
			for __breakglass_name in "${__breakglass_names[@]}"; do
				# Not what belongs to this bash alone: read-only, it would stand in the way of the next.
				case $__breakglass_name in PWD | SHELLOPTS | BASHOPTS | BREAKGLASS_TURN) continue ;; esac
				declare -p "$__breakglass_name"
			done
			echo '} 2>/dev/null'
			# Where it is gone by then, PWD must not say otherwise.
			printf 'cd -- %q || cd -P .\n' "$PWD"
		} >"$__breakglass_state/shell.new"
	) && command -p mv -f "$__breakglass_state/shell.new" "$__breakglass_state/shell"
}

if [[ -r $__breakglass_state/shell ]]; then
	__breakglass_turn=$BREAKGLASS_TURN
	# What the last turn unset must not come back.
	mapfile -t __breakglass_names < <(compgen -e)
	for __breakglass_name in "${__breakglass_names[@]}"; do unset "$__breakglass_name" 2>/dev/null; done
	. "$__breakglass_state/shell"
	# The mark by which what this turn starts is found again.
	export BREAKGLASS_TURN=$__breakglass_turn
	unset __breakglass_turn __breakglass_name __breakglass_names
fi

# Whichever way the script ends: by `exit`, by a signal, or below. A script may set a trap of its own in place of
# this one, so `exit` saves as well.
trap __breakglass_save EXIT
exit() {
	{ __breakglass_status=$?; set +x; } 2>/dev/null
	if [[ $BASH_SUBSHELL == 0 ]]; then
		__breakglass_save
		[[ $(trap -p EXIT) == *__breakglass_save* ]] && trap - EXIT
	fi
	builtin exit "${1-$__breakglass_status}"
}

# By descriptor, so that bash's messages say "/dev/fd/9: line 3" instead of a long path.
. /dev/fd/9 9<"$__breakglass_script"
{ __breakglass_status=$?; set +x; } 2>/dev/null
exit "$__breakglass_status"
