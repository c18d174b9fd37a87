# places: trixie-cloud-amd64 trixie-rt-amd64
# timeout: 400
# The name of what is executed is whole, however long and by whichever call, up to what the kernel itself
# takes; of a longer one, which the kernel refuses, there is the beginning, and that it is no more.
path_of() { # LENGTH LAST: a path in /bin that is so long
	n=$(($1 - 5 - ${#2}))
	[ $((n % 2)) -eq 0 ] || printf /
	printf '/bin/%s%s' "$(head -c $((n / 2)) /dev/zero | tr '\000' x | sed 's,x,./,g')" "$2"
}

expect_exec() { # PATH RETVAL TRUNCATED
	expect_record ".event == \"syscall_execve\" and .filename == \"$1\" and .retval == $2
		and (.truncated // false) == $3" >"$work/said" || { cut -c 1-200 "$work/said"; exit 1; }
	ok "${#1} bytes, retval $2"
}

# nobody reads, and a long name takes 4.4 KiB
load --profile privileged --exec-log all --ring-size 8M
for length in 20 255 256 511 766 4095; do
	path=$(path_of $length true)
	expect_equal ${#path} $length "length"
	env -- "$path"
	expect_exec "$path" 0 false
	path=$(path_of $length nosuch)
	status=0
	env -- "$path" 2>/dev/null || status=$?
	expect_equal $status 127 "exit status of env"
	expect_exec "$path" -2 false
	path=$(path_of $((length - 1)) TRUE)
	status=0
	execat -100 "$path" 2>/dev/null || status=$?
	expect_equal $status 126 "exit status of execat"
	expect_exec "$path" -2 false
done
for length in 4096 8000; do
	path=$(path_of $length true)
	status=0
	env -- "$path" 2>/dev/null || status=$?
	[ $status -ne 0 ] || fail "the kernel took a name of $length bytes"
	expect_record ".retval == -36 and (.filename | startswith(\"$(printf %s "$path" | head -c 4000)\"))
		and ((.truncated // false) or $length < 8000)" >/dev/null
	ok "$length bytes are refused by the kernel, and told"
done

# as execveat names what a descriptor is
path=$(path_of 3001 true)
execat 9 "${path#/bin/}" 9</bin
expect_exec "/dev/fd/9/${path#/bin/}" 0 false
execat 9 TRUE 9</bin 2>/dev/null || :
expect_exec TRUE -2 false
expect_status '.exec_events.dropped == 0'
