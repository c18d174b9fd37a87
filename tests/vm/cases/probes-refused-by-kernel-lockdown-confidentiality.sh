# boot: lockdown=integrity own-guest
# As probes-refused-by-kernel-lockdown-integrity; at this level every probe is refused. It is
# entered here and not at boot, where it would leave tracefs empty; and it cannot be left again,
# so the word above, which nobody reads, keeps other cases out of this guest.

bind_pcmcia
mount -t securityfs securityfs /sys/kernel/security
echo confidentiality >/sys/kernel/security/lockdown
for operation in $(probe --list | awk '{ print $1 }'); do
	expect_denied "$operation"
done
