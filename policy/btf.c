// SPDX-License-Identifier: GPL-2.0-only
#include "btf.h"

#include <errno.h>
#include <linux/btf.h>
#include <string.h>

#include "btf-walk.h"
#include "util.h"

int btf_walk_begin(struct btf_walk *w, const void *btf, size_t len)
{
	struct btf_header h;
	const unsigned char *base = btf;

	if (len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, btf, sizeof(h));
	if (h.magic != BTF_MAGIC || h.version != 1 || h.hdr_len < sizeof(h) || h.hdr_len > len)
		return -EBADMSG;
	len -= h.hdr_len;
	if (h.type_off > len || h.type_len > len - h.type_off || h.str_off > len ||
	    h.str_len > len - h.str_off || h.str_len == 0)
		return -EBADMSG;
	*w = (struct btf_walk){
		.types = base + h.hdr_len + h.type_off,
		.types_len = h.type_len,
		.strings = (const char *)base + h.hdr_len + h.str_off,
		.strings_len = h.str_len,
	};
	return w->strings[w->strings_len - 1] == '\0' ? 0 : -EBADMSG;
}

int btf_each_enumerator(const void *btf, size_t len, const char *name, btf_enumerator_fn fn,
			void *arg)
{
	const unsigned char *members;
	struct btf_type t;
	struct btf_walk w;
	int r;

	r = btf_walk_begin(&w, btf, len);
	if (r < 0)
		return r;
	while ((r = btf_walk_next(&w, &t, &members)) > 0) {
		if (BTF_INFO_KIND(t.info) != BTF_KIND_ENUM || BTF_INFO_VLEN(t.info) == 0 ||
		    strcmp(w.strings + t.name_off, name) != 0)
			continue;
		for (size_t i = 0; i < BTF_INFO_VLEN(t.info); i++) {
			struct btf_enum e;

			memcpy(&e, members + i * sizeof(e), sizeof(e));
			if (e.name_off >= w.strings_len)
				return -EBADMSG;
			r = fn(w.strings + e.name_off, (uint32_t)e.val, arg);
			if (r)
				return r;
		}
		return 0;
	}
	return r < 0 ? r : -ENOENT;
}

int btf_find(const void *btf, size_t len, struct btf_wanted *wanted, size_t n)
{
	const unsigned char *members;
	uint32_t kinds = 0;
	struct btf_type t;
	struct btf_walk w;
	int r;

	for (size_t i = 0; i < n; i++) {
		wanted[i].id = 0;
		kinds |= 1U << wanted[i].kind;
	}
	r = btf_walk_begin(&w, btf, len);
	if (r < 0)
		return r;
	while ((r = btf_walk_next(&w, &t, &members)) > 0) {
		const uint32_t kind = BTF_INFO_KIND(t.info);

		if (!(kinds & 1U << kind))
			continue;
		for (size_t i = 0; i < n; i++)
			if (wanted[i].kind == kind && !wanted[i].id &&
			    strcmp(w.strings + t.name_off, wanted[i].name) == 0)
				wanted[i].id = w.id;
	}
	return r;
}

int btf_find_function(const void *btf, size_t len, const char *name, uint32_t *ret_id)
{
	struct btf_wanted wanted = { .kind = BTF_KIND_FUNC, .name = name };
	int r = btf_find(btf, len, &wanted, 1);

	if (r < 0)
		return r;
	if (!wanted.id)
		return -ENOENT;
	*ret_id = wanted.id;
	return 0;
}
