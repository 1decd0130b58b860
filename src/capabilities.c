/* SPDX-License-Identifier: MIT */
#include "capabilities.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* capget(2)'s structures; <linux/capability.h> is out of reach of Debian's musl-gcc. */
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

static uint64_t join(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

bool capabilities_read(struct capability_sets *sets)
{
	struct header header = {.version = CAPABILITY_VERSION_3};
	struct half half[2] = {0};

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

uint64_t capabilities_ambient(uint64_t mask)
{
	uint64_t ambient = 0;

	for (unsigned int number = 0; number < 64; number++) {
		uint64_t bit = UINT64_C(1) << number;

		if ((mask & bit) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0) == 1)
			ambient |= bit;
	}
	return ambient;
}
