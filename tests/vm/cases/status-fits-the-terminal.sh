# kernels: any
# The status begins with the state and the policy, fits the terminal, and ends with a command that works.

printf '[kimglock]\nprofile = restricted\nblock = kexec\n' >/etc/bpflock/bpflock.conf
load
next() { sed -n 's/^ *next: //p' "$work/out"; }
expect_exit 0 bpflock-ctl status
expect_grep '^[*] enforcing \(verified\): restricted, integrity; loaded [0-9]+[sm] ago from /etc/bpflock/bpflock.conf$' "$work/out"
expect_grep '^ *block: kexec  ' "$work/out"
expect_grep '^kexec +deny +0 +0 +0 +0$' "$work/out"
expect_no_grep '^(dev_mem|msr) |^ *(profile|level|generation|proofs): ' "$work/out"
expect_grep '^[0-9]+ more operations: bpflock-ctl status --all$' "$work/out"
expect_equal "$(next)" "bpflock-ctl analyze" "next"
expect_exit 0 bpflock-ctl status --all
expect_grep '^dev_mem +deny ' "$work/out"
expect_grep '^ *enforcement: attached; enforcing \(verified\)$' "$work/out"

expect_denied in_cgroup /a-cgroup-with-a-long-name/below-which-another-one-has-one -- dev_mem
erase='s/\r//; s/\x1b\[[0-9;]*m//g'
for columns in 80 200; do
	row $columns
	pty -- sh -c "stty cols $columns; export TERM=xterm; exec bpflock-ctl status" >"$work/shown"
	expect_grep "$(printf '^\033\\[32m[*] enforcing \\(verified\\)\033\\[0m: ')" "$work/shown"
	sed "$erase" "$work/shown" >"$work/out"
	awk -v columns=$columns 'length($0) > columns { print; wide = 1 } END { exit wide }' "$work/out" || fail "wider than $columns"
	expect_grep '^dev_mem +deny +0 +0 +1 +0' "$work/out"
	expect_grep '^last denials: [0-9:]{8} DENY dev_mem probe' "$work/out"
	command=$(next)
	expect_equal "$command" "bpflock-ctl denials" "next"
	# shellcheck disable=SC2086 # words
	expect_exit 0 $command
done
row plain
expect_exit 0 pty -- sh -c 'stty cols 80; export TERM=xterm; exec bpflock-ctl status --color=never'
expect_no_grep "$(printf '\033')" "$work/out"
