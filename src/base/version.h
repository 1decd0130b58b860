/* SPDX-License-Identifier: MIT */
#ifndef VERSION_H
#define VERSION_H

/* What --version prints: the version and, where it is known, the commit; one line. */
extern const char version_text[];

#endif
