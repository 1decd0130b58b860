/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "credentials.h"

START_TEST(who_may_start)
{
	static const struct {
		struct credentials credentials;
		const char *refusal; /* NULL: may start */
	} rows[] = {
		{{0, 0, 0, 0, 0, 0, 0, 0}, NULL},
		{{1000, 1000, 1000, 1000, 1000, 1000, 0, 0}, NULL},
		{{1000, 1000, 1000, 0, 0, 0, 0, 0}, NULL},
		{{1000, 0, 0, 1000, 1000, 1000, 0, 0}, "set-uid"},
		{{1000, 1001, 1001, 1000, 1000, 1000, 0, 0}, "set-uid"},
		{{0, 1000, 1000, 0, 0, 0, 0, 0}, "set-uid"},
		{{1000, 1000, 1000, 1000, 0, 0, 0, 0}, "set-gid"},
		{{0, 0, 0, 1000, 0, 0, 0, 0}, "set-gid"},
		{{1000, 1000, 1000, 1000, 1000, 1000, 0x400, 0x400}, NULL},
		{{1000, 1000, 1000, 1000, 1000, 1000, 0x400, 0}, "file capabilities"},
		{{1000, 1000, 1000, 1000, 1000, 1000, 0xc00, 0x400}, "file capabilities"},
		{{1000, 1000, 1000, 1000, 1000, 1000, 1ULL << 40, 0}, "file capabilities"},
		{{1000, 1000, 1000, 1000, 1000, 1000, UINT64_MAX, UINT64_MAX}, NULL},
		{{1000, 1000, 1000, 0, 0, 0, 0x400, 0}, "file capabilities"},
		{{0, 0, 0, 0, 0, 0, UINT64_MAX, 0}, NULL},
		{{0, 0, 0, 1000, 1000, 1000, 0, 0}, NULL},
		{{4294967294U, 4294967294U, 4294967294U, 1, 1, 1, 0, 0}, NULL},
		{{1000, 0, 0, 1000, 0, 0, UINT64_MAX, 0}, "set-uid"},
		{{1000, 1000, 1000, 1000, 0, 0, 0x400, 0}, "set-gid"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct failure failure = {0};
		const bool may = credentials_may_start(&rows[i].credentials, &failure);

		ck_assert_msg(may == (rows[i].refusal == NULL), "row %d", i);
		ck_assert_msg(failure.status == (may ? 0 : STATUS_REFUSED), "row %d", i);
		if (!may)
			ck_assert_msg(strstr(failure.text, rows[i].refusal) != NULL, "row %d: %s",
				      i, failure.text);
	}
}
END_TEST

START_TEST(own_ones_are_read)
{
	struct credentials credentials;
	struct failure failure;

	ck_assert(credentials_read(&credentials, &failure));
	ck_assert_uint_eq(credentials.real_uid, getuid());
	ck_assert_uint_eq(credentials.effective_uid, geteuid());
	ck_assert_uint_eq(credentials.saved_uid, geteuid());
	ck_assert_uint_eq(credentials.real_gid, getgid());
	ck_assert_uint_eq(credentials.effective_gid, getegid());
	ck_assert_uint_eq(credentials.saved_gid, getegid());
	ck_assert(credentials_may_start(&credentials, &failure));
}
END_TEST

START_TEST(capability_sets_come_back)
{
	const struct capability_sets none = {0};
	struct capability_sets sets;

	ck_assert(capabilities_read(&sets));
	ck_assert(capabilities_write(&sets));
	ck_assert(capabilities_write(&none));
	ck_assert(capabilities_read(&sets));
	ck_assert_uint_eq(sets.effective | sets.permitted | sets.inheritable, 0);
	ck_assert_uint_eq(capabilities_ambient(UINT64_MAX), 0);
}
END_TEST

Suite *credentials_suite(void)
{
	const TTest *const tests[] = {who_may_start, own_ones_are_read, capability_sets_come_back};

	return suite_of("credentials", tests, COUNT(tests));
}
