# kernels: any
# timeout: 300
# A policy file is edited as a copy. The file is the old one or the new one at any moment, and so is the policy.

# shellcheck disable=SC2016 # the editors expand it
dir=/etc/bpflock/bpflock.conf.d
file=$dir/50-local.conf
mkdir -p /etc/bpflock
printf '[kimglock]\nprofile = privileged\n' >/etc/bpflock/bpflock.conf
unset VISUAL SUDO_EDITOR

# editor NAME COMMANDS: a script that edits "$1"
editor() {
	printf '#!/bin/sh\n%s\n' "$2" >"$work/$1"
	chmod 755 "$work/$1"
}
editor to-kexec 'printf "[kimglock]\nblock = kexec\n" >"$1"'
editor to-msr 'printf "[kimglock]\nblock = msr\n" >"$1"'
editor to-nonsense 'printf "[kimglock]\nblok = msr\n" >"$1"'
editor to-nothing ': >"$1"'
editor failing 'echo "[kimglock]" >"$1"; exit 3'
editor nothing :
edit() { # EDITOR COMMAND...: with that script
	EDITOR=$work/$1
	export EDITOR
	shift
	"$@"
}
# Nothing is left beside the policy files.
expect_clean() {
	left=$(find /etc/bpflock -name '.*' ! -path /etc/bpflock)
	expect_equal "$left" '' "left in /etc/bpflock"
}
expect_file() { # BLOCK
	expect_equal "$(sed -n 's/^block = //p' "$file")" "$1" "block in the file"
}
keep='Keep this policy?'

row nothing-loaded
expect_exit 1 edit failing bpflock-ctl edit --yes
expect_grep 'failing: the editor failed \(exit status 3\)' "$work/err"
expect_exit 0 edit nothing bpflock-ctl edit --yes
expect_grep 'was not edited, nothing was changed' "$work/out"
expect_exit 1 edit missing bpflock-ctl edit --yes
expect_exit 1 env EDITOR=./failing bpflock-ctl edit --yes
expect_exit 1 env EDITOR="'open" bpflock-ctl edit --yes
[ ! -e $dir ] || fail "$dir was made"
expect_exit 0 edit to-kexec bpflock-ctl edit --yes --dry-run
expect_grep '^[+]block = kexec' "$work/out"
[ ! -e $dir ] || fail "$dir was made"
expect_exit 1 edit to-kexec bpflock-ctl edit
expect_grep 'hint: bpflock-ctl edit --yes' "$work/err"
expect_exit 0 edit to-kexec pty -- bpflock-ctl edit
expect_grep '^closes 1 operation to everybody: kexec' "$work/out"
expect_grep 'hint: bpflock' "$work/out"
expect_equal "$(stat -c '%a %u %g' $file)" '644 0 0' "mode and owner"
expect_file kexec
expect_clean
load
expect_denied kexec

row confirmed
expect_exit 0 edit to-msr pty "$keep" y -- bpflock-ctl edit
expect_grep 'on trial, it ends in (2[0-9]{2}|300) s' "$work/out"
expect_grep '^[+]block = msr' "$work/out"
expect_grep "installed $file" "$work/out"
expect_grep 'confirmed, generation' "$work/out"
expect_file msr
expect_clean
expect_status ".block == [\"msr\"] and .trial == null and .sources.block == \"$file:2\""
expect_exit 0 bpflock-ctl diff
expect_grep 'no difference' "$work/out"

row not-confirmed
for answer in n '' ^C hangup; do
	expect_exit 1 edit to-kexec pty "$keep" "$answer" -- bpflock-ctl edit
	expect_file msr
	expect_clean
	expect_status '.block == ["msr"] and .trial == null'
	expect_allowed kexec
done
expect_exit 1 edit to-kexec pty -- bpflock-ctl edit --for 2s
expect_grep 'was not kept' "$work/out"
expect_status '.block == ["msr"] and .trial.reverted'
expect_file msr
expect_clean

