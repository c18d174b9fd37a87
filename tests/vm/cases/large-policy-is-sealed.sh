# kernels: any
# run: places
# timeout: 600
# ends: sealed
# A seal keeps both banks of a large policy, of both sides of a trial, and ends grants there.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

generate() { # PROFILE
	printf '[kimglock]\nprofile = restricted\n[cgroup "/like"]\nlike = host\nallow = dev_mem\n'
	awk -v profile="$1" 'BEGIN { for (i = 0; i < 300; i++)
		printf "[cgroup \"/many/%d\"]\nprofile = %s\n", i, i == 7 ? "privileged" : profile }'
}

load_for_seal
generate privileged >"$work/many"
change apply "$work/many"
expect_allowed in_cgroup /many/7 -- dev_mem
change cgroup delete /many/7
change grant dev_mem --cgroup /many/6 --for 1h
generate restricted >"$work/trial"
change apply --for 1h "$work/trial"
change cgroup delete /many/7
change cgroup set /many/5 profile=baseline
change seal --yes
expect_status '.sealed.proven and .status == 0 and (.cgroups | length == 301)'
holds 'a sealed large policy'
expect_allowed in_cgroup /like -- dev_mem
expect_allowed in_cgroup /many/5 -- dev_mem
expect_denied in_cgroup /many/5 unshare -n -- dev_mem
expect_allowed in_cgroup /many/6 -- dev_mem
expect_denied in_cgroup /many/7 -- dev_mem
expect_denied in_cgroup /many/8 -- dev_mem
expect_exit 4 bpflock-ctl cgroup set /many/9 profile=privileged
change revoke --all
expect_denied in_cgroup /many/6 -- dev_mem
change apply --confirm
expect_denied in_cgroup /many/9 -- dev_mem
expect_status '.sealed.proven and .status == 0 and .grants == []'
holds 'the end of a grant'
