// SPDX-License-Identifier: GPL-2.0-only
/* The initrd is one of doctor's checks: not wanted, wanted and made without us, older than the policy. */
#include "test.h"
#include "initrd.h"

/* Made, or made anew, at this time. */
static void file(const char *path, int day)
{
	test_shell("f=.%s; mkdir -p ${f%%/*} && touch -d 2026-01-%02d $f", path, day);
}

static void expect(enum check_state state, const char *detail, const char *cure)
{
	struct check_result r;

	initrd_check(test_directory, "6.1", &r);
	if (r.state != state || !strstr(r.detail, detail) || !strstr(r.cure, cure))
		fail_msg("state %d: %s. %s", r.state, r.detail, r.cure);
	assert_int_equal(r.status, STATUS_OK);
}

TEST_IN_DIRECTORY(initramfs_tools)
{
	file("/usr/sbin/update-initramfs", 1);
	file("/etc/bpflock/bpflock.conf", 2);
	expect(CHECK_OK, "no /etc/bpflock/initramfs; bpflock.service", "");
	file("/etc/bpflock/initramfs", 3);
	expect(CHECK_NOTE, "initramfs-tools has no hook", "prefix /usr");
	/* where it was before: nobody looks there */
	file("/usr/local/share/initramfs-tools/hooks/bpflock", 1);
	expect(CHECK_NOTE, "initramfs-tools has no hook", "prefix /usr");
	file("/etc/initramfs-tools/hooks/bpflock", 1);
	expect(CHECK_OK, "initramfs-tools puts bpflock into the initrd", "");
	file("/boot/initrd.img-6.1", 1);
	expect(CHECK_NOTE, "/etc/bpflock/initramfs is newer than the initrd /boot/initrd.img-6.1",
	       "update-initramfs -u");
	file("/boot/initrd.img-6.1", 4);
	expect(CHECK_OK, "initramfs-tools puts bpflock into the initrd", "");
	file("/etc/bpflock/bpflock.conf.d/a.conf", 5);
	expect(CHECK_NOTE, "/etc/bpflock/bpflock.conf.d/a.conf is newer", "update-initramfs -u");
}

TEST_IN_DIRECTORY(dracut)
{
	file("/etc/bpflock/initramfs", 1);
	expect(CHECK_NOTE, "initramfs-tools and dracut are not installed", "");
	file("/usr/bin/dracut", 1);
	expect(CHECK_NOTE, "dracut has no hook", "/usr/lib/dracut/modules.d/90bpflock");
	file("/usr/lib/dracut/modules.d/90bpflock/module-setup.sh", 1);
	file("/boot/initramfs-6.1.img", 1);
	expect(CHECK_OK, "dracut puts bpflock into the initrd", "");
	file("/run/bpflock/bpflock.conf.d/a.conf", 2);
	expect(CHECK_OK, "dracut puts bpflock into the initrd", "");
	file("/usr/lib/bpflock/bpflock.conf", 2);
	expect(CHECK_NOTE, "/usr/lib/bpflock/bpflock.conf is newer", "dracut -f");
}
