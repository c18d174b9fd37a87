/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs attach to and which members they read, told to libbpf. It would read and index all of the
 * kernel's BTF for that by itself, which takes longer than the rest of a load in user space.
 */
#pragma once

struct bpf_object;
struct raw_btf;
struct targets;

/*
 * From now on libbpf takes what programs of these sections attach to from here: lsm_cgroup/, tp_btf/ and fexit/. One at a
 * time. A negative errno, or 0 and *ret, which the caller frees: then libbpf looks by itself again.
 */
int targets_new(struct targets **ret);
struct targets *targets_free(struct targets *t);
void targets_freep(struct targets **t);

/* For bpf_object_open_opts.btf_custom_path; valid as long as t is. */
const char *targets_btf_path(const struct targets *t);

/*
 * Once the object is opened and its programs are chosen: looks up in the kernel's BTF what they need. That serves for
 * the same object opened again, too, and the BTF is not needed afterwards. -EBADMSG if it is damaged, or another negative errno.
 */
int targets_find(struct targets *t, const struct bpf_object *object, const struct raw_btf *btf);
