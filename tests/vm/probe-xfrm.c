/* SPDX-License-Identifier: GPL-2.0-only */
/* No call fails for xfrm_secret, a denial shows as a zeroed key in what the kernel dumps. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe.h"

#define KEY "a key that is known to the test."
#define KEY_SIZE (sizeof(KEY) - 1)
#define SPI 0x0b9f10c0

struct message {
	struct nlmsghdr header;
	char payload[2048];
};

/* All parts but the last are multiples of NLMSG_ALIGNTO long. */
static void append(struct message *m, const void *data, size_t size)
{
	memcpy((char *)m + m->header.nlmsg_len, data, size);
	m->header.nlmsg_len += size;
}

static void begin(struct message *m, int type, const void *data, size_t size)
{
	memset(m, 0, sizeof(*m));
	m->header.nlmsg_len = NLMSG_HDRLEN;
	m->header.nlmsg_type = type;
	m->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	append(m, data, size);
}

/* Send a request; 0 for an acknowledgement or an answer (left in m), else the errno. */
static int ask(int fd, struct message *m)
{
	ssize_t size;

	if (send(fd, m, m->header.nlmsg_len, 0) < 0)
		return errno;
	size = recv(fd, m, sizeof(*m), 0);
	if (size < 0)
		return errno;
	if (!NLMSG_OK(&m->header, (size_t)size))
		return EPROTO;
	if (m->header.nlmsg_type == NLMSG_ERROR)
		return -((struct nlmsgerr *)NLMSG_DATA(&m->header))->error;
	return 0;
}

static const struct xfrm_usersa_id state_id = {
	.spi = SPI, .family = AF_INET, .proto = IPPROTO_AH, .daddr.a4 = 0x0200007f,
};

static int add_state(int fd)
{
	struct xfrm_usersa_info state = {
		.id = { .daddr = state_id.daddr, .spi = SPI, .proto = IPPROTO_AH },
		.saddr.a4 = 0x0100007f,
		.lft.soft_byte_limit = XFRM_INF,
		.lft.hard_byte_limit = XFRM_INF,
		.lft.soft_packet_limit = XFRM_INF,
		.lft.hard_packet_limit = XFRM_INF,
		.family = AF_INET,
		.mode = XFRM_MODE_TRANSPORT,
		.reqid = 1,
	};
	const struct nlattr attribute = {
		.nla_len = sizeof(attribute) + sizeof(struct xfrm_algo) + KEY_SIZE,
		.nla_type = XFRMA_ALG_AUTH,
	};
	const struct xfrm_algo algorithm = {
		.alg_name = "hmac(sha256)",
		.alg_key_len = KEY_SIZE * 8,
	};
	struct message m;

	begin(&m, XFRM_MSG_NEWSA, &state, sizeof(state));
	append(&m, &attribute, sizeof(attribute));
	append(&m, &algorithm, sizeof(algorithm));
	append(&m, KEY, KEY_SIZE);
	return ask(fd, &m);
}

/* The key in a dumped state, or NULL. */
static const char *dumped_key(struct message *m)
{
	size_t at = NLMSG_SPACE(sizeof(struct xfrm_usersa_info));

	while (at + sizeof(struct nlattr) <= m->header.nlmsg_len) {
		struct nlattr *attribute = (struct nlattr *)((char *)m + at);
		struct xfrm_algo *algorithm = (struct xfrm_algo *)(attribute + 1);

		if (attribute->nla_len < sizeof(*attribute))
			return NULL;
		if (attribute->nla_type == XFRMA_ALG_AUTH && algorithm->alg_key_len == KEY_SIZE * 8)
			return algorithm->alg_key;
		at += NLA_ALIGN(attribute->nla_len);
	}
	return NULL;
}

static enum outcome look_at_key(int fd)
{
	static const char zeros[KEY_SIZE];
	struct message m;
	const char *key;
	int err;

	begin(&m, XFRM_MSG_GETSA, &state_id, sizeof(state_id));
	m.header.nlmsg_flags = NLM_F_REQUEST;
	err = ask(fd, &m);
	if (err)
		return untried(err, "read an xfrm state back");
	key = dumped_key(&m);
	if (!key)
		return untried(EPROTO, "find the key in an xfrm state");
	if (!memcmp(key, KEY, KEY_SIZE))
		return tried(0, EPERM, "read an xfrm state's key");
	return tried(memcmp(key, zeros, KEY_SIZE) ? EIO : EPERM, EPERM, "read an xfrm state's key");
}

enum outcome attempt_xfrm_secret(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM), err;
	enum outcome outcome;
	struct message m;

	if (fd < 0)
		return untried(errno, "open an xfrm netlink socket");
	err = add_state(fd);
	if (err) {
		close(fd);
		return untried(err, "add an xfrm state");
	}
	outcome = look_at_key(fd);
	begin(&m, XFRM_MSG_DELSA, &state_id, sizeof(state_id));
	ask(fd, &m);
	close(fd);
	return outcome;
}
