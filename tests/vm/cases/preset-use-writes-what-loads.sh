# kernels: any
# Presets and exceptions by name: what "preset use" writes is what the loader takes, for the units alone that an exception
# names; a wrong name changes nothing, and names where it stands.
etc=/etc/bpflock lib=/usr/lib/bpflock
rm -rf $etc
mkdir -p $etc

# the file that every installation begins with
printf '[kimglock]\nprofile = privileged\n' >$etc/bpflock.conf
load
expect_exit 0 bpflock-ctl preset list --json
expect_json "$work/out" '[.presets[] | select(.used)] == []'
expect_json "$work/out" '.presets | map(select(.kind == "preset").name) == ["audit", "container-host", "desktop", "server"]'
expect_json "$work/out" '.presets | map(select(.kind == "exception").name) | contains(["fwupd", "hibernate", "kdump", "rasdaemon"])'
expect_json "$work/out" '.presets | all(.brief | length > 10)'

row nothing-is-written-by-a-dry-run-or-a-wrong-name
expect_exit 0 bpflock-ctl preset use server --dry-run
expect_grep '10-preset.conf: dry run, would be written' "$work/out"
expect_grep 'closes [0-9]+ operations to everybody' "$work/out"
expect_exit 2 bpflock-ctl preset use serevr
expect_grep 'unknown preset or exception "serevr": did you mean "server"' "$work/err"
expect_grep 'nothing was changed' "$work/err"
expect_exit 2 bpflock-ctl preset use ../presets/server
expect_exit 2 bpflock-ctl preset show $lib/presets/server
expect_equal "$(ls $etc)" bpflock.conf "files"

row use
expect_exit 0 bpflock-ctl preset use server
expect_grep 'closes [0-9]+ operations to everybody' "$work/out"
expect_equal "$(sed -n 's/.*hint: //p' "$work/err")" bpflock "the hint"
expect_equal "$(stat -c '%a %u' $etc/bpflock.conf.d/10-preset.conf)" "644 0" "mode and owner"
expect_equal "$(ls -A $etc/bpflock.conf.d)" 10-preset.conf "files"
# it loads nothing
expect_allowed kexec
load
expect_denied kexec
expect_status ".sources.profile | startswith(\"$lib/presets/server.conf:\")"
expect_exit 0 bpflock-ctl preset use server
expect_grep 'unchanged' "$work/out"

row an-exception-is-for-its-unit-alone
expect_denied in_cgroup /system.slice/kdump-tools.service -- kexec
expect_exit 0 bpflock-ctl preset use kdump
expect_grep 'opens 1 operation to everybody in cgroup /system.slice/kdump-tools.service: kexec' "$work/out"
load
expect_allowed in_cgroup /system.slice/kdump-tools.service -- kexec
expect_denied in_cgroup /system.slice/kdump-tools.service -- dev_mem
expect_denied in_cgroup /system.slice/other.service -- kexec
expect_denied kexec
expect_status ".cgroups[] | select(.path == \"/system.slice/kdump-tools.service\") | .source | startswith(\"$lib/exceptions/kdump.conf:\")"
expect_exit 0 bpflock-ctl preset list --json
expect_json "$work/out" '.presets | map(select(.used).name) == ["server", "kdump"]'
expect_exit 0 bpflock-ctl preset show kdump
expect_grep '^#   allowed by name: kexec$' "$work/out"
expect_grep '^#   denied: .*dev_mem' "$work/out"
# what it prints is a policy file
cp "$work/out" "$work/shown"
expect_exit 0 bpflock-ctl check "$work/shown"

row a-section-of-ones-own-adds-and-takes-away
printf '[cgroup "/system.slice/kdump-tools.service"]\nallow = msr\n' >$etc/bpflock.conf.d/50-local.conf
load
expect_allowed in_cgroup /system.slice/kdump-tools.service -- kexec
expect_allowed in_cgroup /system.slice/kdump-tools.service -- msr
printf '[cgroup "/system.slice/kdump-tools.service"]\nallow =\nallow = msr\n' >$etc/bpflock.conf.d/50-local.conf
load
expect_denied in_cgroup /system.slice/kdump-tools.service -- kexec
expect_allowed in_cgroup /system.slice/kdump-tools.service -- msr
rm $etc/bpflock.conf.d/50-local.conf

row what-others-say
# a stronger file is told, and one that somebody has changed stays
printf '[kimglock]\nmode = audit\n' >$etc/bpflock.conf.d/60-mode.conf
expect_exit 0 bpflock-ctl preset use desktop
expect_grep '60-mode.conf:2: mode = audit overrides preset desktop' "$work/err"
echo '# mine' >>$etc/bpflock.conf.d/10-preset.conf
expect_exit 1 bpflock-ctl preset use server
expect_grep '10-preset.conf: cannot replace: someone has changed it' "$work/err"
expect_grep '^preset = desktop' $etc/bpflock.conf.d/10-preset.conf
rm $etc/bpflock.conf.d/*

row an-administrators-own
mkdir -p $etc/presets $etc/exceptions
printf '# Rack: as a server, with kdump\n[kimglock]\nprofile = restricted\nexceptions = kdump mine\n' >$etc/presets/rack.conf
printf '# mine: reads PCI\n[cgroup "/system.slice/mine.service"]\nlike = host\nallow = pci_access\n' >$etc/exceptions/mine.conf
printf '[kimglock]\npreset = rack\n' >$etc/bpflock.conf
load
expect_allowed in_cgroup /system.slice/kdump-tools.service -- kexec
expect_allowed in_cgroup /system.slice/mine.service -- pci_access
expect_denied pci_access
# by standard input as by a file
expect_exit 0 sh -c 'printf "[kimglock]\npreset = rack\n" | bpflock-ctl diff -'
expect_grep 'no difference' "$work/out"
expect_exit 2 sh -c 'printf "[kimglock]\npreset = rakc\n" | bpflock-ctl apply -'
expect_grep 'stdin:2:10: unknown preset "rakc": did you mean "rack"' "$work/err"

row a-name-that-is-gone-is-refused
rm $etc/exceptions/mine.conf
expect_exit 2 bpflock
expect_grep "$etc/presets/rack.conf:4:20: unknown exception \"mine\"" "$work/err"
expect_denied kexec
expect_allowed in_cgroup /system.slice/kdump-tools.service -- kexec
rm -rf $etc
