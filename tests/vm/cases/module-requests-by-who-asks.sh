# timeout: 400
# Under [kmodlock] the kernel loads modules by itself for those that the policy says, by the asker's namespaces and
# not by modprobe's; without it nothing is attached and nothing refused. What is loaded already works for all.

modprobe=$(cat /proc/sys/kernel/modprobe)
echo /bin/modprobe >/proc/sys/kernel/modprobe
away() { unload_modules algif_hash algif_skcipher af_alg dummy binfmt_misc; }
as_container() { unshare -f -p -n "$@"; }
is_loaded() { grep -q "^$1 " /proc/modules || fail "$1 is not loaded"; ok "$1 is loaded"; }
counted() { bpflock-ctl status --json | jq -e "[.operations[] | select(.name == \"module_request\") | .$1] | add"; }

row without
away
expect_exit 0 as_container autoload hash
away
load --profile restricted --level confidentiality
expect_status 'all(.programs[]; .name != "module_request") and .module_requests_enforcing == null and .status == 0'
expect_exit 0 bpftool cgroup show /sys/fs/cgroup
expect_no_grep module_request "$work/out"
expect_exit 0 as_container autoload hash
expect_equal "$(counted allowed)" 0 'requests allowed'
change set block=@all
expect_exit 0 as_container autoload filesystem binfmt_misc
away

row nothing-claims-what-is-not-attached
for words in 'set kmodlock=baseline' 'block module_request' 'cgroup set /c profile=privileged block=module_request' \
	'latch module_request'; do
	# shellcheck disable=SC2086 # words
	expect_exit 2 bpflock-ctl $words
	expect_grep 'module_request: cannot be used: bpflock was loaded with a policy that does not name it' "$work/err"
	expect_grep 'hint: bpflock --kmodlock privileged$' "$work/err"
	expect_grep 'nothing was changed' "$work/err"
done
printf '[kmodlock]\nprofile = baseline\n' >"$work/policy"
expect_exit 2 bpflock-ctl apply "$work/policy"
expect_status '.kmodlock == "off" and .latched == []'
load --kmodlock privileged
change set kmodlock=baseline
expect_status '.kmodlock == "baseline" and .module_requests_enforcing == true and .status == 0'

row privileged-allows-and-logs
load --kmodlock privileged
expect_status '.module_requests_enforcing and any(.programs[]; .name == "module_request" and .attached)'
expect_exit 0 as_container autoload hash
is_loaded algif_hash
expect_record '.operation == "module_request" and .module == "net-pf-38" and .decision == "allow" and .comm == "autoload"'
expect_record '.operation == "module_request" and .module == "algif-hash" and .decision == "allow"'
expect_no_record '.module == "fs-bpflock-proof"'
away

row baseline-refuses-containers
load --kmodlock baseline
expect_status '.state == "enforcing" and .status == 0 and .profile == "privileged"'
expect_exit 1 as_container autoload hash
expect_grep 'Address family not supported by protocol' "$work/err"
expect_exit 1 unshare -n autoload hash
expect_exit 1 unshare -f -p autoload hash
expect_record '.operation == "module_request" and .module == "net-pf-38" and .decision == "deny" and .reason == "denied (baseline)"'
! grep -q ^af_alg /proc/modules || fail "the module was loaded"
expect_exit 1 as_container autoload filesystem binfmt_misc
expect_exit 1 as_container unshare -m sh -c 'mount -t binfmt_misc none /tmp || exit 1'
expect_record '.module == "fs-binfmt_misc" and .decision == "deny"'
expect_exit 1 as_container sh -c 'ip link add d0 type dummy || exit 1'
expect_record '.module == "rtnl-link-dummy" and .decision == "deny"'
expect_exit 1 as_container autoload family 9
expect_record '.module == "net-pf-9" and .decision == "deny"'
# the host
expect_exit 0 autoload hash
is_loaded algif_hash
expect_exit 0 autoload filesystem binfmt_misc
is_loaded binfmt_misc
expect_exit 0 ip link add d0 type dummy
ip link del d0
is_loaded dummy
# loaded already: nobody asks
before=$(counted denied)
expect_exit 0 as_container autoload hash
expect_exit 0 as_container autoload filesystem binfmt_misc
expect_exit 0 as_container ip link add d0 type dummy
expect_equal "$(counted denied)" "$before" 'requests denied'
away

row other-aliases-are-other-questions
records
nines=$(jq -s 'map(select(.module == "net-pf-9") | .count) | add' "$work/records")
load --kmodlock baseline --coalesce 1h
expect_exit 1 as_container autoload family 9 family 20 family 9 family 20 family 9
records
count_of() { jq -s "map(select(.module == \"$1\") | .count) | add" "$work/records"; }
before=$nines
nines=$(count_of net-pf-9)
expect_equal $((nines - before)) 3 'requests for net-pf-9'
expect_equal "$(count_of net-pf-20)" 2 'requests for net-pf-20'
expect_record '.module == "net-pf-9" and .count == 2'
expect_status '.totals.decisions == .totals.emitted + .totals.coalesced + .totals.dropped + .totals.unlogged'

row restricted-block-and-lists
load --kmodlock restricted
expect_exit 1 autoload hash
change set kmodlock=off block+=module_request
expect_exit 1 autoload hash
expect_record '.operation == "module_request" and .reason == "denied (block)"'
change set block= kmodlock=restricted allow=module_request
expect_exit 0 autoload hash
away
change set allow= kmodlock=baseline mode=audit
expect_exit 0 as_container autoload hash
expect_record '.operation == "module_request" and .decision == "audit"'
away

row cgroups-grants-and-the-latch
load --kmodlock baseline
change cgroup set /c profile=privileged
expect_exit 0 in_cgroup /c unshare -f -p -n autoload hash
away
change cgroup set /c kmodlock=restricted
expect_exit 1 in_cgroup /c autoload hash
expect_record '.operation == "module_request" and .reason == "denied (cgroup)"'
change cgroup delete /c
change grant module_request --host --for 1h
expect_exit 0 as_container autoload hash
expect_record '.operation == "module_request" and .why == "grant"'
away
change revoke --all
expect_exit 1 as_container autoload hash
expect_exit 0 bpflock-ctl explain module_request --cgroup /
expect_grep '^ *because: kmodlock is baseline \(--kmodlock, ' "$work/out"
expect_exit 0 bpflock-ctl denials -n 1
expect_grep '^ *because: kmodlock is baseline \(--kmodlock, ' "$work/out"
expect_exit 0 bpflock-ctl denials --json
expect_json "$work/out" '.denials[0] | .operation == "module_request" and (.source | startswith("--kmodlock, "))'
change latch module_request
expect_exit 1 autoload hash
expect_status '.latched == ["module_request"]'
load --profile privileged
expect_exit 1 autoload hash
expect_status '.status == 0 and .state == "enforcing" and .module_requests_enforcing'

change unload
expect_exit 0 as_container autoload hash
away
echo "$modprobe" >/proc/sys/kernel/modprobe
