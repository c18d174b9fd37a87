# kernels: any
# timeout: 240
# A rule set that is like the host's begins with it, has keys of its own, and follows each change of the host's in the
# same step. One that inherits nothing stays as it is.

row own-keys-change-it
load --profile restricted --block kexec --allow msr
expect_exit 2 bpflock-ctl cgroup set /x like=hots
expect_grep 'unknown like "hots": did you mean "host"\?' "$work/err"
expect_exit 2 bpflock-ctl cgroup set /x like=
expect_grep 'empty like: write "like = host"' "$work/err"
expect_exit 2 bpflock-ctl cgroup set /x like=host like=host
expect_grep '"like" is given twice' "$work/err"
expect_exit 2 bpflock-ctl set like=host
expect_grep '"like" is a key of cgroups: bpflock-ctl cgroup set PATH like=host' "$work/err"
expect_status '.cgroups == []'
change cgroup set /x like=host allow=dev_mem,kexec
expect_grep '^[+]like = host$' "$work/out"
expect_grep 'opens 2 operations to everybody in cgroup /x: .*dev_mem' "$work/out"
expect_no_grep 'no profile is set' "$work/err"
change cgroup set /whole profile=restricted allow=dev_mem
expect_allowed in_cgroup /x -- dev_mem
expect_allowed in_cgroup /x -- kexec
expect_allowed in_cgroup /x/below -- msr
expect_denied in_cgroup /x -- ioport
expect_allowed in_cgroup /whole -- dev_mem
expect_denied in_cgroup /whole -- msr
expect_denied dev_mem
expect_denied kexec

row it-is-shown-as-asked-for-and-as-it-results
expect_exit 0 bpflock-ctl cgroup list
expect_grep '^CGROUP +STATE +RULE SET +SET BY +SINCE$' "$work/out"
expect_grep '^/x +[a-z]+ +like = host; allow = dev_mem, kexec [(]results in: profile = restricted; allow = dev_mem, kexec, msr[)] +bpflock-ctl cgroup set +20' "$work/out"
bpflock-ctl cgroup list --json >"$work/list"
expect_json "$work/list" '.cgroups[] | select(.path == "/x") | .like == "host" and .own == {"allow": ["dev_mem", "kexec"]}
	and .profile == "restricted" and .allow == ["dev_mem", "kexec", "msr"] and .block == []'
expect_json "$work/list" '.cgroups[] | select(.path == "/whole") | has("like") or has("own") | not'
expect_exit 0 bpflock-ctl status
expect_grep '^ *cgroups: 2 with rule sets of their own \(1 like the host.s\)' "$work/out"
expect_status '.cgroups[] | select(.path == "/x") | .like == "host"'
expect_exit 0 bpflock-ctl explain msr --cgroup /x
expect_grep 'rule set: /x: like = host; allow = dev_mem, kexec$' "$work/out"
expect_grep 'because: it is in the list allow \(--allow.*\), as for the host$' "$work/out"
expect_exit 0 bpflock-ctl explain kexec --cgroup /x
expect_grep 'because: it is in the list allow \(bpflock-ctl cgroup set, .*\)$' "$work/out"
expect_exit 0 bpflock-ctl explain ioport --cgroup /x --json
expect_json "$work/out" '.decision == "deny" and .rule.like == "host" and .why == "profile"'
bpflock-ctl policy >"$work/shown"
expect_grep '^like = host$' "$work/shown"
expect_grep '^# results in: profile = restricted; allow = dev_mem, kexec, msr$' "$work/shown"
expect_exit 0 bpflock-ctl diff "$work/shown"
expect_grep 'no difference' "$work/out"
expect_exit 0 bpflock-ctl check "$work/shown"
expect_grep '^cgroup /x: like = host; allow = dev_mem, kexec: results in: profile = restricted;' "$work/out"
expect_exit 0 bpflock-ctl check "$work/shown" --json
expect_json "$work/out" '.cgroups[] | select(.path == "/x") | .like == "host"'
printf '[cgroup "/x"]\nallow = ioport\n' >"$work/other"
expect_exit 0 bpflock-ctl diff "$work/other"
expect_grep '^-like = host$' "$work/out"

row it-follows-each-change-of-the-hosts
change block msr,ioport
expect_grep 'closes 1 operation to everybody in cgroup /x: msr' "$work/out"
expect_denied in_cgroup /x -- msr
expect_allowed in_cgroup /x -- dev_mem
change allow ioport
expect_allowed in_cgroup /x -- ioport
expect_denied in_cgroup /whole -- ioport
change set profile=privileged block=hibernation allow=
expect_allowed in_cgroup /x -- msr
expect_denied in_cgroup /x -- hibernation
expect_denied in_cgroup /whole -- msr
# its own keys are still its own
change set profile=restricted block=
change cgroup set /x allow-=kexec
expect_denied in_cgroup /x -- kexec
expect_allowed in_cgroup /x -- dev_mem
change cgroup set /x profile=privileged
expect_allowed in_cgroup /x -- kexec
change set level=confidentiality mode=audit
expect_status '.cgroups[] | select(.path == "/x") | .level == "confidentiality" and .mode == "audit" and .profile == "privileged"
	and .own.profile == "privileged" and (.own | has("level") | not)'
expect_status '.cgroups[] | select(.path == "/whole") | .level == "integrity" and .mode == "enforce"'
change set mode=enforce
change latch dev_mem
expect_denied in_cgroup /x -- dev_mem

row a-trial-and-its-end
change cgroup set /x like=host
printf '[kimglock]\nprofile = baseline\nblock = tracefs\n[cgroup "/x"]\nlike = host\n' >"$work/trial"
expect_allowed in_cgroup /x -- tracefs
change apply "$work/trial" --for 1h
expect_denied in_cgroup /x -- tracefs
expect_allowed in_cgroup /x -- ioport
change apply --revert
expect_allowed in_cgroup /x -- tracefs

row a-load-and-reset-take-it-along
change cgroup delete --all
change cgroup set /x like=host allow=ioport
load --profile restricted --block kcore
expect_allowed in_cgroup /x -- ioport
expect_denied in_cgroup /x -- kcore
expect_denied in_cgroup /x -- msr
load --profile privileged
expect_allowed in_cgroup /x -- kcore
mkdir -p /etc/bpflock
printf '[cgroup "/x"]\nlike = host\nallow = ioport\n[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
change reset
expect_allowed in_cgroup /x -- ioport
expect_denied in_cgroup /x -- msr
rm -r /etc/bpflock

# One that asks without an end: while the host changes to and fro, no answer is of a mixture.
row no-moment-between
change set profile=restricted block=
change cgroup set /x like=host
in_cgroup /x nice -n 19 probe --hammer msr 600 1000 >"$work/hammer" &
hammer=$!
rounds=0
while [ $rounds -lt 10 ]; do
	bpflock-ctl set profile=privileged block=msr >/dev/null
	bpflock-ctl set profile=restricted block= >/dev/null
	rounds=$((rounds + 1))
done
kill -TERM "$(pidof probe)"
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
# the very next answer after the host has got a block
change set profile=privileged block=
expect_allowed in_cgroup /x -- msr
change block msr
expect_denied in_cgroup /x -- msr
