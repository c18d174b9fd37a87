// SPDX-License-Identifier: GPL-2.0-only
#include "analyze-dot.h"

#include <string.h>

#include "text.h"
#include "util.h"

#define HELPERS "kernel helpers"

static const struct {
	const char *decision, *color;
} colors[] = {
	{ "allow", "lightcoral" },
	{ "audit", "orange" },
	{ "host-only", "khaki" },
	{ "deny", "palegreen" },
};

static const char *color_of(const char *decision)
{
	for (size_t i = 0; i < ARRAY_SIZE(colors); i++)
		if (strcmp(colors[i].decision, decision) == 0)
			return colors[i].color;
	return "white";
}

/* A string as DOT reads it back, whatever is in the name. */
static void put_string(FILE *f, const char *s)
{
	putc('"', f);
	text_write(f, s, strlen(s), '"');
	putc('"', f);
}

static void put_node(FILE *f, const struct analysis *a, uint32_t reason)
{
	const char *decision = analysis_decision(a, reason);
	bool asked = a->applicable & (1ULL << reason);

	putc('\t', f);
	put_string(f, a->ops[reason].name);
	fputs(" [label=\"", f);
	text_write(f, a->ops[reason].name, strlen(a->ops[reason].name), '"');
	fprintf(f, "\\n%s\", fillcolor=\"%s\"];\n", asked ? decision : "not on this machine",
		asked ? color_of(decision) : "lightgray");
}

static void put_edge(FILE *f, const char *from, const char *to, const char *attributes)
{
	putc('\t', f);
	put_string(f, from);
	fputs(" -> ", f);
	put_string(f, to);
	fprintf(f, "%s;\n", attributes);
}

/* A way around that tasks elsewhere alone have, since the host needs none, is dashed. */
static void put_edges(FILE *f, const struct analysis *a, uint32_t reason)
{
	uint64_t host = analysis_ways(a, &a->subjects[0], ANALYSIS_HOST, reason);
	uint64_t elsewhere = analysis_ways(a, &a->subjects[0], ANALYSIS_ELSEWHERE, reason);

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if ((host | elsewhere) & (1ULL << i))
			put_edge(f, a->ops[i].name, a->ops[reason].name,
				 host & (1ULL << i) ? "" : " [style=dashed]");
	if (a->way_out && (analysis_escapes(a, &a->subjects[0]) & (1ULL << reason)))
		put_edge(f, HELPERS, a->ops[reason].name, " [style=dashed]");
}

void analyze_dot(FILE *f, const struct analysis *a)
{
	fputs("digraph bpflock {\n"
	      "\trankdir=LR;\n"
	      "\tlabel=\"an arrow leads from an open operation to a denied one that it makes pointless; "
	      "dashed: for tasks outside the host's namespaces\";\n"
	      "\tnode [shape=box, style=filled];\n",
	      f);
	if (a->way_out && analysis_escapes(a, &a->subjects[0]))
		fputs("\t\"" HELPERS "\" [shape=ellipse, fillcolor=\"lightcoral\"];\n", f);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (a->named & (1ULL << i))
			put_node(f, a, i);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (a->named & (1ULL << i))
			put_edges(f, a, i);
	fputs("}\n", f);
}
