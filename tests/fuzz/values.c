/* SPDX-License-Identifier: MIT */
/*
 * Values: the first byte of the input selects the kind, the rest is the value. Every result is
 * compared with a second reading of the rule.
 */
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/parse.h"
#include "base/signal_names.h"
#include "fuzz.h"
#include "identity/capabilities.h"

#define UNTOUCHED 0x5a5a5a5aU

/* One to ten decimal digits up to largest. */
static bool is_number(const char *text, unsigned long long largest, unsigned long long *number)
{
	const size_t length = strspn(text, "0123456789");

	*number = strtoull(text, NULL, 10);
	return length >= 1 && length <= 10 && text[length] == '\0' && *number <= largest;
}

static void check_id(const char *text)
{
	unsigned long long number;
	uint32_t id = UNTOUCHED;
	const bool expected = is_number(text, 4294967294ULL, &number);

	PROMISE(parse_id(text, &id) == expected);
	PROMISE(id == (expected ? number : UNTOUCHED));
	PROMISE(parse_is_digits(text) == (*text && strspn(text, "0123456789") == strlen(text)));
}

static void check_ids(const char *text)
{
	const char *colon = strchr(text, ':');
	const size_t length = colon ? (size_t)(colon - text) : strlen(text);
	unsigned long long uid, gid = 0;
	uint32_t got_uid = 0, got_gid = UNTOUCHED;
	bool has_gid, expected = is_number(fuzz_copy(text, length), 4294967294ULL, &uid);

	if (colon)
		expected = expected && is_number(colon + 1, 4294967294ULL, &gid);
	PROMISE(parse_ids(text, &got_uid, &has_gid, &got_gid) == expected);
	if (!expected)
		return;
	PROMISE(got_uid == uid && has_gid == (colon != NULL));
	PROMISE(got_gid == (colon ? gid : UNTOUCHED));
}

static void check_duration(const char *text)
{
	static const struct {
		const char *unit;
		unsigned long long milliseconds;
	} units[] = {{"ms", 1}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"", 1000}};
	const size_t digits = strspn(text, "0123456789");
	unsigned long long number, expected = UNTOUCHED;
	int64_t got = UNTOUCHED;
	bool good = false;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(text + digits, units[i].unit) == 0 &&
		    is_number(fuzz_copy(text, digits), 9999999999ULL, &number) &&
		    number * units[i].milliseconds <= 2147483647000ULL) {
			good = true;
			expected = number * units[i].milliseconds;
		}
	}
	PROMISE(parse_duration(text, &got) == good);
	PROMISE(got == (int64_t)expected);
}

static void check_mode(const char *text)
{
	const size_t length = strspn(text, "01234567");
	const unsigned long number = strtoul(text, NULL, 8);
	const bool expected = length >= 1 && length <= 4 && !text[length] && number <= 0777;
	unsigned int mode = UNTOUCHED;

	PROMISE(parse_mode(text, &mode) == expected);
	PROMISE(mode == (expected ? number : UNTOUCHED));
}

/* The signal that text names, by the C library's names: sigabbrev_np(3). */
static int signal_of(const char *text)
{
	static const struct {
		const char *name;
		int signal;
	} second[] = {{"POLL", SIGIO}, {"IO", SIGIO}, {"IOT", SIGABRT}, {"CLD", SIGCHLD}};
	unsigned long long number;
	const char *rest;

	if (is_number(text, 64, &number))
		return (int)number;
	text += strncasecmp(text, "SIG", 3) == 0 ? 3 : 0;
	for (int signal = 1; signal < 32; signal++) {
		if (sigabbrev_np(signal) && strcasecmp(text, sigabbrev_np(signal)) == 0)
			return signal;
	}
	for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++) {
		if (strcasecmp(text, second[i].name) == 0)
			return second[i].signal;
	}
	if (strncasecmp(text, "RTM", 3) != 0)
		return 0;
	rest = strlen(text) >= 5 ? text + 5 : "";
	if (strcasecmp(text, "RTMIN") == 0 || strcasecmp(text, "RTMAX") == 0)
		return strcasecmp(text, "RTMIN") == 0 ? 34 : 64;
	if (strncasecmp(text, "RTMIN+", 6) == 0 && is_number(rest + 1, 30, &number))
		return 34 + (int)number;
	if (strncasecmp(text, "RTMAX-", 6) == 0 && is_number(rest + 1, 30, &number))
		return 64 - (int)number;
	return 0;
}

