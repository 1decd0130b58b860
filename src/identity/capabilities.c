/* SPDX-License-Identifier: MIT */
#include "identity/capabilities.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The structures of capget(2). Debian's musl-gcc does not find <linux/capability.h>. */
#define CAPABILITY_VERSION_3 0x20080522U

struct header {
	uint32_t version;
	int pid;
};

struct half {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

/* Ordered by number; the empty name is the end. */
static const char names[] =
	"chown\0dac_override\0dac_read_search\0fowner\0fsetid\0kill\0setgid\0setuid\0setpcap\0"
	"linux_immutable\0net_bind_service\0net_broadcast\0net_admin\0net_raw\0ipc_lock\0"
	"ipc_owner\0sys_module\0sys_rawio\0sys_chroot\0sys_ptrace\0sys_pacct\0sys_admin\0"
	"sys_boot\0sys_nice\0sys_resource\0sys_time\0sys_tty_config\0mknod\0lease\0"
	"audit_write\0audit_control\0setfcap\0mac_override\0mac_admin\0syslog\0wake_alarm\0"
	"block_suspend\0audit_read\0perfmon\0bpf\0checkpoint_restore\0";

static uint64_t bit_named(const char *name, size_t length)
{
	uint64_t bit = 1;

	for (const char *at = names; *at; at += strlen(at) + 1, bit <<= 1) {
		if (strncasecmp(at, name, length) == 0 && at[length] == '\0')
			return bit;
	}
	return 0;
}

const char *capabilities_name(uint64_t set)
{
	const char *at = names;

	for (; *at && !(set & 1); set >>= 1)
		at += strlen(at) + 1;
	return at;
}

bool capabilities_parse(const char *list, uint64_t *set, struct failure *failure)
{
	uint64_t bit;
	size_t length;

	do {
		const char *name = strncasecmp(list, "cap_", 4) == 0 ? list + 4 : list;

		length = strcspn(name, ",");
		bit = length ? bit_named(name, length) : 0;
		if (!bit)
			return fail(failure, STATUS_REFUSED,
				    "unknown capability '%s'; see capabilities(7)", list);
		*set |= bit;
		list = name + length + 1;
	} while (list[-1]);
	return true;
}

static uint64_t join(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

bool capabilities_read(struct capability_sets *sets)
{
	struct header header = {.version = CAPABILITY_VERSION_3};
	/*
	 * Everything is set before the call, so that a sandbox which answers 0 without doing it
	 * makes this process look too powerful and not powerless.
	 */
	struct half half[2] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};

	if (syscall(SYS_capget, &header, half) < 0)
		return false;
	sets->effective = join(half[0].effective, half[1].effective);
	sets->permitted = join(half[0].permitted, half[1].permitted);
	sets->inheritable = join(half[0].inheritable, half[1].inheritable);
	return true;
}

bool capabilities_write(const struct capability_sets *sets)
{
	struct header header = {.version = CAPABILITY_VERSION_3};
	const struct half half[2] = {
		{(uint32_t)sets->effective, (uint32_t)sets->permitted, (uint32_t)sets->inheritable},
		{(uint32_t)(sets->effective >> 32), (uint32_t)(sets->permitted >> 32),
		 (uint32_t)(sets->inheritable >> 32)},
	};

	return syscall(SYS_capset, &header, half) == 0;
}

bool capabilities_read_ambient(uint64_t mask, uint64_t *ambient)
{
	*ambient = 0;
	for (unsigned long number = 0; number < 64; number++) {
		int is_set;

		if (!(mask >> number & 1))
			continue;
		is_set = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0);
		if (is_set < 0)
			/* EINVAL: this kernel has no capability of that number, and none above it.
			 */
			return errno == EINVAL;
		*ambient |= (uint64_t)(is_set == 1) << number;
	}
	return true;
}

bool capabilities_raise_ambient(uint64_t set)
{
	for (unsigned long number = 0; set; number++, set >>= 1) {
		if ((set & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) < 0)
			return false;
	}
	return true;
}
