// SPDX-License-Identifier: GPL-2.0-only
/* A container that got no bpffs is told from a host where none is mounted yet. */
#include "test.h"
#include "bpffs.h"

TEST_IN_DIRECTORY(a_container_needs_the_hosts)
{
	char missing[96];

	snprintf(missing, sizeof(missing), "%s/missing", test_directory);
	setenv("container", "oci", 1);
	assert_true(bpffs_left_out(test_directory));
	assert_true(bpffs_left_out(missing));
	setenv("container", "", 1);
	assert_false(bpffs_left_out(test_directory));
	unsetenv("container");
	assert_false(bpffs_left_out(test_directory));
	assert_false(bpffs_left_out(missing));
}
