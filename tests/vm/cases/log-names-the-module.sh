# places: trixie-arm64 sid-arm64
# timeout: 400
# A record of unsigned_module has the path of the file that the module was loaded from, inside its file system, and never that of
# another one: what is loaded from memory has none, whatever the same process has loaded before.
unsigned=/vm/modules/unsigned.ko
signed=$(readlink -f /vm/modules/dummy.ko)
# of the last N decisions about modules
last() { # [N]
	records
	jq -s -c "map(select(.operation == \"unsigned_module\"))[-${1:-1}:] | map(.module // \"-\") | join(\" \")" "$work/records" | tr -d '"'
}
mkdir -p /opt/modules

row a-file
expect_exit 0 insert file $unsigned # the positive control: not recorded yet
load --profile privileged --coalesce 0
expect_exit 0 insert file $unsigned
expect_equal "$(last)" $unsigned "the module"
expect_record '.operation == "unsigned_module" and .decision == "allow" and .comm == "insert"'
bpflock-log show -o logfmt | tail -n 1 >"$work/line"
expect_grep " module=$unsigned( |$)" "$work/line"

row denied
change set block=unsigned_module
expect_exit 1 insert file $unsigned
expect_equal "$(last)" $unsigned "the module"
expect_record '.operation == "unsigned_module" and .decision == "deny" and .module == "/vm/modules/unsigned.ko"'
expect_exit 0 bpflock-ctl denials -n 1
expect_grep "$unsigned" "$work/out"

row from-memory
expect_exit 1 insert memory $unsigned
expect_equal "$(last)" - "what is loaded from memory"
cp $unsigned /opt/modules/a.ko
expect_exit 1 insert file /opt/modules/a.ko memory $unsigned
expect_equal "$(last 2)" "/opt/modules/a.ko -" "a file, and then memory in the same process"
expect_exit 1 insert memory $unsigned file /opt/modules/a.ko
expect_equal "$(last 2)" "- /opt/modules/a.ko" "the reverse"
# it is not asked about, so no decision is made with its name
expect_exit 1 insert file "$signed" memory $unsigned
expect_equal "$(last 2)" "/opt/modules/a.ko -" "a signed one, and then memory"
echo garbage >/opt/modules/garbage.ko
expect_exit 1 insert file /opt/modules/garbage.ko memory $unsigned
expect_equal "$(last 2)" "/opt/modules/garbage.ko -" "what is no module, and then memory"
change set log=none
expect_exit 1 insert file /opt/modules/a.ko
change set log=all
expect_exit 1 insert memory $unsigned
expect_equal "$(last 2)" "- -" "one that is not logged, and then memory"
# busybox tries the second where the first is refused
expect_exit 1 insmod /opt/modules/a.ko
expect_equal "$(last 2)" "/opt/modules/a.ko -" "insmod"

row compressed
status=0
insert compressed $unsigned.xz 2>"$work/err" || status=$?
cat "$work/err"
if [ $status = 1 ]; then
	expect_equal "$(last)" $unsigned.xz "one that the kernel decompresses"
else
	expect_grep 'Operation not supported|Invalid argument' "$work/err"
fi

row names
mv /opt/modules/a.ko /opt/modules/renamed.ko
ln -s renamed.ko /opt/modules/link.ko
expect_exit 1 insert file /opt/modules/link.ko
expect_equal "$(last)" /opt/modules/renamed.ko "a renamed one by a link to it"
cp $unsigned /opt/modules/gone.ko
expect_exit 1 insert deleted /opt/modules/gone.ko
expect_equal "$(last)" /opt/modules/gone.ko "a deleted one"
expect_exit 1 insert memfd $unsigned
expect_equal "$(last)" memfd:a-module "a memfd"
mkdir -p /opt/mounted
mount -t tmpfs tmpfs /opt/mounted
mkdir /opt/mounted/below
cp $unsigned /opt/mounted/below/other.ko
expect_exit 1 insert file /opt/mounted/below/other.ko
expect_equal "$(last)" /below/other.ko "its place in another file system"
umount /opt/mounted
for name in x1234567 x123456789012345678901234567890123456789 x12345678901234567890123456789012345678901234; do
	cp $unsigned /opt/$name
	expect_exit 1 insert file /opt/$name
	expect_equal "$(last)" /opt/$name "a name of ${#name} bytes"
