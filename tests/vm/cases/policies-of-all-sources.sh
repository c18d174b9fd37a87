# kernels: any
# Options, files and the environment, groups and the original's names.

row dry-run-changes-nothing
load --profile privileged --dry-run
expect_nothing_pinned
load --profile restricted --dry-run --json
expect_json "$work/out" .dry_run
expect_allowed dev_mem
load --profile privileged
before=$(generation)
load --profile restricted --dry-run
expect_exit 0 bpflock-ctl unload --dry-run
expect_equal "$(generation)" "$before" generation
expect_allowed dev_mem

row same-policy-twice-says-so
load --profile baseline --block kexec
before=$(generation)
load --profile baseline --block kexec
expect_grep '^bpflock: unchanged: ' "$work/out"
expect_equal "$(generation)" "$before" generation
load --profile baseline --block kexec,ioport
expect_no_grep ': unchanged: ' "$work/out"
expect_equal "$(generation)" $((before + 1)) generation

row groups-in-lists
load --profile privileged --block @image,ioport
expect_denied kexec
expect_denied hibernation
expect_denied ioport
expect_allowed dev_mem
load --profile restricted --allow @image
expect_allowed kexec
expect_allowed hibernation
expect_denied dev_mem
load --profile privileged --block @all
expect_denied kcore
expect_denied dev_mem
expect_exit 0 bpflock-ctl operations
for group in modules memory image hardware bpf tracing debugger integrity confidentiality all; do
	expect_grep "@$group" "$work/out"
done

# all twelve of the original, reachable on this machine or not
row original-parameter-names
load --profile privileged --block unsigned_module,unsafe_module_parameters,dev_mem,kexec,hibernation,pci_access,ioport,msr,mmiotrace,debugfs,xmon_rw,bpf_write
for operation in unsigned_module unsafe_module_parameters dev_mem kexec hibernation pci_access ioport \
	msr debugfs bpf_write; do
	expect_denied $operation
done
# xmon_rw was documented as write access to xmon, which is another reason today.
for operation in mmiotrace xmon_rw xmon_wr; do
	expect_status "any(.operations[]; .name == \"$operation\" and .decision == \"deny\")"
done
expect_allowed tiocsserial

# files, drop-ins, environment and command line, each over the one before
row config-file-is-read
mkdir -p /etc/bpflock/bpflock.conf.d
printf '[kimglock]\nprofile = restricted\nblock = kcore\n' >/etc/bpflock/bpflock.conf
load
expect_denied dev_mem
expect_denied kcore
printf '[kimglock]\nprofile = baseline\n' >/etc/bpflock/bpflock.conf.d/10-test.conf
# the date is that of the change, so another load leaves it
set_at=$(bpflock-ctl status --json | jq -r .set_at.block)
sleep 1.1
load
# and says what it changed
expect_grep '^[+]profile = baseline$' "$work/out"
expect_grep '^opens [0-9]+ operations to the host: ' "$work/out"
expect_status ".set_at.block == \"$set_at\" and .set_at.profile > \"$set_at\""
expect_allowed dev_mem
expect_denied unshare -n -- dev_mem
expect_denied kcore
load --dry-run --json
expect_json "$work/out" '.changes == [] and .opens == [] and .closes == []'
cp /etc/bpflock/bpflock.conf "$work/mine.conf"
expect_exit 0 sh -c "cd '$work' && bpflock --config mine.conf"
expect_status ".sources.profile == \"$work/mine.conf:2\""
load
load --profile privileged
expect_allowed unshare -n -- dev_mem
export BPFLOCK_KIMGLOCK_PROFILE=restricted
load
expect_denied dev_mem
load --profile privileged
expect_allowed dev_mem
