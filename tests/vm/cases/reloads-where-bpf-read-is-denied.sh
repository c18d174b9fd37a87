# places: trixie-arm64 sid-arm64
# Denied helpers must not lock out bpflock itself: it comes back under the policy that denies everything.

load --profile restricted --level confidentiality --exec-log all
expect_denied bpf_read
load --profile restricted --level confidentiality --exec-log none
load --profile restricted --level confidentiality --exec-log all
# long names come whole, in pieces or not, also those of failed calls
part=$(printf '%0200d' 0)
mkdir -p "/tmp/$part/$part/$part"
cp /usr/bin/env "/tmp/$part/$part/$part/there"
expect_exit 0 "/tmp/$part/$part/$part/there" -- true
expect_exit 127 env -- "/tmp/$part/$part/$part/not-there"
expect_record ".event == \"syscall_execve\" and .retval == 0 and .filename == \"/tmp/$part/$part/$part/there\""
expect_record ".event == \"syscall_execve\" and .retval == -2
	and .filename == \"/tmp/$part/$part/$part/not-there\""