static void check_signal(const char *text)
{
	char name[SIGNAL_NAME_SIZE];
	const int expected = signal_of(text);
	int signal = -1, again = -1;

	PROMISE(signal_parse(text, &signal) == (expected != 0));
	PROMISE(signal == (expected ? expected : -1));
	if (!expected)
		return;
	/* 32 and 33 belong to the C libraries and have no name. */
	PROMISE(strlen(signal_name(signal, name)) < SIGNAL_NAME_SIZE);
	PROMISE(signal_parse(name, &again) == (signal != 32 && signal != 33));
	PROMISE(signal == 32 || signal == 33 || again == signal);
}

#define CAPABILITY(name)                                                                           \
	{                                                                                          \
#name, CAP_##name                                                                  \
	}
static const struct {
	const char *name;
	int number;
} capabilities[] = {
	CAPABILITY(CHOWN),
	CAPABILITY(DAC_OVERRIDE),
	CAPABILITY(DAC_READ_SEARCH),
	CAPABILITY(FOWNER),
	CAPABILITY(FSETID),
	CAPABILITY(KILL),
	CAPABILITY(SETGID),
	CAPABILITY(SETUID),
	CAPABILITY(SETPCAP),
	CAPABILITY(LINUX_IMMUTABLE),
	CAPABILITY(NET_BIND_SERVICE),
	CAPABILITY(NET_BROADCAST),
	CAPABILITY(NET_ADMIN),
	CAPABILITY(NET_RAW),
	CAPABILITY(IPC_LOCK),
	CAPABILITY(IPC_OWNER),
	CAPABILITY(SYS_MODULE),
	CAPABILITY(SYS_RAWIO),
	CAPABILITY(SYS_CHROOT),
	CAPABILITY(SYS_PTRACE),
	CAPABILITY(SYS_PACCT),
	CAPABILITY(SYS_ADMIN),
	CAPABILITY(SYS_BOOT),
	CAPABILITY(SYS_NICE),
	CAPABILITY(SYS_RESOURCE),
	CAPABILITY(SYS_TIME),
	CAPABILITY(SYS_TTY_CONFIG),
	CAPABILITY(MKNOD),
	CAPABILITY(LEASE),
	CAPABILITY(AUDIT_WRITE),
	CAPABILITY(AUDIT_CONTROL),
	CAPABILITY(SETFCAP),
	CAPABILITY(MAC_OVERRIDE),
	CAPABILITY(MAC_ADMIN),
	CAPABILITY(SYSLOG),
	CAPABILITY(WAKE_ALARM),
	CAPABILITY(BLOCK_SUSPEND),
	CAPABILITY(AUDIT_READ),
	CAPABILITY(PERFMON),
	CAPABILITY(BPF),
	CAPABILITY(CHECKPOINT_RESTORE),
};

static uint64_t capability_of(const char *name)
{
	name += strncasecmp(name, "cap_", 4) == 0 ? 4 : 0;
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (strcasecmp(name, capabilities[i].name) == 0)
			return UINT64_C(1) << capabilities[i].number;
	}
	return 0;
}

static void check_capabilities(const char *text)
{
	char *rest = fuzz_copy(text, strlen(text));
	uint64_t expected = 0, set = 0;
	struct failure failure;
	bool good = true;

	for (char *name = strsep(&rest, ","); name; name = strsep(&rest, ",")) {
		good = good && capability_of(name);
		expected |= capability_of(name);
	}
	PROMISE(capabilities_parse(text, &set, &failure) == good);
	PROMISE(!good || set == expected);
	for (; good && set; set &= set - 1)
		PROMISE(capability_of(capabilities_name(set)) == (set & -set));
}

/* The distance is a metric: the same both ways, 0 for equal words only. */
static void check_distance(const char *text)
{
	const char *comma = strchr(text, ',');
	const char *one = fuzz_copy(text, comma ? (size_t)(comma - text) : strlen(text));
	const char *other = comma ? comma + 1 : "";

	if (strlen(one) > 31 || strlen(other) > 31)
		return;
	PROMISE(nearest_distance(one, strlen(one), other) ==
		nearest_distance(other, strlen(other), one));
	PROMISE((nearest_distance(one, strlen(one), other) == 0) == (strcmp(one, other) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(const char *text) = {
		check_id,     check_ids,	  check_duration, check_mode,
		check_signal, check_capabilities, check_distance,
	};
	struct input input = fuzz_begin(data, size);
	const unsigned int kind = fuzz_byte(&input);

	/* 'a' selects the first. */
	checks[(kind + 7 - 'a' % 7) % 7](fuzz_rest(&input, NULL));
	return 0;
}
