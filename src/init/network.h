/* SPDX-License-Identifier: MIT */
/*
 * The network, as far as the end of a container concerns it: whether the kernel still has something
 * to send for programs that have ended. close(2) returns long before the peer has everything; what
 * is left is sent by the kernel, and lost when the network namespace goes: /proc/net/tcp of
 * proc(5).
 */
#ifndef DINIT_SU_NETWORK_H
#define DINIT_SU_NETWORK_H

#include <stdbool.h>

enum network {
	NETWORK_QUIET,	 /* no closed TCP connection of this network namespace has a send queue */
	NETWORK_SENDING, /* at least one has */
	NETWORK_UNKNOWN, /* /proc/net/tcp cannot be read; errno tells why */
};

/*
 * Whether a line of /proc/net/tcp or /proc/net/tcp6 is of a connection that its program has closed
 * and whose peer has not acknowledged everything: in FIN_WAIT1, LAST_ACK or CLOSING, with a send
 * queue. False for the line of titles and for anything else that is no such line. Pure.
 */
bool network_line_is_sending(const char *line);

/* Look once. Where IPv6 is off there is no /proc/net/tcp6, and /proc/net/tcp alone counts. */
enum network network_look(void);

#endif
