/* SPDX-License-Identifier: MIT */
#include "init/network.h"
#include "unit.h"

#include <unistd.h>

/* As the kernel writes it: proc(5). */
#define TITLES                                                                                     \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "      \
	"timeout inode"
#define LINE(addresses, state, queues)                                                             \
	"   0: " addresses " " state " " queues " 01:00000018 00000000     0        0 0 3 "        \
	"0000000000000000 21 4 30 10 -1"
#define IPV4 "0100007F:1F90 0100007F:C350"
#define IPV6 "00000000000000000000000001000000:1F90 00000000000000000000000001000000:C350"

static const struct {
	const char *line;
	bool is_sending;
} lines[] = {
	{TITLES, false},
	{LINE(IPV4, "04", "00000001:00000000"), true}, /* FIN_WAIT1: its FIN counts as well */
	{LINE(IPV4, "04", "000F4240:00000000"), true},
	{LINE(IPV4, "09", "0000000A:00000000"), true}, /* LAST_ACK */
	{LINE(IPV4, "0B", "F0000000:00000000"), true}, /* CLOSING */
	{LINE(IPV6, "04", "000F4240:00000000"), true},
	{LINE(IPV6, "09", "000F4240:00000000"), true},
	{"12345: " IPV4 " 04 00000001:00000000 01:00000018", true},
	{LINE(IPV4, "04", "00000000:00000000"), false}, /* nothing to send */
	{LINE(IPV4, "04", "00000000:00000001"), false}, /* something to read */
	{LINE(IPV6, "0B", "00000000:00000000"), false},
	{LINE(IPV4, "01", "000F4240:00000000"), false}, /* ESTABLISHED: a program has it */
	{LINE(IPV4, "08", "000F4240:00000000"), false}, /* CLOSE_WAIT: likewise */
	{LINE(IPV4, "02", "00000001:00000000"), false}, /* SYN_SENT */
	{LINE(IPV4, "05", "00000001:00000000"), false}, /* FIN_WAIT2 */
	{LINE(IPV4, "06", "00000001:00000000"), false}, /* TIME_WAIT */
	{LINE(IPV4, "0A", "00000080:00000001"), false}, /* LISTEN */
	{LINE("04 04", "01", "00000001:00000000"), false},
	{"", false},
	{"   0: ", false},
	{"   0: " IPV4, false},
	{"   0: " IPV4 " 04", false},
	{"   0: " IPV4 " 04 ", false},
	{"   0: " IPV4 " 04 00000001", false},
	{"   0: " IPV4 " 04 :", false},
	{"   0: " IPV4 " 04 many:00000000", false},
	{"   0: " IPV4 " 044 00000001:00000000", false},
};

START_TEST(connections_that_are_sending)
{
	for (int i = 0; i < COUNT(lines); i++)
		ck_assert_msg(network_line_is_sending(lines[i].line) == lines[i].is_sending, "'%s'",
			      lines[i].line);
}
END_TEST

/* Not in a chroot without /proc, which the unit tests do not need otherwise. */
START_TEST(the_kernel_can_be_asked)
{
	const bool can_be_asked = access("/proc/net/tcp", R_OK) == 0;

	ck_assert_int_eq(network_look() != NETWORK_UNKNOWN, can_be_asked);
}
END_TEST

Suite *network_suite(void)
{
	const TTest *const tests[] = {connections_that_are_sending, the_kernel_can_be_asked};

	return suite_of("network", tests, COUNT(tests));
}
