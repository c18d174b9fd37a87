# timeout: 600
# Each bpf(2), mkdir, rename and mount of a replacement fails once. The old policy or the new one holds, the
# exit status says which, and the next run needs no help.

load --profile restricted
failures=0
try_failing() { # SYSCALL ERROR NUMBER
	status=0
	strace -qq -o "$work/strace" -e "trace=$1" -e "inject=$1:error=$2:when=$3" \
		bpflock --profile privileged --block dev_mem --exec-snoop "$snoop" \
		>"$work/out" 2>"$work/err" || status=$?
	probe dev_mem 2>/dev/null && fail "dev_mem is allowed after $1 number $3 failed with $2"
	case $status in
	0) ;;
	1 | 5 | 6)
		failures=$((failures + 1))
		[ -s "$work/err" ] || fail "$1 number $3: exit status $status without a word"
		;;
	*) fail "$1 number $3: exit status $status: $(cat "$work/err")" ;;
	esac
	# back to the start, over whatever was left
	bpflock --profile restricted --exec-snoop none >/dev/null || fail "no way back after $1 number $3"
	[ "$(ls /sys/fs/bpf)" = bpflock ] || fail "after $1 number $3 left: $(ls /sys/fs/bpf)"
}

snoop=none
number=1
while [ $number -le 12 ]; do
	try_failing bpf ENOMEM $number
	number=$((number + 1))
done
snoop=all
number=1
while [ $number -le 108 ]; do
	try_failing bpf EPERM $number
	number=$((number + 8))
done
for number in 1 2 3 4; do
	try_failing mkdir ENOSPC $number
done
try_failing renameat2 EINTR 1
[ $failures -ge 15 ] || fail "only $failures of the injected failures were noticed"
ok "$failures injected failures, the old policy held in each"
