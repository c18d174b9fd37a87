// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup-rules.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure.h"

#define CGROUPS "/sys/fs/cgroup"

void cgroup_rules_write(unsigned int n)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), CGROUP_RULES_FORMAT, n);
	f = fopen(path, "w");
	if (!f)
		die(path);
	fputs("[kimglock]\nprofile = privileged\nlog = none\n", f);
	for (unsigned int i = 0; i < n; i++)
		fprintf(f, "[cgroup \"/bench-rules/a/%u\"]\nprofile = restricted\nblock = kexec\n",
			i);
	if (fclose(f) != 0)
		die(path);
}

void cgroup_rules_make_cgroups(void)
{
	run("mkdir -p " CGROUPS CGROUP_OF_TASK " " CGROUPS "/bench-rules/a", NULL);
	for (unsigned int i = 0; i < CGROUP_RULES_EXIST; i++) {
		char path[64];

		snprintf(path, sizeof(path), CGROUPS "/bench-rules/a/%u", i);
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			die(path);
	}
}

void cgroup_rules_move_task(bool there)
{
	char command[96];

	snprintf(command, sizeof(command), "echo %d >" CGROUPS "%s/cgroup.procs", getpid(),
		 there ? CGROUP_OF_TASK : "/case");
	run(command, NULL);
}
