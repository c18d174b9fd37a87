# kernels: any
# timeout: 180
# Of many who have read one policy one can change it; who reads again loses nothing of the others'.

attempt() { # N: a change of what is generation $seen
	status=0
	bpflock-ctl cgroup set "/admin/$1" profile=restricted --if-generation "$seen" --wait 5m \
		>"$work/out.$1" 2>"$work/err.$1" || status=$?
	echo $status >"$work/status.$1"
}
insist() { # N
	status=1
	while [ $status -eq 1 ]; do
		seen=$(generation)
		attempt "$1"
	done
}
all() { # COMMAND N
	pids=""
	for i in $(seq "$2"); do
		"$1" "$i" &
		pids="$pids $!"
	done
	for pid in $pids; do wait "$pid"; done
}

load --profile privileged
seen=$(generation)
before=$seen
all attempt 20
cat "$work"/status.* | sort | uniq -c
expect_equal "$(grep -lx 0 "$work"/status.* | wc -l)" 1 "how many have succeeded"
expect_equal "$(grep -lx 1 "$work"/status.* | wc -l)" 19 "how many were refused"
expect_equal "$(grep -l "generation $((before + 1)) is active, not $before" "$work"/err.* | wc -l)" 19 \
	"how many were told why"
expect_equal "$(generation)" $((before + 1)) generation
expect_status '.cgroups | length == 1'
change cgroup delete --all --if-generation $((before + 1))

rm "$work"/status.*
all insist 4
expect_equal "$(cat "$work"/status.* | sort -u)" 0 "the statuses of those who read again"
expect_equal "$(generation)" $((before + 6)) generation
expect_status '.cgroups | map(.path) | length == 4 and unique == .'
for i in 1 4; do expect_denied in_cgroup /admin/$i -- dev_mem; done
