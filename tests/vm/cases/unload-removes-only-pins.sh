# kernels: any
# A directory that is no bpffs is none of ours, whatever it holds.

mkdir -p /tmp/d/bpflock/maps
echo precious >/tmp/d/bpflock/maps/europe
expect_exit 0 bpflock-ctl --bpffs /tmp/d unload
expect_grep 'nothing is loaded' "$work/out"
expect_exit 3 bpflock-ctl --bpffs /tmp/d status
expect_equal "$(cat /tmp/d/bpflock/maps/europe)" precious "what the file holds"
expect_exit 5 bpflock --bpffs /tmp/d --profile restricted
expect_equal "$(cat /tmp/d/bpflock/maps/europe)" precious "what the file holds"
for program in "bpflock" "bpflock-ctl status" "bpflock-log show"; do
	# shellcheck disable=SC2086 # words
	expect_exit 2 $program --bpffs ''
done

# pins below another bpffs: nobody claims that nothing is enforced, and unloading ends it from wherever
mkdir /tmp/b
mount -t bpf bpf /tmp/b
load --bpffs /tmp/b --profile restricted
expect_exit 6 bpflock-ctl status
expect_grep 'pins are missing or hidden' "$work/err"
expect_exit 0 bpflock-ctl --bpffs /tmp/b status
expect_exit 0 bpflock-ctl unload --dry-run
expect_denied dev_mem
expect_exit 0 bpflock-ctl unload
expect_grep "is detached too" "$work/err"
expect_allowed dev_mem
expect_exit 3 bpflock-ctl status
expect_exit 6 bpflock-ctl --bpffs /tmp/b status
expect_exit 0 bpflock-ctl --bpffs /tmp/b unload
expect_exit 3 bpflock-ctl --bpffs /tmp/b status
