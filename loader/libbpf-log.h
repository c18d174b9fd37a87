/* SPDX-License-Identifier: GPL-2.0-only */
/* The messages of libbpf about a load are reduced to the one line that a failure gets. */
#pragma once

/* From now on libbpf prints nothing, unless the environment has BPFLOCK_DEBUG, and what matters is
 * kept. */
void libbpf_log_listen(void);

/* Before another attempt. */
void libbpf_log_forget(void);

/* Why the last attempt failed; valid until the next call. */
const char *libbpf_log_reason(void);
