# kernels: any
# Whole policies, from files, standard input and the configuration.

equal() { bpflock-ctl diff "$@" --json | jq .equal; }

cat >"$work/policy" <<'END'
[kimglock]
profile = baseline
block = kexec
[cgroup "/x"]
profile = restricted
allow = dev_mem
END
mkdir -p /etc/bpflock
printf '[kimglock]\nprofile = privileged\n' >/etc/bpflock/bpflock.conf
load
before=$(generation)
expect_exit 0 bpflock-ctl diff "$work/policy"
expect_grep '^[+]profile = baseline$' "$work/out"
expect_grep '^[+]block = kexec$' "$work/out"
expect_grep '^[+]profile = restricted$' "$work/out"
expect_equal "$(head -n 2 "$work/out" | tr '\n' ' ')" "--- loaded +++ $work/policy " "the sides of diff"
expect_grep '^The [+] side is stricter[.]$' "$work/out"
sed 1,2d "$work/out" >"$work/said"
bpflock-ctl diff "$work/policy" --json >"$work/diff"
expect_json "$work/diff" ".equal == false and .generation == $before and (.changes | map(select(.section
	== \"kimglock\")) == [{section: \"kimglock\", key: \"profile\", old: \"privileged\", new: \"baseline\"},
	{section: \"kimglock\", key: \"block\", old: \"\", new: \"kexec\"}])
	and any(.changes[]; .section == \"cgroup \\\"/x\\\"\" and .key == \"allow\" and .new == \"dev_mem\"
		and (has(\"old\") | not))"
expect_equal "$(equal)" true "diff with the configuration: equal"
change apply "$work/policy" --dry-run
expect_equal "$(sed 1d "$work/out")" "$(cat "$work/said")" "what a dry run would change"
expect_equal "$(generation)" "$before" generation
expect_allowed kexec

expect_exit 0 sh -c "cd '$work' && bpflock-ctl apply policy"
expect_equal "$(sed 1d "$work/out")" "$(cat "$work/said")" "what is changed"
expect_equal "$(generation)" $((before + 1)) generation
expect_denied kexec
expect_denied unshare -n -- dev_mem
expect_denied in_cgroup /x -- ioport
expect_allowed in_cgroup /x -- dev_mem
expect_equal "$(equal "$work/policy")" true "diff with what was applied: equal"
expect_status ".sources.profile == \"$work/policy:2\" and (.sources | has(\"mode\")) and (.set_at | has(\"mode\") | not)"
expect_status '(.set_at.profile | test("^20[0-9-]*T[0-9:]*Z$")) and .cgroups[0].set_at == .set_at.profile'
bpflock-ctl status --all >"$work/shown"
expect_grep "^ +profile: baseline  \($work/policy:2, 20.*Z\)$" "$work/shown"

# What is shown is what is read.
bpflock-ctl policy >"$work/shown"
change apply "$work/shown"
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"
expect_equal "$(equal "$work/shown")" true "diff with what is shown: equal"
expect_exit 0 sh -c 'bpflock-ctl policy | bpflock-ctl apply --stdin'
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"
expect_exit 0 sh -c 'bpflock-ctl policy | bpflock-ctl apply -'
sed 's/^profile = restricted/profile = privileged/' "$work/shown" >"$work/other"
# shellcheck disable=SC2016 # expanded there
expect_exit 0 sh -c 'bpflock-ctl diff - --json <"$0"' "$work/other"
expect_json "$work/out" '.changes == [{section: "cgroup \"/x\"", key: "profile", old: "restricted", new: "privileged"}]'
expect_equal "$(generation)" $((before + 1)) generation

# One list's gain is the other's loss.
change block @modules ioport
expect_grep '^[+]block = unsigned_module, kexec, ioport, unsafe_module_parameters$' "$work/out"
expect_grep '^closes 3 operations to the host without a cgroup rule set: unsigned_module, ioport, ' "$work/out"
change allow ioport,hibernation
expect_status '.block == ["unsigned_module", "kexec", "unsafe_module_parameters"]
	and .allow == ["hibernation", "ioport"]'
expect_status '.sources.block == "bpflock-ctl allow" and .sources.allow == "bpflock-ctl allow"'
expect_denied unsigned_module
expect_allowed unshare -n -- ioport
change block ioport
expect_denied ioport
expect_status '.allow == ["hibernation"]'
now=$(generation)
change block ioport
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"
expect_exit 2 bpflock-ctl block ioprt
expect_grep '"ioprt".*ioport' "$work/err"
expect_equal "$(generation)" "$now" generation
expect_equal "$(bpflock-ctl diff --json | jq '.changes | length > 3')" true "diff with the configuration: many"

# A file with mistakes is refused whole, all of them are told.
printf '[kimglock]\nprofil = privileged\nlevel = integ\n[cgroup "x"]\nprofile = privileged\n' >"$work/bad"
expect_exit 2 bpflock-ctl apply "$work/bad"
expect_grep 'bad:2:.*"profil"' "$work/err"
expect_grep 'bad:3:.*"integ"' "$work/err"
expect_grep 'bad:4:.*"x"' "$work/err"
# shellcheck disable=SC2016 # expanded there
expect_exit 2 sh -c 'bpflock-ctl apply - <"$0"' "$work/bad"
expect_grep 'stdin:2:.*"profil"' "$work/err"
expect_exit 2 bpflock-ctl diff "$work/bad"
expect_exit 2 bpflock-ctl apply "$work/none-there"
expect_exit 2 bpflock-ctl apply
for verb in apply diff check analyze; do
	expect_exit 2 bpflock-ctl $verb "$work/policy" --stdin
done
chmod 666 "$work/policy"
expect_exit 2 bpflock-ctl apply "$work/policy"
expect_grep 'writable by nobody else' "$work/err"
printf '[execsnoop]\ntrace = all\n' >"$work/tracing"
expect_exit 2 bpflock-ctl apply "$work/tracing"
expect_grep 'cannot change exec-log .* without loading: bpflock ' "$work/err"
expect_equal "$(generation)" "$now" generation
expect_denied ioport

# a list is replaced, added to and taken from
change set allow-=hibernation
expect_status '.allow == []'
change set allow+=hibernation,msr --json
expect_json "$work/out" '.changes == [{section: "kimglock", key: "allow", old: "", new: "hibernation, msr"}]
	and .opens == [{to: "containers", operations: ["hibernation", "msr"]}] and .closes == []'
change set allow-=msr allow+=perf block-=ioport block+=ioport
expect_status '.allow == ["hibernation", "perf"] and (.block | index("ioport"))'
change cgroup set /x allow+=msr
expect_grep '^opens 1 operation to everybody in cgroup /x: msr$' "$work/out"
expect_status '.cgroups[0].allow == ["dev_mem", "msr"]'
change cgroup set /x allow-=msr
expect_grep '^closes 1 operation to everybody in cgroup /x: msr$' "$work/out"
change set allow=hibernation
expect_exit 2 bpflock-ctl set profile+=restricted
now=$(generation)

change reset --dry-run
expect_grep '^-profile = restricted$' "$work/out"
expect_grep '^opens [0-9]+ operations to everybody in cgroup /x: ' "$work/out"
expect_denied ioport
change reset
expect_equal "$(generation)" $((now + 1)) generation
expect_allowed ioport
expect_allowed in_cgroup /x unshare -n -- dev_mem
expect_equal "$(equal)" true "diff with the configuration: equal"
change reset
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"