done
rm /opt/x*
long=x$(printf '%0100d' 0)
cp $unsigned "/opt/modules/$long"
expect_exit 1 insert file "/opt/modules/$long"
shown=$(last)
case $shown in
x0*...) ok "a long one is $shown" ;;
*) fail "a long one is shown as $shown" ;;
esac
deep=/opt/modules/directory-1/directory-2/directory-3/directory-4/directory-5
mkdir -p $deep
cp $unsigned $deep/
expect_exit 1 insert file $deep/unsigned.ko
expect_equal "$(last)" .../directory-3/directory-4/directory-5/unsigned.ko "a deep one"

row repetitions-are-told-apart-by-it
load --profile privileged --block unsigned_module --coalesce 1h
cp $unsigned /opt/modules/b.ko
one=/opt/modules/renamed.ko
expect_exit 1 insert file $one file /opt/modules/b.ko memory $one file $one file /opt/modules/b.ko file $one memory $one
generation=$(generation)
records
count_of() {
	jq -s "map(select(.operation == \"unsigned_module\" and .generation == $generation and (.module // \"-\") == \"$1\") | .count) | add" "$work/records"
}
expect_equal "$(count_of $one)" 3 "one of them"
expect_equal "$(count_of /opt/modules/b.ko)" 2 "the other"
expect_equal "$(count_of -)" 2 "from memory"
# one of 512 files has the slot of what has none, where each is to be counted for itself
load --profile privileged --block unsigned_module --coalesce 30m
mkdir /opt/modules/many
for i in $(seq 200); do
	ln $one /opt/modules/many/$i.ko
	echo file /opt/modules/many/$i.ko memory $one
done >"$work/words"
# shellcheck disable=SC2046 # words
! insert $(cat "$work/words") 2>"$work/err" || fail "modules are loaded"
generation=$(generation)
records
expect_equal "$(count_of -)" 200 "from memory, beside many files"

row two-at-a-time
load --profile privileged --block unsigned_module --coalesce 0
generation=$(generation)
insert_often() { for i in 1 2 3 4 5 6 7 8 9 10; do insert file "$1" memory "$1" || :; done; }
insert_often $one 2>"$work/err" &
insert_often /opt/modules/b.ko 2>"$work/err"
wait
records
jq -s -c "map(select(.operation == \"unsigned_module\" and .generation == $generation)) | group_by(.tid)[] | map(.module // \"-\") | join(\" \")" \
	"$work/records" | sort | uniq -c | awk '{ $1 = $1; print }' >"$work/pairs"
cat "$work/pairs"
expect_equal "$(grep -c . "$work/pairs")" 2 "kinds of pairs"
for file in $one /opt/modules/b.ko; do expect_grep "^10 \"$file -\"$" "$work/pairs"; done

row after-other-programs-took-over
load --profile privileged --block unsigned_module --coalesce 0 --exec-log all
expect_exit 1 insert file $one memory $one
expect_equal "$(last 2)" "$one -" "the modules"
expect_status '.status == 0 and any(.programs[]; .name == "module_file" and .attached)
	and any(.programs[]; .name == "module_memory" and .attached)'

row where-the-kernel-has-no-such-programs
# libbpf tries twice
change unload
strace -qq -o "$work/calls" -e trace=bpf bpflock --profile privileged --block unsigned_module
change unload
number=$(grep -n 'BPF_PROG_LOAD.*prog_name="module_file"' "$work/calls" | sed -n '1s/:.*//p')
expect_exit 0 strace -qq -o "$work/strace" -e trace=bpf -e "inject=bpf:error=EINVAL:when=$number..$((number + 1))" \
	bpflock --profile privileged --block unsigned_module
grep INJECTED "$work/strace" || :
expect_grep '^bpflock: warning: files of modules are not logged: ' "$work/err"
expect_status '.status == 0 and .other_events.watched and all(.programs[]; .name != "module_file" and .name != "module_memory")'
expect_exit 1 insert file $one
expect_equal "$(last)" - "the module"
rm -rf /opt/modules /opt/mounted
