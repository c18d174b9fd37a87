# kernels: any
# ends: sealed
# A line on a terminal shows that something goes on, and is erased at the end; a pipe gets nothing of that.

erase=$(printf '\r\033\\[K')
at_terminal() { pty -- sh -c "stty cols 80; export TERM=xterm; $1"; }
load --profile restricted
expect_denied dev_mem
printf '[kimglock]\nprofile = privileged\n' >"$work/policy"
bpflock-log show -o json | grep dev_mem >"$work/record"
# a log that takes longer than a second to come
slowly="awk '{ for (i = 0; i < 2000; i++) { if (i == 1000) { fflush(); system(\"sleep 2\") } print } }' $work/record"

row replay
expect_exit 0 sh -c "$slowly | bpflock-ctl replay $work/policy -"
expect_equal "$(cat "$work/err")" "" "standard error of a pipe"
expect_exit 0 at_terminal "$slowly | bpflock-ctl replay $work/policy -"
expect_grep "${erase}bpflock-ctl: replay: [0-9]+ records, [0-9]+ s.*${erase}" "$work/out"

row seal
expect_exit 0 at_terminal 'exec bpflock-ctl seal --yes'
expect_grep "${erase}bpflock-ctl: seal: [0-9]+ s.*${erase}bpflock-ctl: sealed, until reboot" "$work/out"
