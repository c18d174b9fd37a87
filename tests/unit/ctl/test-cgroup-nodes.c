// SPDX-License-Identifier: GPL-2.0-only
/* Paths become a tree: parents before their children, each once, siblings by name. */
#include "test.h"
#include "cgroup-nodes.h"

struct node_row {
	const char *path;
	enum cgroup_presence presence;
	bool processes, last;
};

static void check(struct cgroup_nodes *nodes, const struct node_row *rows, size_t n)
{
	cgroup_nodes_finish(nodes);
	assert_int_equal(nodes->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(nodes->items[i].path, rows[i].path);
		assert_int_equal(nodes->items[i].presence, rows[i].presence);
		assert_int_equal(nodes->items[i].processes, rows[i].processes);
		assert_int_equal(nodes->items[i].last, rows[i].last);
	}
	cgroup_nodes_done(nodes);
}

TEST(nodes_have_their_ancestors_and_an_order)
{
	static const struct node_row rows[] = {
		{ "/", CGROUP_PRESENT, false, true },	  { "/a", CGROUP_PRESENT, true, false },
		{ "/a/b", CGROUP_PRESENT, false, true },  { "/a/b/c", CGROUP_PRESENT, true, false },
		{ "/a/b/d", CGROUP_ABSENT, false, true }, { "/a-b", CGROUP_UNKNOWN, false, false },
		{ "/a.b", CGROUP_PRESENT, true, true },
	};
	struct cgroup_nodes nodes = {};

	assert_int_equal(cgroup_nodes_add(&nodes, "/a/b/d", CGROUP_ABSENT, false), 0);
	assert_int_equal(cgroup_nodes_add(&nodes, "/a.b", CGROUP_PRESENT, true), 0);
	assert_int_equal(cgroup_nodes_add(&nodes, "/a/b/c", CGROUP_PRESENT, true), 0);
	assert_int_equal(cgroup_nodes_add(&nodes, "/a-b", CGROUP_UNKNOWN, false), 0);
	assert_int_equal(cgroup_nodes_add(&nodes, "/a", CGROUP_PRESENT, true), 0);
	assert_int_equal(cgroup_nodes_add(&nodes, "/a", CGROUP_UNKNOWN, false), 0);
	check(&nodes, rows, ARRAY_SIZE(rows));
}

TEST(the_root_alone_is_a_tree)
{
	static const struct node_row rows[] = { { "/", CGROUP_UNKNOWN, false, true } };
	struct cgroup_nodes nodes = {};

	cgroup_nodes_finish(&nodes);
	assert_int_equal(nodes.n, 0);
	assert_int_equal(cgroup_nodes_add(&nodes, "/", CGROUP_UNKNOWN, false), 0);
	check(&nodes, rows, ARRAY_SIZE(rows));
}

TEST(depth_has_no_end)
{
	struct cgroup_nodes nodes = {};
	char path[1024] = "";

	for (int i = 0; i < 200; i++)
		strcat(path, "/a");
	assert_int_equal(cgroup_nodes_add(&nodes, path, CGROUP_PRESENT, false), 0);
	cgroup_nodes_finish(&nodes);
	assert_int_equal(nodes.n, 201);
	cgroup_nodes_done(&nodes);
}
