# kernels: any
# What is in force, written to a file, is the same policy when read back.

load --profile restricted --level confidentiality --allow hibernation,@tracing --block kexec --mode audit \
	--log denied --exec-log all
bpflock-ctl policy >"$work/policy"
bpflock-ctl policy --json | jq -S 'del(.sources, .set_at, .generation)' >"$work/before"
expect_exit 0 bpflock-ctl unload
load --config "$work/policy"
bpflock-ctl policy --json | jq -S 'del(.sources, .set_at, .generation)' >"$work/after"
expect_equal "$(cat "$work/after")" "$(cat "$work/before")" "the policy read back"
expect_exit 0 bpflock --config "$work/policy"
expect_grep '^bpflock: unchanged: ' "$work/out"
expect_status '.sources.profile | test("policy:[0-9]+$")'
