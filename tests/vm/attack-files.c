/* SPDX-License-Identifier: GPL-2.0-only */
/* Attacks by files and mounts: sysctls, pins, and what carries them. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#if defined(__x86_64__)
#include <sys/io.h>
#endif
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define FTRACE "/proc/sys/kernel/ftrace_enabled"
#define RACES  20000

static int write_plain(int fd, const char *text, size_t n)
{
	return write(fd, text, n);
}

static int write_at_offset(int fd, const char *text, size_t n)
{
	return pwrite(fd, text, n, 5);
}

static int write_vector(int fd, const char *text, size_t n)
{
	struct iovec parts[] = { { (void *)text, 1 }, { (void *)(text + 1), n - 1 } };

	return writev(fd, parts, n > 1 ? 2 : 1);
}

static int write_spliced(int fd, const char *text, size_t n)
{
	int ends[2];

	if (pipe(ends) < 0 || write(ends[1], text, n) < 0)
		return -1;
	return splice(ends[0], NULL, fd, NULL, n, 0);
}

static int write_sent(int fd, const char *text, size_t n)
{
	int from = memfd_create("text", 0);

	if (from < 0 || write(from, text, n) < 0 || lseek(from, 0, SEEK_SET) < 0)
		return -1;
	return sendfile(fd, from, NULL, n);
}

static char racing[4];
static volatile int race_over;

static void *flip(void *unused)
{
	while (!race_over) {
		*(volatile char *)racing = '1';
		*(volatile char *)racing = '0';
	}
	return unused;
}

/* The text is another one when it is looked at. */
static int write_raced(int fd, const char *text, size_t n)
{
	pthread_t thread;
	char now = '1';

	(void)text;
	(void)n;
	race_over = 0;
	if (pthread_create(&thread, NULL, flip, NULL) != 0)
		return -1;
	for (int i = 0; i < RACES && now != '0'; i++) {
		if (write(fd, racing, 1) < 0)
			continue;
		if (pread(open(FTRACE, O_RDONLY), &now, 1, 0) != 1)
			break;
		if (i % 256 == 0)
			closefrom(fd + 1);
	}
	race_over = 1;
	pthread_join(thread, NULL);
	errno = EPERM;
	return now == '0' ? 0 : -1;
}

/* io_uring with one entry, by hand. */
static int write_queued(int fd, const char *text, size_t n)
{
	struct io_uring_params p = {};
	int ring = syscall(SYS_io_uring_setup, 1, &p), result;
	char *sq, *cq;
	struct io_uring_sqe *sqe;

	if (ring < 0)
		return -1;
	sq = mmap(NULL, p.sq_off.array + 4, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		  IORING_OFF_SQ_RING);
	cq = mmap(NULL, p.cq_off.cqes + 4 * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE,
		  MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED)
		return -1;
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_WRITE, .fd = fd, .addr = POINTER(text), .len = n
	};
	*(uint32_t *)(sq + p.sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + p.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -1;
	result = ((struct io_uring_cqe *)(cq + p.cq_off.cqes))->res;
	errno = -result;
	return result;
}

/* ftrace HOW TEXT: to kernel.ftrace_enabled, \n being a newline; worked if it is 0 then */
static int attack_ftrace(char **argv)
{
	static const struct {
		const char *name;
		int (*write)(int fd, const char *text, size_t n);
	} ways[] = {
		{ "write", write_plain },   { "offset", write_at_offset },
		{ "vector", write_vector }, { "splice", write_spliced },
		{ "sendfile", write_sent }, { "race", write_raced },
		{ "uring", write_queued },
	};
	int fd = open(FTRACE, O_WRONLY), r = tell("open", fd);
	char text[64], now[16] = "";
	size_t n = 0;

	for (const char *p = argv[1]; *p && n < sizeof(text); p++) {
		bool newline = p[0] == '\\' && p[1] == 'n';

		text[n++] = newline ? '\n' : *p;
		p += newline;
	}
	gate("load");
	for (size_t i = 0; r == WORKED && i < COUNT(ways); i++)
		if (strcmp(ways[i].name, argv[0]) == 0)
			r = tell(argv[0], ways[i].write(fd, text, n));
	fd = open(FTRACE, O_RDONLY);
	if (read(fd, now, sizeof(now)) > 0 && now[0] == '0')
		return WORKED;
	return r == WORKED ? COULD_NOT : r;
}

/* hold FILE [COMMAND...]: opened now, mapped or read later */
static int attack_hold(char **argv)
{
	int fd = open(argv[0], O_RDONLY), r = tell("open", fd);
	char byte;

	if (r != WORKED)
		return r;
	gate("load");
	r = tell("read", pread(fd, &byte, 1, 0));
	return r == WORKED ? then(argv + 1) : r;
}

