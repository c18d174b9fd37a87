// SPDX-License-Identifier: GPL-2.0-only
#include "verb.h"

#include <string.h>

bool verb_begins(const struct verb *v, const char *word, size_t len)
{
	return strncmp(v->name, word, len) == 0 && v->name[len] == ' ';
}

/* Returns how many words of words[n] the verb takes, 0 if it is another verb. */
static int verb_words(const struct verb *v, char *const *words, int n)
{
	size_t len = n > 0 ? strlen(words[0]) : 0;

	if (n > 0 && !strchr(v->name, ' ') && strcmp(v->name, words[0]) == 0)
		return 1;
	return n > 1 && verb_begins(v, words[0], len) && strcmp(v->name + len + 1, words[1]) == 0
		       ? 2
		       : 0;
}

uint64_t verb_options(const struct verb *v)
{
	return (v->accepts | ANY) & ~v->refuses;
}

const struct verb *verb_find(const struct verb_table *t, char *const *words, int n, int *ret_words)
{
	for (size_t i = 0; i < t->n; i++) {
		*ret_words = verb_words(&t->verbs[i], words, n);
		if (*ret_words)
			return &t->verbs[i];
	}
	return NULL;
}
