# kernels: any
# What is wrong is refused with status 2 before anything is changed.

refused() { # STATUS PATTERN COMMAND...
	wanted=$1 pattern=$2
	shift 2
	expect_exit "$wanted" bpflock-ctl "$@"
	expect_grep "$pattern" "$work/err"
}
levels() { for _ in $(seq "$1"); do printf /d; done; }

load --profile privileged
change cgroup set /x profile=restricted
before=$(generation)
refused 2 'no cgroup: use a path' cgroup set profile=privileged
refused 2 '"x".*begin.* with /' cgroup set x profile=privileged
refused 2 'root' cgroup set / profile=privileged
refused 2 '"\.\."' cgroup set /x/../y profile=privileged
refused 2 'two /' cgroup set //x profile=privileged
refused 2 '63 levels' cgroup set "$(levels 64)" profile=privileged
refused 2 '255 bytes' cgroup set "/$(printf %0256d 0)" profile=privileged
refused 2 'invalid character' cgroup set '/x
y' profile=privileged
refused 2 '"profil".*profile' cgroup set /x profil=privileged
refused 2 'exec-log' cgroup set /x exec-log=all
refused 2 'both blocked' cgroup set /x block=kcore allow=kcore
refused 2 'KEY=VALUE' cgroup set /x
refused 2 'expected one cgroup' cgroup set --self --cgroup /y profile=privileged
refused 2 'not a process id' cgroup set --pid 0 profile=privileged
refused 2 'process 999999 does not exist' cgroup set --pid 999999 profile=privileged
refused 2 'process 999999 does not exist' explain kcore --pid 999999
refused 2 'root cgroup' cgroup set --pid 2 profile=privileged
refused 2 'not a unit' cgroup set --unit multi-user.target profile=privileged
refused 2 'not a unit' cgroup set --unit getty@ profile=privileged
refused 2 '--all' cgroup delete /x --all
refused 2 'takes no --for' cgroup set /x profile=privileged --for 1h
refused 2 '--for: "soon" is not a duration' grant kcore --host --for soon
refused 2 '--for: "soon" is not a duration' apply - --for soon
refused 1 "generation $before is active, not 1" cgroup set /x profile=privileged --if-generation 1
change cgroup set /x profile=privileged --dry-run
change cgroup delete /y
expect_grep 'warning.*/y has no rule set' "$work/err"
expect_equal "$(generation)" "$before" generation
expect_denied in_cgroup /x -- dev_mem
expect_status '.cgroups | length == 1'

# Who may not look for the hierarchy has not found that there is none.
expect_exit 4 unshare -m sh -c 'umount -l /sys/fs/cgroup
	exec setpriv --reuid=1000 --regid=1000 --clear-groups bpflock-ctl cgroup set --unit x.service profile=privileged'
expect_grep 'find the cgroup v2 hierarchy' "$work/err"

# What a shell's completion, or a person, makes of a path.
change cgroup set /sys/fs/cgroup/y/ profile=restricted --if-generation "$before"
expect_denied in_cgroup /y -- dev_mem
change cgroup delete /sys/fs/cgroup/y
expect_allowed in_cgroup /y -- dev_mem

start_task target in_cgroup /y
change cgroup set --pid "$task" profile=restricted
expect_denied in_cgroup /y -- dev_mem
change cgroup set --self profile=restricted
expect_denied dev_mem
change cgroup delete --self
expect_allowed dev_mem

# Without systemd nobody knows where units are, and a cgroup that is called so is not one.
mkdir -p /sys/fs/cgroup/system.slice/mine.service
refused 2 'systemd does not run here.*--cgroup PATH' cgroup set --unit mine.service profile=privileged
refused 2 'systemd does not run here.*--cgroup PATH' grant dev_mem --unit mine --for 1h
change cgroup delete --all
expect_allowed in_cgroup /y -- dev_mem
expect_status '.cgroups == []'
