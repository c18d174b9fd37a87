// SPDX-License-Identifier: GPL-2.0-only
#include "container.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util.h"

#define ID_LEN 64 /* hexadecimal digits of an id */

struct word {
	const char *s;
	size_t len;
};

static bool is_hex(const char *s, size_t len, const char *others)
{
	for (size_t i = 0; i < len; i++)
		if (!s[i] || (!strchr("0123456789abcdef", s[i]) && !strchr(others, s[i])))
			return false;
	return true;
}

static bool is_id(struct word w)
{
	return w.len == ID_LEN && is_hex(w.s, w.len, "");
}

static bool is(struct word w, const char *name)
{
	return w.len == strlen(name) && memcmp(w.s, name, w.len) == 0;
}

static bool skip(struct word *w, const char *prefix)
{
	size_t n = strlen(prefix);

	if (w->len < n || memcmp(w->s, prefix, n) != 0)
		return false;
	w->s += n;
	w->len -= n;
	return true;
}

static bool cut(struct word *w, const char *suffix)
{
	size_t n = strlen(suffix);

	if (w->len < n || memcmp(w->s + w->len - n, suffix, n) != 0)
		return false;
	w->len -= n;
	return true;
}

static void copy(char *to, size_t size, struct word w)
{
	snprintf(to, size, "%.*s", (int)w.len, w.s);
}

/* Sets the pod if this is its uid: with dashes, or with '_' in their places, or the hash of a
 * static pod. */
static bool take_uid(struct container *c, struct word uid)
{
	if ((uid.len != 36 && uid.len != 32) || !is_hex(uid.s, uid.len, "-_"))
		return false;
	copy(c->pod, sizeof(c->pod), uid);
	for (char *p = c->pod; *p; p++)
		if (*p == '_')
			*p = '-';
	c->id[0] = '\0';
	return true;
}

/* "kubepods-burstable-podUID.slice", also behind another name, such as
 * "kubelet-kubepods-podUID.slice". */
static bool take_pod_slice(struct container *c, struct word w)
{
	const char *kubepods = memmem(w.s, w.len, "kubepods", 8);
	struct word rest = { kubepods, kubepods ? w.len - (kubepods - w.s) : 0 };
	const char *pod = kubepods ? memmem(rest.s, rest.len, "-pod", 4) : NULL;

	if (!pod || !cut(&rest, ".slice"))
		return false;
	return take_uid(c, (struct word){ pod + 4, rest.s + rest.len - (pod + 4) });
}

/* "machine-libpod_pod_ID.slice" of podman. */
static bool take_podman_pod(struct container *c, struct word w)
{
	const char *at = memmem(w.s, w.len, "libpod_pod_", 11);
	struct word id;

	if (!at || !cut(&w, ".slice"))
		return false;
	id = (struct word){ at + 11, w.s + w.len - (at + 11) };
	if (!is_id(id))
		return false;
	copy(c->pod, sizeof(c->pod), id);
	c->id[0] = '\0';
	return true;
}

/* Monitors, such as "libpod-conmon-ID.scope", belong to the host. */
static bool take_scope(struct container *c, struct word w)
{
	static const char *const runtimes[] = { "cri-containerd-", "crio-",   "docker-",
						"libpod-payload-", "libpod-", "nerdctl-" };

	cut(&w, ".scope");
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++) {
		struct word id = w;

		if (!skip(&id, runtimes[i]) || !is_id(id))
			continue;
		copy(c->id, sizeof(c->id), id);
		return true;
	}
	return false;
}

/* "kubepods-podUID.slice:cri-containerd:ID": containerd's name for systemd, where systemd has not
 * made it. */
static bool take_colons(struct container *c, struct word w)
{
	const char *colon = memchr(w.s, ':', w.len), *last = memrchr(w.s, ':', w.len);
	struct word id = { last + 1, last ? w.s + w.len - (last + 1) : 0 };

	if (!colon || colon == last || !is_id(id))
		return false;
	take_pod_slice(c, (struct word){ w.s, colon - w.s });
	copy(c->id, sizeof(c->id), id);
	return true;
}

/* A name as systemd escapes it: "\x2d" is '-'. */
static void copy_unescaped(char *to, size_t size, struct word w)
{
	size_t n = 0;

	for (size_t i = 0; i < w.len && n + 1 < size; n++) {
		unsigned int byte;

		if (w.len - i >= 4 && w.s[i] == '\\' && w.s[i + 1] == 'x' &&
		    is_hex(w.s + i + 2, 2, "") && sscanf(w.s + i + 2, "%2x", &byte) == 1 && byte) {
			to[n] = (char)byte;
			i += 4;
		} else {
			to[n] = w.s[i++];
		}
	}
	to[n] = '\0';
}

/* Names of systemd-nspawn and systemd-machined; virtual machines are not containers. */
static bool take_machine(struct container *c, struct word w)
{
	if (skip(&w, "systemd-nspawn@") && cut(&w, ".service")) {
		copy_unescaped(c->id, sizeof(c->id), w);
		return true;
	}
	if (!skip(&w, "machine-") || !cut(&w, ".scope") || skip(&w, "qemu\\x2d"))
		return false;
	copy_unescaped(c->id, sizeof(c->id), w);
	return true;
}

/* "lxc.payload.NAME", or NAME below "lxc.payload" or "lxc". Monitors belong to the host. */
static bool take_lxc(struct container *c, struct word w, struct word parent)
{
	if (!skip(&w, "lxc.payload.") && !is(parent, "lxc") && !is(parent, "lxc.payload"))
		return false;
	copy(c->id, sizeof(c->id), w);
	return w.len > 0;
}

/* Names of cgroupfs drivers: "kubepods/burstable/podUID/ID" and "docker/ID". */
static bool take_plain(struct container *c, struct word w, bool below_kubepods, bool below_docker)
{
	struct word uid = w;

	if (below_kubepods && skip(&uid, "pod") && take_uid(c, uid))
		return true;
	if (!is_id(w) || !(below_docker || c->pod[0]))
		return false;
	copy(c->id, sizeof(c->id), w);
	return true;
}

static void take(struct container *c, struct word w, struct word parent, bool below_kubepods,
		 bool below_docker)
{
	if (take_colons(c, w) || take_pod_slice(c, w) || take_podman_pod(c, w) ||
	    take_scope(c, w) || take_machine(c, w) || take_lxc(c, w, parent))
		return;
	take_plain(c, w, below_kubepods, below_docker);
}

void container_find(const char *path, struct container *ret)
{
	bool below_kubepods = false, below_docker = false;
	struct word parent = { "", 0 };

	*ret = (struct container){};
	while (*path) {
		struct word w = { path, strcspn(path, "/") };

		take(ret, w, parent, below_kubepods, below_docker);
		below_kubepods |= is(w, "kubepods");
		below_docker |= is(w, "docker");
		parent = w;
		path += w.len;
		path += *path == '/';
	}
}

const char *container_scope(const char *unit)
{
	static const struct {
		const char *unit, *scope;
	} rows[] = {
		{ "docker.service", "docker-ID.scope" },
		{ "containerd.service", "cri-containerd-ID.scope, nerdctl-ID.scope or docker-ID.scope" },
		{ "crio.service", "crio-ID.scope" },
		{ "podman.service", "libpod-ID.scope" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(unit, rows[i].unit) == 0)
			return rows[i].scope;
	return NULL;
}
