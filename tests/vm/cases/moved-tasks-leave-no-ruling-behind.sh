# boot: preempt=full
# timeout: 300
# A task that is moved between two cgroups in the middle of a decision does not have the ruling of one remembered
# under the id of the other: whoever asks next from there gets the right answer.

printf '[kimglock]\nprofile = privileged\nlog = none\n[cgroup "/denied"]\nprofile = restricted\n' >"$work/conf"
for n in 1 2 3 4 5 6; do
	printf '[cgroup "/other/%d"]\nprofile = baseline\n[cgroup "/other/%d/deep/er"]\nprofile = baseline\n' $n $n
done >>"$work/conf"
load --config "$work/conf"
mkdir -p /sys/fs/cgroup/denied /sys/fs/cgroup/allowed /sys/fs/cgroup/third/of/them

movers=""
mover_on() { # CPU FROM TO ROUNDS ANSWER
	mover "$1" "/sys/fs/cgroup/$2" "/sys/fs/cgroup/$3" /sys/fs/cgroup/third/of/them "$4" "$5" >"$work/mover.$1" &
	movers="$movers $!"
}
mover_on 0 denied allowed 4000 denied
mover_on 1 allowed denied 4000 allowed
status=0
for mover in $movers; do wait "$mover" || status=$?; done
cat "$work"/mover.*
for cpu in 0 1; do expect_grep '^asked=[1-9][0-9]{3,} wrong=0$' "$work/mover.$cpu"; done
expect_equal $status 0 "the status of both"
