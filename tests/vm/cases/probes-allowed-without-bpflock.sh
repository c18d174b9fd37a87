# Positive control for every denial in this suite: with nothing loaded, each trigger succeeds.

bind_pcmcia
for operation in $(probe --list | awk '{ print $1 }'); do
	expect_allowed "$operation"
done
