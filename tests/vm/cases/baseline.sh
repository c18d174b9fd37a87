# places: trixie-cloud-amd64 trixie-rt-amd64
# kernels: bookworm trixie sid trixie-arm64 sid-arm64
# The host is allowed, and what is in another pid or net namespace denied; one of either is enough. The original asked for
# both.

row denies-other-pidns
expect_allowed unshare -f -p -- dev_mem
expect_allowed unshare -n -- dev_mem
expect_exit 0 unshare -f -p -n head -c "$(mem_bytes)" /dev/mem
load --profile baseline
expect_denied unshare -f -p -- dev_mem
expect_record '.operation == "dev_mem" and .decision == "deny" and .retval == -1
	and .reason == "denied (baseline)"'

row allows-host
expect_exit 0 head -c "$(mem_bytes)" /dev/mem
on_arm || expect_allowed ioport
expect_record '.operation == "dev_mem" and .decision == "allow" and .retval == 0
	and .reason == "allow (baseline)"'
records
expect_equal "$(jq -s 'map(select(.decision == "deny")) | length' "$work/records")" 1 "denials: the one before"

row denies-other-netns
expect_denied unshare -n -- dev_mem
records
expect_equal "$(jq -s 'map(select(.decision == "deny" and .retval == -1 and .reason == "denied (baseline)")) | length' \
	"$work/records")" 2 "denials"
expect_allowed dev_mem

# the original's second story, word for word
row denies-both
expect_exit 0 head -c "$(mem_bytes)" /dev/mem
expect_exit 1 unshare -f -p -n head -c "$(mem_bytes)" /dev/mem
expect_grep 'Operation not permitted' "$work/err"
bpflock-log show -o classic >"$work/classic"
expect_grep 'operation=/dev/mem,kmem,port .*comm=head .*retval=-1 reason=denied \(baseline\)" bpfprog=kimglock' "$work/classic"

# from a child pid namespace back into the host's net namespace: that is still not the host
row denies-after-joining-the-hosts-netns
expect_allowed nsenter --net=/proc/1/ns/net -- dev_mem
expect_denied unshare -f -p -- nsenter --net=/proc/1/ns/net dev_mem

# unshare -p without a fork stays in its pid namespace: only its children are in the new one, the host for all that
# anybody can tell. The net namespace changes at once.
row ignores-namespaces-for-children
expect_allowed unshare -p -- dev_mem
expect_denied unshare -p -n -- dev_mem
