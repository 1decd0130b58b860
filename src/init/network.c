/* SPDX-License-Identifier: MIT */
#include "init/network.h"

#include <stddef.h>
#include <string.h>

#include "base/lines.h"

/* The words of a line in front of the state: its number, the local and the remote address. */
#define WORDS_BEFORE_STATE 3

/*
 * The states that close(2) leaves a connection in until its FIN is acknowledged, as two hexadecimal
 * digits: FIN_WAIT1, LAST_ACK and CLOSING of the kernel's include/net/tcp_states.h. A connection in
 * any other state with a send queue belongs to a program that lives.
 */
static bool is_closed_by_program(const char *state)
{
	return strncmp(state, "04 ", 3) == 0 || strncmp(state, "09 ", 3) == 0 ||
	       strncmp(state, "0B ", 3) == 0;
}

bool network_line_is_sending(const char *line)
{
	const char *queue;
	size_t digits;

	for (int word = 0; word < WORDS_BEFORE_STATE; word++) {
		line += strspn(line, " ");
		line += strcspn(line, " ");
	}
	line += strspn(line, " ");
	if (!is_closed_by_program(line))
		return false;
	queue = line + strlen("04 ");
	digits = strspn(queue, "0123456789ABCDEF");
	/* The size of the receive queue follows. */
	return queue[digits] == ':' && strspn(queue, "0") < digits;
}

static enum network look_at(const char *path)
{
	struct lines lines;
	bool sending = false;
	const char *line;
	size_t length;

	if (!lines_open(&lines, path))
		return NETWORK_UNKNOWN;
	while (!sending && (line = lines_next(&lines, &length)))
		sending = network_line_is_sending(line);
	lines_close(&lines);
	if (sending)
		return NETWORK_SENDING;
	return lines.error ? NETWORK_UNKNOWN : NETWORK_QUIET;
}

enum network network_look(void)
{
	if (look_at("/proc/net/tcp6") == NETWORK_SENDING)
		return NETWORK_SENDING;
	return look_at("/proc/net/tcp");
}
