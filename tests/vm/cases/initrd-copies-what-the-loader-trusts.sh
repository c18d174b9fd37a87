# kernels: any
# An initrd makes policy files root's. Those that the loader would not trust are not copied, and the loader in the
# initrd refuses what stands there instead.
files=/etc/bpflock/bpflock.conf
drop_ins=/usr/lib/bpflock/bpflock.conf.d
rm -rf /etc/bpflock
mkdir -p /etc/bpflock $drop_ins
made=0

# Sets $copy, and $said to what the hook writes to stderr. It never fails.
copy_policy() {
	made=$((made + 1))
	copy=$work/initrd-$made
	expect_exit 0 /usr/lib/bpflock/initrd copy "$copy"
	cp "$work/err" "$work/said"
}

expect_refused() { # FILE
	expect_grep "$1.*must belong to root and be writable by nobody else" "$work/said"
	expect_grep "bpflock: $1 is not copied" "$work/said"
	expect_no_grep 'privileged|kexec' "$copy$1"
	expect_exit 2 bpflock --dry-run --config "$copy$1"
	expect_exit 2 bpflock --dry-run
}

# what is trusted is copied as it is, by a link too, and what masks masks
printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/mine
ln -s mine $files
printf '[kimglock]\nallow = kexec\n' >$drop_ins/10-kexec.conf
ln -s /dev/null $drop_ins/20-masked.conf
copy_policy
expect_equal "$(cat "$work/said")" "" "what the hook says"
expect_exit 0 cmp $files "$copy$files"
expect_equal "$(stat -c '%F %a %u' "$copy$files")" "regular file 644 0" "the copy"
expect_exit 0 cmp $drop_ins/10-kexec.conf "$copy$drop_ins/10-kexec.conf"
expect_equal "$(readlink "$copy$drop_ins/20-masked.conf")" /dev/null "what masks"
expect_exit 0 bpflock --dry-run --config "$copy$files"

# what a user has is not made root's
printf '[kimglock]\nprofile = privileged\n' >/etc/bpflock/mine
chown 1000 /etc/bpflock/mine
copy_policy
expect_refused $files
expect_exit 2 bpflock-ctl cat-config $files
expect_equal "$(cat "$work/out")" "" "what is printed of it"

# nor an empty one of theirs, which would take the policy away
: >/etc/bpflock/mine
copy_policy
expect_refused $files
# nor does an empty one of root's open anything, in the initrd neither
chown 0 /etc/bpflock/mine
copy_policy
expect_grep 'the policy has mistakes' "$work/said"
expect_exit 2 bpflock --dry-run --config "$copy$files"
expect_grep "$files: sets nothing: .*profile = privileged" "$work/err"
printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/mine

for mode in 664 646; do
	chmod $mode $drop_ins/10-kexec.conf
	copy_policy
	expect_refused $drop_ins/10-kexec.conf
	expect_exit 0 cmp $files "$copy$files"
done
chmod 644 $drop_ins/10-kexec.conf
copy_policy
expect_equal "$(cat "$work/said")" "" "what the hook says in the end"
expect_exit 0 bpflock --dry-run

# the preset and the exceptions that a policy names come along, and no others
printf '[kimglock]\npreset = server\nexceptions = kdump\n' >/etc/bpflock/mine
copy_policy
expect_equal "$(cat "$work/said")" "" "what the hook says of a preset"
expect_exit 0 cmp /usr/lib/bpflock/presets/server.conf "$copy/usr/lib/bpflock/presets/server.conf"
expect_exit 0 cmp /usr/lib/bpflock/exceptions/kdump.conf "$copy/usr/lib/bpflock/exceptions/kdump.conf"
expect_equal "$(cd "$copy/usr/lib/bpflock" && find presets exceptions -type f | wc -l)" 2 "files of the catalogue"
# one that others can write is not made root's
mkdir /etc/bpflock/presets
printf '[kimglock]\nprofile = privileged\n' >/etc/bpflock/presets/server.conf
chmod 666 /etc/bpflock/presets/server.conf
copy_policy
expect_refused /etc/bpflock/presets/server.conf
rm -r /etc/bpflock $drop_ins
