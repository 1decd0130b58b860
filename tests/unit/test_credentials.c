/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "identity/credentials.h"

START_TEST(who_may_start)
{
	static const struct {
		struct credentials credentials;
		const char *refusal; /* NULL: may start */
	} rows[] = {
		{{0, 0, 0, 0, 0, 0}, NULL},
		{{1000, 1000, 1000, 1000, 0, 0}, NULL},
		{{1000, 1000, 0, 0, 0, 0}, NULL},
		{{1000, 0, 1000, 1000, 0, 0}, "set-uid"},
		{{1000, 1001, 1000, 1000, 0, 0}, "set-uid"},
		{{0, 1000, 0, 0, 0, 0}, "set-uid"},
		{{1000, 1000, 1000, 0, 0, 0}, "set-gid"},
		{{0, 0, 1000, 0, 0, 0}, "set-gid"},
		{{1000, 1000, 1000, 1000, 0x400, 0x400}, NULL},
		{{1000, 1000, 1000, 1000, 0x400, 0}, "file capabilities"},
		{{1000, 1000, 1000, 1000, 0xc00, 0x400}, "file capabilities"},
		{{1000, 1000, 1000, 1000, 1ULL << 40, 0}, "file capabilities"},
		{{1000, 1000, 1000, 1000, UINT64_MAX, UINT64_MAX}, NULL},
		{{1000, 1000, 0, 0, 0x400, 0}, "file capabilities"},
		{{0, 0, 0, 0, UINT64_MAX, 0}, NULL},
		{{0, 0, 1000, 1000, 0, 0}, NULL},
		{{4294967294U, 4294967294U, 1, 1, 0, 0}, NULL},
		{{1000, 0, 1000, 0, UINT64_MAX, 0}, "set-uid"},
		{{1000, 1000, 1000, 0, 0x400, 0}, "set-gid"},
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
	ck_assert_uint_eq(credentials.real_gid, getgid());
	ck_assert_uint_eq(credentials.effective_gid, getegid());
	ck_assert(credentials_may_start(&credentials, &failure));
}
END_TEST

START_TEST(capability_sets_come_back)
{
	const struct capability_sets none = {0};
	struct capability_sets sets;
	uint64_t ambient = 1;

	ck_assert(capabilities_read(&sets));
	ck_assert(capabilities_write(&sets));
	ck_assert(capabilities_write(&none));
	ck_assert(capabilities_read(&sets));
	ck_assert_uint_eq(sets.effective | sets.permitted | sets.inheritable, 0);
	ck_assert(capabilities_read_ambient(UINT64_MAX, &ambient));
	ck_assert_uint_eq(ambient, 0);
}
END_TEST

START_TEST(capability_names)
{
	static const struct {
		const char *list;
		uint64_t set;
		const char *refusal; /* NULL: good */
	} rows[] = {
		{"chown", 1, NULL},
		{"net_bind_service", 1 << 10, NULL},
		{"cap_net_bind_service", 1 << 10, NULL},
		{"CAP_NET_BIND_SERVICE", 1 << 10, NULL},
		{"Net_Bind_Service", 1 << 10, NULL},
		{"chown,cap_kill,SETUID", 1 | 1 << 5 | 1 << 7, NULL},
		{"chown,chown", 1, NULL},
		{"setpcap", 1 << 8, NULL},
		{"sys_admin", 1 << 21, NULL},
		{"mknod", 1 << 27, NULL},
		{"setfcap", 1ULL << 31, NULL},
		{"mac_override", 1ULL << 32, NULL},
		{"checkpoint_restore", 1ULL << 40, NULL},
		{"", 0, "unknown capability ''"},
		{",", 0, "unknown capability ','"},
		{"chown,", 0, "unknown capability ''"},
		{",chown", 0, "unknown capability ',chown'"},
		{"chown,,kill", 0, "unknown capability ',kill'"},
		{"cap_", 0, "unknown capability 'cap_'"},
		{"all", 0, "unknown capability 'all'"},
		{"10", 0, "unknown capability '10'"},
		{" chown", 0, "unknown capability ' chown'"},
		{"chown, kill", 0, "unknown capability ' kill'"},
		{"chow", 0, "unknown capability 'chow'"},
		{"chowns", 0, "unknown capability 'chowns'"},
		{"cap_cap_chown", 0, "unknown capability 'cap_cap_chown'"},
		{"chown+ep", 0, "unknown capability 'chown+ep'"},
		{"net_bind_service_and_a_lot_more_of_it", 0,
		 "'net_bind_service_and_a_lot_more_of_it'"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct failure failure = {0};
		uint64_t set = 0;
		const bool good = capabilities_parse(rows[i].list, &set, &failure);

		ck_assert_msg(good == !rows[i].refusal, "'%s'", rows[i].list);
		ck_assert_msg(!good || set == rows[i].set, "'%s'", rows[i].list);
		ck_assert_msg(good || strstr(failure.text, rows[i].refusal), "'%s': %s",
			      rows[i].list, failure.text);
	}
	/* Each name is the number's own. */
	for (int number = 0; number <= 40; number++) {
		struct failure failure;
		uint64_t set = 0;

		ck_assert(capabilities_parse(capabilities_name(1ULL << number), &set, &failure));
		ck_assert_uint_eq(set, 1ULL << number);
	}
	ck_assert_str_eq(capabilities_name(0), "");
	ck_assert_str_eq(capabilities_name(1ULL << 63), "");
	ck_assert_str_eq(capabilities_name(1ULL << 63 | 3 << 10), "net_bind_service");
}
END_TEST

Suite *credentials_suite(void)
{
	const TTest *const tests[] = {who_may_start, own_ones_are_read, capability_sets_come_back,
				      capability_names};

	return suite_of("credentials", tests, COUNT(tests));
}
