/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations whose trigger is a file. Everything written is what was read, or is taken back. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/serial.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "probe.h"

static bool missing(int err)
{
	return err == ENOENT || err == ENXIO || err == ENODEV;
}

static enum outcome opened(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC), err = fd < 0 ? errno : 0;

	if (missing(err))
		return untried(err, "open %s", path);
	if (fd >= 0)
		close(fd);
	return tried(err, EPERM, "open %s", path);
}

enum outcome attempt_dev_mem(void)
{
	return opened("/dev/mem", O_RDONLY);
}

enum outcome attempt_kcore(void)
{
	return opened("/proc/kcore", O_RDONLY);
}

/* A file with a write bit: those of mode 0444 never ask when opened for reading. */
enum outcome attempt_debugfs(void)
{
	static const char path[] = "/sys/kernel/debug/sched/features";
	static const char before_5_13[] = "/sys/kernel/debug/sched_features";

	return opened(access(path, F_OK) ? before_5_13 : path, O_RDONLY);
}

enum outcome attempt_tracefs(void)
{
	return opened("/sys/kernel/tracing/tracing_on", O_RDONLY);
}

/* Opening it for writing prepares a resume, which suspends nothing until an ioctl asks for it. */
enum outcome attempt_hibernation(void)
{
	return opened("/dev/snapshot", O_WRONLY);
}

/* Read size bytes at offset and write them back. */
static enum outcome write_back(const char *path, off_t offset, size_t size)
{
	unsigned char value[8];
	int fd = open(path, O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return untried(errno, "open %s", path);
	if (pread(fd, value, size, offset) != (ssize_t)size) {
		err = errno;
		close(fd);
		return untried(err, "read %s at 0x%lx", path, (long)offset);
	}
	if (pwrite(fd, value, size, offset) != (ssize_t)size)
		err = errno;
	close(fd);
	return tried(err, EPERM, "write back %s at 0x%lx", path, (long)offset);
}

enum outcome attempt_msr(void)
{
	return write_back("/dev/cpu/0/msr", 0x277 /* IA32_PAT */, 8);
}

enum outcome attempt_pci_access(void)
{
	enum outcome outcome;
	glob_t found;

	if (glob("/sys/bus/pci/devices/*/config", 0, NULL, &found))
		return untried(ENODEV, "find a PCI device");
	outcome = write_back(found.gl_pathv[0], 0x3c /* interrupt line: a scratch byte */, 1);
	globfree(&found);
	return outcome;
}

/* Past lockdown an empty socket has no CIS to replace: ENODEV is what an allowed write gets. */
enum outcome attempt_pcmcia_cis(void)
{
	static const char path[] = "/sys/class/pcmcia_socket/pcmcia_socket0/cis";
	static const unsigned char end_of_chain = 0xff;
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return untried(errno, "open %s", path);
	if (write(fd, &end_of_chain, 1) != 1 && errno != ENODEV)
		err = errno;
	close(fd);
	return tried(err, EPERM, "write %s", path);
}

/* A port without hardware, so that no irq is requested; /dev/ttyS3 exists as 8250 has four. */
enum outcome attempt_tiocsserial(void)
{
	static const char path[] = "/dev/ttyS3";
	struct serial_struct now, other;
	int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return untried(errno, "open %s", path);
	if (ioctl(fd, TIOCGSERIAL, &now) < 0) {
		err = errno;
		close(fd);
		return untried(err, "TIOCGSERIAL of %s", path);
	}
	other = now;
	other.irq = now.irq == 3 ? 4 : 3;
	if (ioctl(fd, TIOCSSERIAL, &other) < 0)
		err = errno;
	else
		ioctl(fd, TIOCSSERIAL, &now);
	close(fd);
	return tried(err, EPERM, "TIOCSSERIAL of %s with another irq", path);
}
