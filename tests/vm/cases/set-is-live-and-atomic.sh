# places: trixie-cloud-amd64 trixie-rt-amd64
# kernels: bookworm trixie sid trixie-arm64 sid-arm64
load --profile privileged
expect_allowed dev_mem
before=$(generation)
expect_exit 0 bpflock-ctl set profile=restricted block=kcore
expect_equal "$(generation)" $((before + 1)) generation
expect_denied dev_mem
expect_denied kcore
expect_exit 0 bpflock-ctl set --dry-run profile=privileged block=
expect_equal "$(generation)" $((before + 1)) generation
expect_denied dev_mem

# Each of the two denies dev_mem, half of one and half of the other would not.
probe --hammer dev_mem 600 >"$work/hammer" &
hammer=$!
rounds=0
while [ $rounds -lt 10 ]; do
	bpflock-ctl set profile=privileged block=dev_mem >/dev/null
	bpflock-ctl set profile=restricted block= >/dev/null
	rounds=$((rounds + 1))
done
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
expect_equal "$(generation)" $((before + 21)) generation

expect_exit 0 bpflock-ctl set profile=privileged
expect_allowed dev_mem
expect_allowed kcore