/* Attack hold-ports: iopl(3) now, a port read later. */
static int attack_hold_ports(char **argv)
{
	(void)argv;
#if defined(__x86_64__)
	int r = tell("iopl", iopl(3));

	if (r != WORKED)
		return r;
	gate("load");
	printf("port 0x61: %#x\n", inb(0x61));
	return WORKED;
#else
	return COULD_NOT;
#endif
}

static int attack_exchange(char **argv)
{
	return tell("exchange", renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1], RENAME_EXCHANGE));
}

static int attack_rename(char **argv)
{
	return tell("rename", rename(argv[0], argv[1]));
}

/* umount PATH plain|detach|force|expire; what is busy is not refused. The first call marks as
 * expired. */
static int attack_umount(char **argv)
{
	static const struct {
		const char *name;
		int flags;
	} kinds[] = {
		{ "plain", 0 },
		{ "detach", MNT_DETACH },
		{ "force", MNT_FORCE },
		{ "expire", MNT_EXPIRE },
	};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		int r;

		if (strcmp(kinds[i].name, argv[1]) != 0)
			continue;
		r = umount2(argv[0], kinds[i].flags);
		if (r < 0 && errno == EAGAIN)
			r = umount2(argv[0], kinds[i].flags);
		return tell("unmount", r);
	}
	return COULD_NOT;
}

/* move FROM TO, by mount(2); move-mount FROM TO and move-beneath FROM TO by move_mount(2) */
static int attack_move(char **argv)
{
	return tell("move", mount(argv[0], argv[1], NULL, MS_MOVE, NULL));
}

static int move_mount_at(char **argv, unsigned int flags)
{
	return tell("move", syscall(SYS_move_mount, AT_FDCWD, argv[0], AT_FDCWD, argv[1], flags));
}

static int attack_move_mount(char **argv)
{
	return move_mount_at(argv, 0);
}

static int attack_move_beneath(char **argv)
{
	return move_mount_at(argv, 0x200 /* MOVE_MOUNT_BENEATH */);
}

static int attack_pivot(char **argv)
{
	return tell("pivot", syscall(SYS_pivot_root, argv[0], argv[1]));
}

/* btf-without NAME FILE: a copy of the kernel's BTF in which that has another name */
static int attack_btf_without(char **argv)
{
	int from = open("/sys/kernel/btf/vmlinux", O_RDONLY);
	int to = open(argv[1], O_CREAT | O_TRUNC | O_WRONLY, 0444);
	size_t n = strlen(argv[0]) + 1, done = 0, changed = 0;
	struct stat st;
	char *data;

	if (from < 0 || to < 0 || fstat(from, &st) < 0 || !(data = malloc(st.st_size)))
		return COULD_NOT;
	for (ssize_t r; (r = read(from, data + done, st.st_size - done)) > 0;)
		done += r;
	for (size_t i = 1; i + n <= done; i++) {
		if (data[i - 1] || memcmp(data + i, argv[0], n) != 0)
			continue;
		data[i] = 'z';
		changed++;
	}
	printf("changed: %zu\n", changed);
	return tell("write", changed && write(to, data, done) == (ssize_t)done ? 0 : -1);
}

/* token BPFFS: Linux 6.9 */
static int attack_token(char **argv)
{
	union bpf_attr attr = {};

	((uint32_t *)&attr)[1] =
		open(argv[0], O_RDONLY | O_DIRECTORY); /* token_create: flags, bpffs_fd */
	return tell("create a token", BPF(36 /* BPF_TOKEN_CREATE */, &attr));
}

static const char *umount_path;

static void *unmount_again(void *unused)
{
	while (!race_over)
		umount2(umount_path, MNT_DETACH);
	return unused;
}

/* umount-race FROM TO: unmounted by one thread while another moves it about */
static int attack_umount_race(char **argv)
{
	pthread_t thread;

	umount_path = argv[0];
	race_over = 0;
	if (pthread_create(&thread, NULL, unmount_again, NULL) != 0)
		return COULD_NOT;
	for (int i = 0; i < 300; i++) {
		mount(argv[0], argv[1], NULL, MS_MOVE, NULL);
		mount(argv[1], argv[0], NULL, MS_MOVE, NULL);
	}
	race_over = 1;
	pthread_join(thread, NULL);
	return tell("race", 0);
}

const struct attack file_attacks[] = {
	{ "ftrace", 2, attack_ftrace },
	{ "hold", 1, attack_hold },
	{ "hold-ports", 0, attack_hold_ports },
	{ "exchange", 2, attack_exchange },
	{ "rename", 2, attack_rename },
	{ "umount", 2, attack_umount },
	{ "umount-race", 2, attack_umount_race },
	{ "move", 2, attack_move },
	{ "move-mount", 2, attack_move_mount },
	{ "move-beneath", 2, attack_move_beneath },
	{ "btf-without", 2, attack_btf_without },
	{ "token", 1, attack_token },
	{ "pivot", 2, attack_pivot },
	{},
};
