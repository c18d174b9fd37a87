// SPDX-License-Identifier: GPL-2.0-only
#include "ctl-logs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "recorded-file.h"
#include "util.h"

static int open_log(const char *name)
{
	int fd = strcmp(name, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
					  open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

static int read_entries(int fd, struct recorded *record, ctl_logs_fn take, void *arg,
			struct ctl_log *log)
{
	CLEANUP(recorded_file_done) struct recorded_file file;
	int n = recorded_file_init(&file, fd);

	while (n == 0 && (n = recorded_file_next(&file, record)) > 0) {
		if (n == RECORDED_FILE_FAULT && !log->unreadable++) {
			log->line = file.entry_line;
			log->fault = file.fault;
		}
		log->records += n == RECORDED_FILE_RECORD;
		n = n == RECORDED_FILE_RECORD ? take(arg, log->name, record) : 0;
	}
	return n;
}

/* Says what is wrong with a log that was read. Nothing of bpflock in it is an error, a part is not. */
static void judge(const struct ctl_log *log, struct diagnostics *d)
{
	const struct place at = { log->name, log->line, 0 };

	if (log->unreadable)
		(log->records ? diagnostic_warning : diagnostic_error)(
			d, &at, "not a record: %s (one of %llu that cannot be read)", log->fault,
			(unsigned long long)log->unreadable);
	else if (!log->records)
		diagnostic_error(d, &(struct place){ .source = log->name },
				 "it holds no record of bpflock-log: use its formats json, logfmt or "
				 "journal");
}

void ctl_logs_read(const char *name, struct recorded *record, ctl_logs_fn take, void *arg,
		   struct ctl_log *ret_log, struct diagnostics *d)
{
	CLEANUP(close_fdp) int fd = open_log(name);
	int n = fd;

	*ret_log = (struct ctl_log){ .name = strcmp(name, "-") == 0 ? "stdin" : name };
	if (fd >= 0)
		n = read_entries(fd, record, take, arg, ret_log);
	if (n < 0)
		diagnostic_error(d, &(struct place){ .source = ret_log->name }, "cannot read: %s",
				 strerror(-n));
	else
		judge(ret_log, d);
}
