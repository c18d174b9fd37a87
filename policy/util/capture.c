// SPDX-License-Identifier: GPL-2.0-only
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "text.h"
#include "util.h"

enum end {
	END_CLOSED, /* nobody writes any more */
	END_FULL,
	END_LATE,
};

static uint64_t now_ms(void)
{
	return clock_monotonic() / NS_PER_MS;
}

static _Noreturn void be_child(int out_fd, int (*print)(const void *arg), const void *arg)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int status;

	/* so that it can be ended with all that it has started */
	setpgid(0, 0);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out_fd, STDOUT_FILENO) < 0 ||
	    dup2(out_fd, STDERR_FILENO) < 0)
		_exit(1);
	status = print(arg);
	fflush(stdout);
	_exit(status);
}

/* Reads into text[size] until one of the ends. */
static enum end collect(int fd, uint64_t deadline, char *text, size_t size, size_t *ret_len)
{
	size_t len = 0;
	enum end end = END_CLOSED;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t now = now_ms();
		char more;
		ssize_t n;

		if (now >= deadline) {
			end = END_LATE;
			break;
		}
		if (poll(&p, 1, deadline - now) <= 0)
			continue;
		/* whether there is more than fits is known when it comes */
		n = len < size ? read(fd, text + len, size - len) : read(fd, &more, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (len == size) {
			end = END_FULL;
			break;
		}
		len += n;
	}
	*ret_len = len;
	return end;
}

struct captured {
	char *text; /* owned; limits->bytes, of which len are used, and one for a NUL */
	size_t len;
	enum end end;
	int status; /* as waitpid(2) has it */
};

static int run(int (*print)(const void *arg), const void *arg, const struct capture_limits *limits,
	       struct captured *ret)
{
	CLEANUP(free_charp) char *text = malloc(limits->bytes + 1);
	uint64_t deadline = now_ms() + limits->ms;
	int fds[2];
	pid_t pid;

	if (!text)
		return -ENOMEM;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	/* what is still in a buffer would come out twice */
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		free(TAKE_PTR(text)); /* the child's copy is nobody's */
		be_child(fds[1], print, arg);
	}
	close(fds[1]);
	if (pid < 0) {
		int r = -errno;

		close(fds[0]);
		return r;
	}
	*ret = (struct captured){};
	ret->end = collect(fds[0], deadline, text, limits->bytes, &ret->len);
	close(fds[0]);
	if (ret->end != END_CLOSED) {
		setpgid(pid, pid); /* it may not have come to it */
		kill(-pid, SIGKILL);
	}
	while (waitpid(pid, &ret->status, 0) < 0 && errno == EINTR)
		;
	ret->text = TAKE_PTR(text);
	return 0;
}

static bool tell_end(FILE *f, const struct captured *c, const struct capture_limits *limits)
{
	if (c->end == END_FULL)
		fprintf(f, "[cut off after %zu bytes]\n", limits->bytes);
	else if (c->end == END_LATE)
		fprintf(f, "[stopped after %u ms]\n", limits->ms);
	else if (WIFSIGNALED(c->status))
		fprintf(f, "[killed by signal %d]\n", WTERMSIG(c->status));
	else if (WEXITSTATUS(c->status))
		fprintf(f, "[exit status %d]\n", WEXITSTATUS(c->status));
	return c->end == END_CLOSED && c->status == 0;
}

bool capture_write(FILE *f, const char *title, int (*print)(const void *arg), const void *arg,
		   const struct capture_limits *limits)
{
	struct captured c = {};
	bool whole;
	int r;

	fprintf(f, "\n== %s ==\n", title);
	r = run(print, arg, limits, &c);
	if (r < 0) {
		fprintf(f, "[%s]\n", strerror(-r));
		return false;
	}
	text_write_lines(f, c.text, c.len);
	free(c.text);
	whole = tell_end(f, &c, limits);
	return whole && !ferror(f);
}

/* ret_len may be NULL. */
static int take(int (*print)(const void *arg), const void *arg, const struct capture_limits *limits,
		char **ret_text, size_t *ret_len, int *ret_status)
{
	static const int errors[] = { [END_FULL] = -EFBIG, [END_LATE] = -ETIMEDOUT };
	struct captured c = {};
	int r = run(print, arg, limits, &c);

	if (!c.text) /* it could not be run */
		return r;
	if (c.end != END_CLOSED || !WIFEXITED(c.status)) {
		free(c.text);
		return c.end != END_CLOSED ? errors[c.end] : -EIO;
	}
	c.text[c.len] = '\0';
	*ret_text = c.text;
	*ret_status = WEXITSTATUS(c.status);
	if (ret_len)
		*ret_len = c.len;
	return 0;
}

int capture_all(int (*print)(const void *arg), const void *arg, const struct capture_limits *limits,
		char **ret_text, int *ret_status)
{
	return take(print, arg, limits, ret_text, NULL, ret_status);
}

int capture_read(int (*print)(const void *arg), const void *arg,
		 const struct capture_limits *limits, char **ret_text, size_t *ret_len)
{
	CLEANUP(free_charp) char *text = NULL;
	int status = 0, r = take(print, arg, limits, &text, ret_len, &status);

	if (r < 0)
		return r;
	if (status != 0)
		return -EIO;
	*ret_text = TAKE_PTR(text);
	return 0;
}
