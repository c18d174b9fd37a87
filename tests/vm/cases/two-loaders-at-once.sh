# timeout: 240
# One after the other, or one of them gives way; never a mixture, never something left over.

rounds=0
while [ $rounds -lt 5 ]; do
	bpflock --profile restricted --block kcore >/dev/null 2>"$work/one" &
	one=$!
	bpflock --profile privileged --block dev_mem >/dev/null 2>"$work/two" &
	two=$!
	first=0 second=0
	wait $one || first=$?
	wait $two || second=$?
	case "$first $second" in
	"0 0" | "0 7" | "7 0") ok "exit statuses $first and $second" ;;
	*)
		cat "$work/one" "$work/two"
		fail "exit statuses $first and $second"
		;;
	esac
	expect_status '.firing == true and (.profile == "restricted" or .profile == "privileged")'
	expect_denied dev_mem
	profile=$(json_get "$work/status" .profile)
	case $profile in
	restricted) expect_denied kcore ;;
	privileged) expect_allowed kcore ;;
	esac
	expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
	rounds=$((rounds + 1))
done
