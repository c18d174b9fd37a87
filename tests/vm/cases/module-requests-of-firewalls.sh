# timeout: 200
# A container that sets up a firewall has the kernel load modules. Under kmodlock = baseline nft and iptables fail there, and
# work again with the rule set of its cgroup that allows them. It is these programs as Debian has them.

modprobe=$(cat /proc/sys/kernel/modprobe)
echo /bin/modprobe >/proc/sys/kernel/modprobe
export PATH="/vm/firewall/:$PATH"
cat >"$work/rules" <<'END'
table ip t {
	chain c {
		type nat hook postrouting priority 100;
		ct state established accept
		masquerade
	}
}
END
contained() { in_cgroup "$1" unshare -f -p -n "$2" "$3" "$4"; }
has() { grep -q "^$1 " /proc/modules; }

! has nf_tables || fail 'nf_tables is loaded before anything has asked for it'
load --kmodlock baseline
expect_exit 1 contained /other sh -c "nft -f $work/rules || exit 1"
expect_exit 1 contained /other sh -c 'iptables -t nat -A POSTROUTING -j MASQUERADE || exit 1'
! has nf_tables || fail 'nf_tables was loaded'
expect_record '.operation == "module_request" and .decision == "deny" and .comm == "nft"'
expect_record '.operation == "module_request" and .decision == "deny" and .comm == "iptables"'

change cgroup set /firewall profile=privileged kmodlock=privileged
expect_exit 0 contained /firewall sh -c "nft -f $work/rules && nft list ruleset"
expect_grep masquerade "$work/out"
has nf_tables || fail 'nf_tables is not loaded'
expect_record '.operation == "module_request" and .decision == "allow" and .comm == "nft"'
expect_exit 0 contained /firewall sh -c 'iptables -t nat -A POSTROUTING -m conntrack --ctstate NEW -j MASQUERADE && iptables -t nat -S'
expect_grep MASQUERADE "$work/out"

# the modules are there now, and nobody asks
expect_exit 0 contained /other sh -c "nft -f $work/rules"
echo "$modprobe" >/proc/sys/kernel/modprobe
# namespaces are taken down later than their tasks
without_tables() {
	# shellcheck disable=SC2046 # words
	rmmod $(awk '/^(nft_|nf_|nfnetlink|xt_|x_tables|ip_tables|libcrc32c )/ { print $1 }' /proc/modules) || :
	! has nf_tables
}
wait_until without_tables
