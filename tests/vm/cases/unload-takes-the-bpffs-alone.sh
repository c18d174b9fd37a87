# Who can end a policy that is not sealed: root of the host, also without any capability, by the bpffs; and a container with
# all of them. The manual says so (SECURITY), and what keeps them from it: being another user, also as root of a user namespace.
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all"
no_capabilities="setpriv --bounding-set=-all --inh-caps=-all"
container="unshare -m -n -p -f --mount-proc"

# shellcheck disable=SC2086 # words
{
	load --profile restricted
	expect_exit 4 $nobody bpflock-ctl unload
	expect_exit 4 setpriv --reuid 65534 --regid 65534 --clear-groups unshare -U -r bpflock-ctl unload
	expect_grep 'initial user namespace' "$work/err"
	expect_no_grep 'run it as root' "$work/err"
	expect_denied dev_mem
	expect_exit 0 $no_capabilities bpflock-ctl unload
	until_true probe dev_mem
	expect_nothing_pinned

	load --profile restricted
	expect_exit 0 $container bpflock-ctl unload
	until_true probe dev_mem
	expect_nothing_pinned

	# a container has no bpffs of the host's by itself, but with CAP_SYS_ADMIN objects by their ids
	load --profile restricted
	expect_exit 0 $container sh -c 'umount -l /sys/fs/bpf && bpflock-ctl unload'
	until_true probe dev_mem
	bpflock-ctl unload
	load --profile restricted
	$container $no_capabilities sh -c 'umount -l /sys/fs/bpf && bpflock-ctl unload' || :
	expect_denied dev_mem
}
