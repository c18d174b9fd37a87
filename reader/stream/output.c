// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "journal.h"
#include "util.h"

static ssize_t to_stdout(const char *data, size_t len)
{
	ssize_t n = write(STDOUT_FILENO, data, len);

	return n < 0 ? -errno : n;
}

static struct journal journal = { .fd = -1 };

static ssize_t to_journal(const char *entry, size_t len)
{
	int r = journal_send(&journal, entry, len);

	/* what means that nobody wants our standard output any more is a failure here */
	return r == -EPIPE ? -ECONNREFUSED : r < 0 ? r : (ssize_t)len;
}

static ssize_t (*attempt)(const char *data, size_t len) = to_stdout;

static volatile sig_atomic_t stopping;
static sigset_t unmasked;

/* A signal just before a blocking call would be missed by it: so it comes again each second. */
static void on_signal(int number)
{
	if (number != SIGALRM)
		stopping = 1;
	if (stopping)
		alarm(1);
}

void output_handle_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
	/* no SA_RESTART: calls shall return */
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t masked;

	sigemptyset(&masked);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct sigaction old;

		/* as nohup(1) asks; but SIGINT is ignored in any script's background job */
		if (numbers[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
		sigaddset(&masked, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &masked, &unmasked);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigismember(&masked, numbers[i]))
			sigdelset(&unmasked, numbers[i]);
}

bool output_stopping(void)
{
	return stopping;
}

static uint64_t now_ms(void)
{
	return clock_monotonic() / NS_PER_MS;
}

/* One system call, with signals let in. */
static ssize_t write_once(const char *data, size_t len)
{
	sigset_t masked;
	ssize_t n;

	sigprocmask(SIG_SETMASK, &unmasked, &masked);
	n = attempt(data, len);
	sigprocmask(SIG_SETMASK, &masked, NULL);
	return n;
}

static int write_all(const char *data, size_t len)
{
	uint64_t start = now_ms();

	while (len > 0) {
		ssize_t n = write_once(data, len);

		if (n == -EAGAIN) {
			struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

			ppoll(&p, 1, &(struct timespec){ .tv_sec = 1 }, &unmasked);
		} else if (n < 0 && n != -EINTR) {
			return n;
		} else if (n > 0) {
			data += n;
			len -= n;
			start = now_ms();
		}
		if (len > 0 && stopping && now_ms() - start >= 1000)
			return -ECANCELED;
	}
	return 0;
}

static int write_entries(const char *batch, size_t len)
{
	const char *entry;
	size_t n, entry_len;

	for (; (n = journal_next(batch, len, &entry, &entry_len)); batch += n, len -= n) {
		int r = write_all(entry, entry_len);

		if (r < 0)
			return r;
	}
	return 0;
}

int output_to_journal(const char *path)
{
	int r = journal_open(path, &journal);

	if (r == 0)
		attempt = to_journal;
	return r;
}

bool output_is_stderr(void)
{
	struct stat out, err;

	return journal.fd < 0 && !isatty(STDERR_FILENO) && fstat(STDOUT_FILENO, &out) == 0 &&
	       fstat(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev &&
	       out.st_ino == err.st_ino;
}

int output_write(struct out *o)
{
	int r = journal.fd < 0 ? write_all(o->data, o->len) : write_entries(o->data, o->len);

	o->len = 0;
	return r;
}

bool output_wait(int fd, int timeout_ms)
{
	/* errors and hang-ups are reported unasked */
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN },
				{ .fd = journal.fd < 0 ? STDOUT_FILENO : -1 } };
	struct timespec timeout = { .tv_sec = timeout_ms / 1000,
				    .tv_nsec = timeout_ms % 1000 * 1000000L };

	if (ppoll(fds, ARRAY_SIZE(fds), timeout_ms < 0 ? NULL : &timeout, &unmasked) <= 0)
		return true;
	return !(fds[1].revents & (POLLERR | POLLHUP | POLLNVAL));
}
