# kernels: any
# A report has what helps, also where things are broken, and neither records nor reasons.
part() { sed -n "/^== $1 ==\$/,/^== /p" "$work/report" >"$work/part"; }

printf '[kimglock]\nprofile = restricted\nallow = hibernation\n' >/etc/bpflock/bpflock.conf
load
# what would colour the terminal that prints the report
printf '# \033[31m comment\n' >>/etc/bpflock/bpflock.conf
change grant kexec --host --for 1h --comment ticket-4711
cp "$(command -v probe)" "$work/visitor"
expect_exit 1 "$work/visitor" dev_mem
expect_record '.operation == "dev_mem" and .comm == "visitor"'
records
before=$(wc -l <"$work/records")
expect_exit 0 bpflock-ctl bugreport "$work/report"
expect_equal "$(stat -c %a "$work/report")" 600 mode
for device in null stdout; do
	expect_exit 1 bpflock-ctl bugreport /dev/$device
	expect_grep "/dev/$device: cannot write: not a regular file: leave out the name" "$work/err"
done
[ -c /dev/null ] || fail "/dev/null is a device no more"
expect_no_grep 'ticket|visitor' "$work/report"
expect_no_grep "$(printf '\033')" "$work/report"
part versions
expect_grep '^bpflock 0' "$work/part"
expect_grep '^bpflock-log 0' "$work/part"
part kernel
expect_grep '^lsm: .*bpf' "$work/part"
expect_grep '^command line: .*console=\.\.\. ' "$work/part"
part status
expect_grep 'enforcement: attached; enforcing \(verified\)' "$work/part"
expect_grep "^dev_mem +deny +0 +0 +1 +0$" "$work/part"
part pins
expect_grep ' 0:0 /sys/fs/bpf/bpflock/links/locked_down$' "$work/part"
part 'policy files'
expect_grep '^# .x1b.31m comment$' "$work/part"
part units
expect_grep '^systemctl: No such file' "$work/part"
# nothing was taken from the ring, and the policy is the same
records
[ "$(wc -l <"$work/records")" -ge "$before" ] || fail "records are gone"
expect_equal "$(generation)" 2 generation

# mistakes in a policy, and pins that are damaged
sed -i '$s/.*/profil = baseline/' /etc/bpflock/bpflock.conf
rm /sys/fs/bpf/bpflock/maps/counters
expect_exit 0 bpflock-ctl bugreport
cp "$work/out" "$work/report"
part check
expect_grep 'bpflock.conf:4:1: unknown key' "$work/part"
expect_grep '^\[exit status 2\]$' "$work/part"
part status
expect_grep '^\[exit status 6\]$' "$work/part"
