# shellcheck shell=dash
# shellcheck disable=SC2154 # shared with lib.sh
# Sourced by the cases about seals. The policy they are about: the host restricted, the cgroup /g not.

load_for_seal() {
	load --profile restricted "$@"
	mkdir -p /sys/fs/cgroup/g /sys/fs/cgroup/h
	change cgroup set /g profile=privileged
	start_task in-g in_cgroup /g
}

# Two decisions that nothing but this policy makes.
holds() {
	! probe dev_mem 2>/dev/null || fail "dev_mem is allowed after: $*"
	ask in-g 'probe dev_mem 2>/dev/null'
	[ "$answer" = 0 ] || fail "in /g dev_mem is denied after: $*"
	checks=$((checks + 1))
}

# try STATUS COMMAND...; 0 is done, 1 refused, and - anything but done.
try() {
	expected=$1 status=0
	shift
	"$@" >"$work/out" 2>&1 || status=$?
	if [ "$expected" = - ]; then
		[ $status -ne 0 ] || fail "done: $*"
	else
		[ $status -eq "$expected" ] || fail "status $status: $*: $(cat "$work/out")"
	fi
	ok "$*: $(tail -n 1 "$work/out")"
}

# Unsealed: what the seal is to refuse can be done.
worked() { try 0 attack "$@"; }

# The guards' refusals are counted, see expect_attempts.
counted=0
refused() {
	try 1 attack "$@"
	counted=$((counted + 1))
	holds "$*"
}

refused_command() {
	try - "$@"
	counted=$((counted + 1))
	holds "$*"
}

# Refused by the kernel without the guards, or not found: of the maps of a sealed set nobody is told.
withstood() {
	try - attack "$@"
	holds "$*"
}

harmless() {
	"$@" >"$work/out" 2>&1 || :
	ok "harmless: $*: $(tail -n 1 "$work/out")"
	holds "$*"
}

# Each refusal since the last time is an attempt at least, and it is still sealed for certain.
expect_attempts() {
	expect_status ".enforcing and .sealed.proven and .status == 0 and .tamper_events.attempts >= ${attempts:-0} + $counted"
	attempts=$(jq .tamper_events.attempts "$work/status")
	counted=0
}

bpf_ids() { bpftool -j "$1" show | jq -r ".[] | select($2).id"; }
map_of() { bpftool -j map show pinned "/sys/fs/bpf/bpflock/$1" | jq .id; }
