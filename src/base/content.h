/* SPDX-License-Identifier: MIT */
/* The content of a short file, of /proc or a cgroup. */
#ifndef DINIT_SU_CONTENT_H
#define DINIT_SU_CONTENT_H

#include <stddef.h>
#include <sys/types.h>

/* As one read(2) of the file at path of size - 1 bytes, with a NUL behind them. */
ssize_t content_read(const char *path, char *buffer, size_t size);

#endif
