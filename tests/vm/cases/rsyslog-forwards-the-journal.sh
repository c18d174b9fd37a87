# run: places
# kernels: any
# root: systemd
# timeout: 400
# rsyslog writes what the example of bpflock-log(8) takes from the journal: each denial in a line of its own, whatever
# the name of the process, and nothing that another service claims.
before_boot() {
	systemd-sysusers
}
export patience=120
rsyslog=/vm/shippers/rsyslog denied=/var/log/bpflock-denied.log

# The block of the page, without the backslashes of its source.
sed -n '/^module(load="imjournal"/,/^```$/p' /vm/source/man/bpflock-log.8.scd | sed -e '/^```$/d' -e 's/\\\\/\\/g' >"$work/example"
expect_grep 'imjournal' "$work/example"
{ echo "global(workDirectory=\"$work\")" && cat "$work/example"; } >"$work/rsyslog.conf"
LD_LIBRARY_PATH=$(echo $rsyslog/usr/lib/*-linux-gnu)
RSYSLOG_MODDIR=$LD_LIBRARY_PATH/rsyslog
daemon() { LD_LIBRARY_PATH=$LD_LIBRARY_PATH RSYSLOG_MODDIR=$RSYSLOG_MODDIR exec $rsyslog/usr/sbin/rsyslogd "$@"; }

load --profile restricted
expect_exit 0 systemctl start bpflock-log.service
daemon -n -f "$work/rsyslog.conf" -i "$work/pid" &
pid=$!

# a name with a line of its own in it, short enough to be kept whole
cp "$(command -v probe)" "$work/$(printf 'x\nT dev_mem')"
printf 'BPFLOCK_DECISION=deny\nBPFLOCK_TIME=T\nBPFLOCK_OPERATION=forged\nBPFLOCK_COMM=logger\nMESSAGE=forged\n' | logger --journald
expect_exit 1 "$work/$(printf 'x\nT dev_mem')" dev_mem
expect_denied msr
until_true grep -q ' msr "\?probe"\?$' $denied
cat $denied
expect_no_grep 'forged' $denied
expect_equal "$(wc -l <$denied)" 2 lines
expect_equal "$(cut -d ' ' -f 2,3 $denied | tr '\n' ,)" 'dev_mem x\nT,msr probe,' 'operations and names'
kill $pid
wait $pid || :
expect_exit 0 systemctl stop bpflock-log.service
rm -f $denied
