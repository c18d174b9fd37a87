# kernels: bookworm trixie sid trixie-arm64
# places: sid-arm64
# timeout: 400
# A decision's record has the executable's path inside its file system, its device and its inode, as they are when it asks, and
# who had logged in.
last() { # EXPRESSION: of the last decision about /dev/mem
	records
	jq -s -c "map(select(.operation == \"dev_mem\")) | last | $1" "$work/records"
}
# ask COMMAND...: the command, a shell, opens /dev/mem
ask() { "$@" -c ': </dev/mem'; }
device() { stat -c %d "$1" | awk '{ print int($1 / 256) % 4096 ":" $1 % 256 }'; }
shell=/bin/busybox
expect_shown() { # PATH FILE WHAT
	expect_equal "$(last '[.exe, .exe_dev, .exe_ino, .exe_deleted]')" \
		"[\"$1\",\"$(device "$2")\",$(inode "$2"),null]" "$3"
}

row a-file
mkdir -p /opt/a/bin
cp "$shell" /opt/a/bin/busybox
ask /opt/a/bin/busybox sh
expect_exit 0 probe dev_mem # the positive control: not recorded yet
load --profile privileged --coalesce 0
ask /opt/a/bin/busybox sh
expect_shown /opt/a/bin/busybox /opt/a/bin/busybox "a file"
expect_equal "$(last '[.comm, .loginuid, .session]')" '["busybox",null,null]' "nobody has logged in"
bpflock-log show -o short | tail -n 1 >"$work/short"
expect_grep ' /opt/a/bin/busybox\[' "$work/short"

row a-link-to-it
ln -s ../a/bin/busybox /opt/a/busybox-link
ask /opt/a/busybox-link sh
expect_shown /opt/a/bin/busybox /opt/a/bin/busybox "the file and not the link"
expect_equal "$(last .comm)" '"busybox-link"' "its command"
bpflock-log show -o short | tail -n 1 >"$work/short"
expect_grep ' /opt/a/bin/busybox\[' "$work/short"

row names-of-all-lengths
for name in b x1234567 x12345678 x123456789012345 x1234567890123456 \
	x123456789012345678901234567890 x1234567890123456789012345678901 \
	x12345678901234567890123456789012345678 x123456789012345678901234567890123456789 \
	x123456789012345678901234567890123456789012345678901; do
	ln "/opt/a/bin/busybox" "/opt/a/bin/busybox$name"
	ask "/opt/a/bin/busybox$name" sh
	expect_equal "$(last '[.exe, .exe_deleted]')" "[\"/opt/a/bin/busybox$name\",null]" "a name of ${#name} more bytes"
done
rm /opt/a/bin/busybox?*

row what-does-not-fit-is-marked
deep=/opt
for name in 1 2 3 4 5 6 7 8 9; do deep=$deep/directory-$name; done
mkdir -p "$deep"
ln /opt/a/bin/busybox "$deep/busybox"
ask "$deep/busybox" sh
shown=$(last .exe)
case $shown in
'"...'/*/directory-8/directory-9/busybox'"') ;;
*) fail "a deep one is shown as $shown" ;;
esac
case $deep/busybox in
*"$(echo "$shown" | sed 's/^"\.\.\.//; s/"$//')") ;;
*) fail "that is no end of $deep/busybox: $shown" ;;
esac
ok "a deep one is $shown"
long=/opt/a/busybox$(printf '%0200d' 0)
ln /opt/a/bin/busybox "$long"
ask "$long" sh
shown=$(last .exe | tr -d '"')
case $shown in
busybox0*...) ;;
*) fail "a long one is shown as $shown" ;;
esac
case $long in
*/"${shown%...}"*) ;;
*) fail "$long is shown as $shown" ;;
esac
ok "a long one is $shown"

row one-that-is-renamed-and-deleted
cp "$shell" /opt/a/busybox-old
mkfifo go done
/opt/a/busybox-old sh -c 'for i in 1 2 3; do read -r x <go; : </dev/mem; echo >done; done' &
turn() { echo >go; read -r x <done; }
turn
expect_shown /opt/a/busybox-old /opt/a/busybox-old "before"
mv /opt/a/busybox-old /opt/a/bin/busybox-new
turn
expect_shown /opt/a/bin/busybox-new /opt/a/bin/busybox-new renamed
inode=$(inode /opt/a/bin/busybox-new)
rm /opt/a/bin/busybox-new
turn
wait
expect_equal "$(last '[.exe, .exe_ino, .exe_deleted]')" "[\"/opt/a/bin/busybox-new\",$inode,true]" deleted

row a-bind-mount
mkdir -p /opt/elsewhere
mount --bind /opt/a /opt/elsewhere
ask /opt/elsewhere/bin/busybox sh
expect_shown /opt/a/bin/busybox /opt/a/bin/busybox "the place in the file system"
umount /opt/elsewhere

row another-file-system
mkdir -p /opt/mounted
mount -t tmpfs tmpfs /opt/mounted
mkdir /opt/mounted/bin
cp "$shell" /opt/mounted/bin/busybox
ask /opt/mounted/bin/busybox sh
expect_shown /opt/mounted/bin/busybox /opt/mounted/bin/busybox "with its mount point"
mount --bind /opt/mounted/bin /opt/a/bin
umount -l /opt/mounted
ask /opt/a/bin/busybox sh
expect_shown /opt/a/bin/busybox /opt/a/bin/busybox "where only a part of it is mounted"
umount /opt/a/bin

row an-overlay
mkdir -p upper/work upper/changes root
modprobe overlay
mount -t tmpfs tmpfs upper
mkdir upper/work upper/changes
mount -t overlay -o "lowerdir=/opt/a,upperdir=upper/changes,workdir=upper/work" overlay root
ask root/bin/busybox sh
expect_equal "$(last .exe)" '"/bin/busybox"' "as in the overlay"
expect_equal "$(last .exe_ino)" "$(inode root/bin/busybox)" "its inode"
cp "$shell" root/bin/busybox-own
ask root/bin/busybox-own sh
expect_equal "$(last .exe)" '"/bin/busybox-own"' "of the upper directory"
expect_equal "$(last .comm)" '"busybox-own"' "its command"
umount root upper

row a-memfd
expect_exit 0 memfd busybox-in-memory "$shell" sh -c ': </dev/mem'
expect_equal "$(last '[.exe, .exe_deleted]')" '["memfd:busybox-in-memory",null]' "a memfd"

row login-and-session
if [ -e /proc/self/loginuid ]; then
	sh -c 'echo 1000 >/proc/self/loginuid && : </dev/mem; cat /proc/self/sessionid >session'
	expect_equal "$(last '[.loginuid, .session]')" "[1000,$(cat session)]" "who had logged in"
	bpflock-log show -o json --loginuid 1000 | jq -s length >n
	expect_equal "$(cat n)" 1 "records of that login"
else
	ok "this kernel has no audit"
fi

row filters
count() { bpflock-log show -o json "$@" | jq -s length; }
expect_equal "$(count --exe busybox-new)" 2 "by its name"
expect_equal "$(count --exe '/opt/a/bin/busybox-n*')" 2 "by its path"
expect_equal "$(count --exe '!/opt/*' --exe '!*busybox*' --exe '!*...')" "$(count --exe sh --exe dash)" "what is left"
rm -rf /opt/a /opt/elsewhere /opt/mounted /opt/directory-1
