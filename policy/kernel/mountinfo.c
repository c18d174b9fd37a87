// SPDX-License-Identifier: GPL-2.0-only
#include "mountinfo.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "text.h"

#define MOUNTS	      "/proc/self/mountinfo"
#define MOUNTINFO_MAX (4 << 20)
#define NS	      1000000000ULL

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
	       s[2] <= '7';
}

/* Takes the octal escapes (\040) of mountinfo out of a word. */
static void unescape(char *to, const char *from, size_t len)
{
	while (len > 0) {
		if (len >= 4 && from[0] == '\\' && is_octal(from + 1)) {
			*to++ = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
			len -= 4;
		} else {
			*to++ = *from++;
			len--;
		}
	}
	*to = '\0';
}

/* Reads a path and goes on behind it. */
static bool take_path(const char **line, char ret_path[PATH_MAX])
{
	size_t len = strcspn(*line, " \n");

	if ((*line)[0] != '/' || len >= PATH_MAX || (*line)[len] != ' ')
		return false;
	unescape(ret_path, *line, len);
	*line += len + 1;
	return true;
}

/* Reads a number and goes on behind the character that is to end it. */
static bool take_number(const char **line, char ends, unsigned long *ret)
{
	char *end;

	if (**line < '0' || **line > '9')
		return false;
	*ret = strtoul(*line, &end, 10);
	*line = end + 1;
	return *end == ends;
}

/* Reads ID PARENT MAJOR:MINOR and goes on behind it. */
static bool take_dev(const char **line, dev_t *ret)
{
	unsigned long id, major, minor;

	if (!take_number(line, ' ', &id) || !take_number(line, ' ', &id) ||
	    !take_number(line, ':', &major) || !take_number(line, ' ', &minor))
		return false;
	*ret = makedev(major, minor);
	return true;
}

/* Parses all behind that: ROOT MOUNTPOINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS. */
static bool parse_rest(const char *line, struct mountinfo *ret)
{
	const char *type;
	size_t len;

	if (!take_path(&line, ret->root) || !take_path(&line, ret->point))
		return false;
	type = strstr(line, " - ");
	if (!type || (size_t)(type - line) >= strcspn(line, "\n"))
		return false;
	type += strlen(" - ");
	len = strcspn(type, " \n");
	if (len == 0 || len >= sizeof(ret->type) || type[len] != ' ')
		return false;
	memcpy(ret->type, type, len);
	ret->type[len] = '\0';
	return true;
}

bool mountinfo_parse(const char *line, struct mountinfo *ret)
{
	return take_dev(&line, &ret->dev) && parse_rest(line, ret);
}

/* The path below an ancestor, "" for that itself; NULL if it is not below it. */
static const char *below(const char *path, const char *ancestor)
{
	size_t n = strcmp(ancestor, "/") == 0 ? 0 : strlen(ancestor);

	return strncmp(path, ancestor, n) == 0 && (path[n] == '/' || !path[n]) ? path + n : NULL;
}

bool mountinfo_place(const char *text, dev_t dev, const char *path, char *ret_path, size_t size)
{
	const char *line = text;
	size_t deepest = 0;
	bool found = false;

	for (; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *behind = line, *rest;
		struct mountinfo m;
		bool whole;

		/* most lines are of other file systems, and need not be looked at any further */
		if (!take_dev(&behind, &m.dev) || m.dev != dev || !parse_rest(behind, &m) ||
		    strcmp(m.type, "overlay") == 0)
			continue;
		rest = below(path, m.root);
		whole = strcmp(m.root, "/") == 0;
		if (!rest || (!whole && strlen(m.root) <= deepest))
			continue;
		snprintf(ret_path, size, "%s%s", strcmp(m.point, "/") == 0 ? "" : m.point, rest);
		found = true;
		if (whole)
			return true;
		deepest = strlen(m.root);
	}
	return found;
}

void mountinfo_done(struct mounts *m)
{
	free(m->text);
	if (m->watched)
		close(m->fd);
	*m = (struct mounts){};
}

/* The file has an error for each change since it was opened, or since that was asked. */
static bool has_changed(struct mounts *m)
{
	struct pollfd p = { .events = POLLPRI };

	if (!m->watched) {
		m->fd = open(MOUNTS, O_RDONLY | O_CLOEXEC);
		m->watched = m->fd >= 0;
		return true;
	}
	p.fd = m->fd;
	return poll(&p, 1, 0) != 0;
}

bool mountinfo_find(struct mounts *m, uint64_t now, dev_t dev, const char *path, char *ret_path,
		    size_t size)
{
	if (!m->text || now >= m->until) {
		char *text;

		/* asked first: what changes while it is read is a change for the next time */
		if ((has_changed(m) || !m->text) &&
		    text_read_file(AT_FDCWD, MOUNTS, MOUNTINFO_MAX, &text, NULL) == 0) {
			free(m->text);
			m->text = text;
		}
		m->until = now + NS;
	}
	return m->text && mountinfo_place(m->text, dev, path, ret_path, size);
}
