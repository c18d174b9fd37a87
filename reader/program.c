// SPDX-License-Identifier: GPL-2.0-only
#include "program.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "message.h"
#include "version.h"

enum exit_status output_failed(int error)
{
	if (error == -EPIPE)
		return STATUS_OK;
	if (error == -ECANCELED)
		message("nobody takes the output; what was not taken stays in the ring");
	else
		message("cannot write the output: %s", strerror(-error));
	return STATUS_FAILED;
}

void message_invalid_records(const struct stream *f)
{
	for (int i = 0; i < _DECODE_MAX; i++) {
		if (f->invalid[i] && i == DECODE_FOREIGN)
			message("skipped %" PRIu64 " records of format version %u; "
				"this bpflock-log %s reads %u",
				f->invalid[i], f->foreign_abi, BPFLOCK_VERSION, BPFLOCK_ABI);
		else if (f->invalid[i])
			message("skipped %" PRIu64 " damaged records: %s", f->invalid[i],
				decode_text(i));
	}
}
