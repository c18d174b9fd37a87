/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of a kernel's BTF that the programs are relocated by (CO-RE), as BTF of its own: some
 * types by their names, with all that lies in them. libbpf would read and index all of vmlinux for
 * that.
 */
#pragma once

#include "btf.h"

/*
 * Makes the part with every struct, union and enum of these names. names: n, sorted as strcmp(3)
 * does; a name in the BTF is looked at without its flavor, which "___" begins. Pointers in the part
 * lead to void. 0, -ENOMEM, or -EBADMSG if types refer to such as are not there. The caller frees
 * *ret_bytes.
 */
int btf_part(const struct raw_btf *btf, const char *const *names, size_t n, void **ret_bytes,
	     size_t *ret_len);