row broken
expect_exit 2 edit to-nonsense bpflock-ctl edit --yes
expect_grep "$file:2:.*\"blok\"" "$work/err"
expect_exit 2 edit to-nothing bpflock-ctl edit --yes
expect_exit 2 edit to-nonsense pty 'again, (d)' d -- bpflock-ctl edit
editor mending 'grep -q blok "$1" && exec "${0%/*}/to-kexec" "$1"; exec "${0%/*}/to-nonsense" "$1"'
expect_exit 0 edit mending pty 'again, (d)' e "$keep" y -- bpflock-ctl edit
expect_grep "$file:2:.*\"blok\"" "$work/out"
expect_file kexec
expect_clean
# what is wrong in another file counts, too
printf '[kimglock]\nallow = msr\n' >$dir/40-other.conf
expect_exit 2 edit to-msr bpflock-ctl edit --yes
expect_file kexec
rm $dir/40-other.conf

row with-yes
expect_exit 0 edit to-msr bpflock-ctl edit --yes
expect_file msr
expect_status '.block == ["msr"] and .trial == null'
expect_exit 0 edit to-kexec bpflock-ctl edit --yes --dry-run
expect_grep 'would be updated' "$work/out"
expect_file msr
expect_exit 0 env EDITOR="$work/to-kexec" VISUAL="$work/failing" SUDO_EDITOR="sed -i -e 's/msr/msr, kcore/'" \
	bpflock-ctl edit --yes $file
expect_file 'msr, kcore'
now=$(generation)
editor commenting 'sed -i "1i# a comment" "$1"'
expect_exit 0 edit commenting bpflock-ctl edit --yes
expect_grep "installed $file" "$work/out"
expect_equal "$(generation)" "$now" generation

row which-files
for path in "$work/x.conf" $dir/x.txt $dir/.x.conf /usr/lib/bpflock/bpflock.conf; do
	expect_exit 2 edit to-kexec bpflock-ctl edit --yes "$path"
	expect_grep 'is not a policy file of /etc/bpflock' "$work/err"
done
expect_exit 0 sh -c "cd $dir && EDITOR='$work/to-msr' bpflock-ctl edit --yes 60-more.conf"
expect_grep "installed $dir/60-more.conf" "$work/out"
rm $dir/60-more.conf
mkdir -p /srv/policy
mv $file /srv/policy/local
ln -s /srv/policy/local $file
expect_exit 0 edit to-kexec bpflock-ctl edit --yes
expect_equal "$(readlink $file)" /srv/policy/local "the link"
expect_file kexec
chmod 777 /srv/policy
expect_exit 2 edit to-msr bpflock-ctl edit --yes
chmod 755 /srv/policy
ln -sf /dev/null $file
expect_exit 2 edit to-msr bpflock-ctl edit --yes
ln -sf /usr/lib/bpflock/presets/server.conf $file
expect_exit 2 edit to-msr bpflock-ctl edit --yes
rm $file
cp /srv/policy/local $file
chmod 600 $file
expect_exit 0 edit to-msr bpflock-ctl edit --yes
expect_equal "$(stat -c %a $file)" 600 mode
chmod 666 $file
expect_exit 2 edit to-kexec bpflock-ctl edit --yes
chmod 644 $file

row two-at-once
editor slow 'echo "# more" >>"$1"; exec sleep 1000'
EDITOR=$work/slow bpflock-ctl edit --yes >"$work/first" 2>&1 &
first=$!
until_true sh -c "ls $dir/.50-local.conf.??????"
expect_exit 7 edit to-kexec bpflock-ctl edit --yes
expect_grep "process $first edits" "$work/err"
# the copy is there before the editor
editor_runs() { editor_pid=$(child_of $first) && [ -n "$editor_pid" ]; }
until_true editor_runs

row killed-while-editing
kill -KILL $first
wait $first || :
kill -KILL "$editor_pid"
expect_file msr
expect_exit 0 edit nothing bpflock-ctl edit --yes
expect_clean
EDITOR=$work/slow bpflock-ctl edit --yes >"$work/first" 2>&1 &
first=$!
until_true sh -c "ls $dir/.50-local.conf.??????"
kill -TERM $first
wait $first && fail "it succeeded"
expect_clean
expect_file msr

