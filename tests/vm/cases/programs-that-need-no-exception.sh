# kernels: any
# root: catalogue
# boot: crashkernel=160M
# qemu: -m 1536M
# timeout: 500
# run: places
# Programs that have no entry in the catalogue, because the preset "server" refuses nothing that they do: Debian's packages
# run with it, and no record of a denial is left.
mkdir -p /etc/bpflock
expect_exit 0 bpflock-ctl preset use server
load
nothing_refused() {
	expect_no_record '.decision == "deny"'
}

row dmidecode
expect_exit 0 dmidecode
expect_grep 'Manufacturer: QEMU' "$work/out"
nothing_refused

expect_exit 1 dmidecode --no-sysfs
expect_record '.operation == "dev_mem" and .decision == "deny" and .comm == "dmidecode"'

row smartmontools
expect_exit 0 bpflock-ctl unload
load
smartctl --scan
smartctl -a -d scsi /dev/vda || :
nothing_refused

row rdmsr
expect_exit 0 rdmsr 0x10
nothing_refused

row rasdaemon
expect_exit 0 systemctl restart rasdaemon
expect_exit 0 ras-mc-ctl --summary
nothing_refused

row bpftrace
expect_exit 0 timeout 600 bpftrace -e 'BEGIN { printf("%s\n", comm); exit(); }'
nothing_refused

# it starts where its processor is not known, and finds nothing to cool
row thermald
thermald --no-daemon --ignore-cpuid-check >thermald.log 2>&1 &
thermald=$!
until_true grep -E 'Polling mode|No Thermal Zones|No thermal sensors' thermald.log
kill $thermald 2>/dev/null || :
wait $thermald || :
nothing_refused
# what it is not to be allowed is refused, and seen
expect_exit 127 wrmsr 0x10 0
expect_record '.operation == "msr" and .decision == "deny" and .comm == "wrmsr"'
