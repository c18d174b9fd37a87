// SPDX-License-Identifier: GPL-2.0-only
/* Pods and containers by the paths of their cgroups, as real runtimes make them. */
#include "test.h"
#include "container.h"

#define ID  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID "6f2b1c3a-0d7e-4c5b-9a1f-2b3c4d5e6f70"
#define U_D "6f2b1c3a_0d7e_4c5b_9a1f_2b3c4d5e6f70" /* as in the name of a slice */
#define STATIC "1f0a9b2c3d4e5f60718293a4b5c6d7e8"

struct row {
	const char *path;
	const char *pod;
	const char *id;
};

static void check(const struct row *rows, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct container c;

		memset(&c, 'x', sizeof(c));
		container_find(rows[i].path, &c);
		if (strcmp(c.pod, rows[i].pod) != 0 || strcmp(c.id, rows[i].id) != 0) {
			print_error("%s: pod \"%s\", container \"%s\"\n", rows[i].path, c.pod, c.id);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

TEST_ROWS(pods_of_kubernetes, check, struct row,
	/* containerd and cri-o, by systemd */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_D ".slice/cri-containerd-" ID ".scope", UID, ID },
	{ "/kubepods.slice/kubepods-pod" U_D ".slice/cri-containerd-" ID ".scope", UID, ID },
	{ "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" U_D ".slice/crio-" ID ".scope/container", UID, ID },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_D ".slice/docker-" ID ".scope", UID, ID },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" STATIC ".slice/crio-" ID, STATIC, ID },
	{ "/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" U_D
	  ".slice/cri-containerd-" ID ".scope", UID, ID },
	/* the pod itself, and the runtime's monitor in it */
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_D ".slice", UID, "" },
	{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" U_D ".slice/crio-conmon-" ID ".scope", UID, "" },
	/* cgroupfs */
	{ "/kubepods/burstable/pod" UID "/" ID, UID, ID },
	{ "/kubepods/pod" UID "/" ID, UID, ID },
	{ "/kubepods/besteffort/pod" STATIC "/" ID, STATIC, ID },
	{ "/kubepods/besteffort/pod" UID, UID, "" },
	/* containerd's name for systemd, without systemd */
	{ "/system.slice/containerd.service/kubepods-burstable-pod" U_D ".slice:cri-containerd:" ID, UID, ID },
	{ "/k8s.io/kubepods-pod" U_D ".slice:cri-containerd:" ID, UID, ID },
	/* kind: a cluster in a container of docker */
	{ "/system.slice/docker-" ID2 ".scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" U_D
	  ".slice/cri-containerd-" ID ".scope", UID, ID },
	{ "/docker/" ID2 "/kubelet/kubepods/burstable/pod" UID "/" ID, UID, ID },
	{ "/docker/" ID2 "/kubelet/kubepods/burstable/pod" UID, UID, "" },
	/* the slices above pods */
	{ "/kubepods.slice", "", "" },
	{ "/kubepods.slice/kubepods-burstable.slice", "", "" },
	{ "/kubepods/burstable", "", "" })

TEST_ROWS(containers_of_other_runtimes, check, struct row,
	{ "/docker/" ID, "", ID },
	{ "/system.slice/docker-" ID ".scope", "", ID },
	{ "/system.slice/docker-" ID ".scope/system.slice/cron.service", "", ID },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" ID ".scope", "", ID },
	{ "/docker/buildkit/" ID, "", ID },
	{ "/machine.slice/libpod-" ID ".scope", "", ID },
	{ "/machine.slice/libpod-" ID ".scope/container", "", ID },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container", "", ID },
	{ "/libpod_parent/libpod-" ID, "", ID },
	{ "/system.slice/web.service/libpod-payload-" ID, "", ID },
	{ "/machine.slice/machine-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", ID2, ID },
	{ "/user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_" ID2 ".slice/libpod-" ID ".scope", ID2, ID },
	{ "/machine.slice/libpod-conmon-" ID ".scope", "", "" },
	{ "/system.slice/nerdctl-" ID ".scope", "", ID },
	{ "/lxc/web", "", "web" },
	{ "/lxc.payload/web/init.scope", "", "web" },
	{ "/lxc.payload.web", "", "web" },
	{ "/lxc.payload.web/system.slice/cron.service", "", "web" },
	{ "/lxc.monitor.web", "", "" },
	{ "/lxc.monitor/web", "", "" },
	{ "/machine.slice/systemd-nspawn@web.service/payload", "", "web" },
	{ "/machine.slice/systemd-nspawn@web\\x2d1.service", "", "web-1" },
	{ "/machine.slice/machine-web\\x2d1.scope", "", "web-1" },
	{ "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "", "" },
	/* one in another: the inner */
	{ "/lxc.payload.host/docker/" ID, "", ID },
	{ "/docker/" ID2 "/docker/" ID, "", ID })

TEST_ROWS(what_is_none, check, struct row,
	{ "", "", "" },
	{ "/", "", "" },
	{ "/system.slice/docker.service", "", "" },
	{ "/system.slice/containerd.service", "", "" },
	{ "/user.slice/user-1000.slice/session-3.scope", "", "" },
	{ "/" ID, "", "" },
	{ "/system.slice/docker-" ID "0.scope", "", "" },
	{ "/system.slice/docker-0123.scope", "", "" },
	{ "/system.slice/docker-0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef.scope", "", "" },
	{ "/system.slice/docker-.scope", "", "" },
	{ "/pod" UID "/" ID, "", "" },
	{ "/kubepods/pod0123", "", "" },
	{ "/kubepods/podgf2b1c3a-0d7e-4c5b-9a1f-2b3c4d5e6f70", "", "" },
	{ "/lxc", "", "" },
	{ "/lxc/", "", "" },
	{ "/lxc.payload.", "", "" },
	{ "/a:b:c", "", "" },
	{ "/:", "", "" },
	{ "/::" ID, "", ID },
	{ "/machine.slice/machine-a\\x00.scope", "", "a\\x00" },
	{ "/machine.slice/machine-a\\x2.scope", "", "a\\x2" })

/* The longest name there can be does not overflow anything. */
TEST(long_names_are_cut)
{
	char path[300] = "/lxc/";
	struct container c;

	memset(path + 5, 'n', 255);
	container_find(path, &c);
	assert_int_equal(strlen(c.id), CONTAINER_ID_LEN - 1);
	memcpy(path, "/machine-", 9);
	strcpy(path + 200, ".scope");
	container_find(path, &c);
	assert_int_equal(strlen(c.id), CONTAINER_ID_LEN - 1);
}

TEST(containers_are_beside_the_unit_of_their_runtime)
{
	assert_string_equal(container_scope("docker.service"), "docker-ID.scope");
	assert_string_equal(container_scope("podman.service"), "libpod-ID.scope");
	assert_null(container_scope("docker.socket"));
	assert_null(container_scope("docker-registry.service"));
}