row killed-on-trial
EDITOR=$work/to-kexec pty -- bpflock-ctl edit --for 20s >"$work/first" 2>&1 &
first=$!
until_true grep -q "$keep" "$work/first"
expect_denied kexec
kill -KILL "$(child_of $first)"
wait $first || :
expect_file msr
until_true sh -c 'bpflock-ctl status --json | jq -e ".block == [\"msr\"]"'
expect_allowed kexec
expect_exit 0 edit nothing bpflock-ctl edit --yes
expect_clean

row killed-around-the-installation
change reset
for call in rename:signal=KILL fsync:signal=KILL fsync:signal=KILL:when=2; do
	status=0
	edit to-kexec strace -qq -o "$work/strace" -e trace=rename,fsync -e "inject=$call" \
		bpflock-ctl edit --yes --for 20s >"$work/out" 2>&1 || status=$?
	expect_equal $status 137 "status of $call"
	is=$(sed -n 's/^block = //p' "$file")
	case $is in msr | kexec) ok "the file is whole: $is" ;; *) fail "the file has: $is" ;; esac
	until_true sh -c 'bpflock-ctl status --json | jq -e ".block == [\"msr\"]"'
	printf '[kimglock]\nblock = msr\n' >$file
done
expect_exit 0 edit nothing bpflock-ctl edit --yes
expect_clean

row full-disk
cp $file "$work/saved"
mount -t tmpfs -o size=16k,mode=0755 tmpfs $dir
cp "$work/saved" $file
dd if=/dev/zero of=$dir/rest bs=4k >/dev/null 2>&1 || :
expect_exit 1 edit to-kexec bpflock-ctl edit --yes
expect_file msr
expect_clean
rm $dir/rest
editor filling 'printf "[kimglock]\nblock = kexec\n" >"$1"; dd if=/dev/zero of="${1%/*}/rest" bs=4k >/dev/null 2>&1; :'
expect_exit 1 edit filling bpflock-ctl edit --yes
expect_grep 'No space left' "$work/err"
expect_file msr
expect_clean
expect_status '.block == ["msr"] and .trial == null'
umount $dir

row changed-by-somebody-else
editor beside "printf '[kimglock]\nblock = kcore\n' >$file; printf '[kimglock]\nblock = kexec\n' >\"\$1\""
expect_exit 1 edit beside bpflock-ctl edit --yes
expect_grep 'someone else has changed the file' "$work/err"
expect_file kcore
expect_status '.block == ["msr"] and .trial == null'
printf '[kimglock]\nblock = msr\n' >$file
change apply --for 1h $file
printf '[kimglock]\nblock = kcore\n' >"$work/other"
change apply --for 1h "$work/other"
expect_exit 7 edit to-kexec bpflock-ctl edit --yes
expect_grep 'is on trial' "$work/err"
change apply --revert

row what-takes-the-loader
editor tracing 'printf "[execsnoop]\ntrace = all\n" >>"$1"'
expect_exit 1 edit tracing pty 'Install it?' n -- bpflock-ctl edit
expect_grep 'cannot be tried' "$work/out"
expect_exit 0 edit tracing pty 'Install it?' y -- bpflock-ctl edit
expect_grep 'hint: bpflock' "$work/out"
expect_grep '^trace = all' $file
load

row what-the-editor-gets
editor looking "grep -E 'CapEff|NoNewPrivs' /proc/self/status >$work/caps; env >$work/env"
mkdir -p "$work/home"
chown 65534 "$work/home"
expect_exit 0 env HOME="$work/home" EDITOR="$work/looking" bpflock-ctl edit --yes
expect_grep '^CapEff:.*0000000000000004$' "$work/caps"
expect_grep '^HOME=/root$' "$work/env"
cd "$work" || exit 1
cp failing vi
expect_exit 1 env -u EDITOR PATH=.:/bin-none "$(command -v bpflock-ctl)" edit --yes
expect_grep 'vi: cannot run the editor: ' "$work/err"
rm -r /srv/policy
