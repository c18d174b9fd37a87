// SPDX-License-Identifier: GPL-2.0-only
#include "seal-btf.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "text.h"
#include "util.h"

/* Since 6.3: without it there is a line in the kernel's log, or a refusal. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

static bool is_vmlinux(uint32_t id)
{
	CLEANUP(close_fdp) int fd = bpf_btf_get_fd_by_id(id);
	char name[16] = "";
	struct bpf_btf_info info = { .name = (uintptr_t)name, .name_len = sizeof(name) };
	uint32_t len = sizeof(info);

	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.kernel_btf &&
	       strcmp(name, "vmlinux") == 0;
}

int seal_btf_kernel(struct btf **ret)
{
	uint32_t id = 0;

	while (bpf_btf_get_next_id(id, &id) == 0) {
		if (!is_vmlinux(id))
			continue;
		*ret = btf__load_from_kernel_by_id(id);
		return *ret ? 0 : -errno;
	}
	return -ENOENT;
}

int seal_btf_file(const void *data, size_t size, int *ret_fd, char ret_path[SEAL_BTF_PATH_LEN])
{
	CLEANUP(close_fdp) int fd = memfd_create("bpflock-btf", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	int r;

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("bpflock-btf", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = text_write_fd(fd, data, size);
	if (r < 0)
		return r;
	snprintf(ret_path, SEAL_BTF_PATH_LEN, "/proc/self/fd/%d", fd);
	*ret_fd = TAKE_FD(fd);
	return 0;
}
