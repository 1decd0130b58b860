/* SPDX-License-Identifier: MIT */
#include "base/version.h"

#include "config.h"

/* From the Makefile: COMMIT, where it is known. */
#include "commit.h"

#ifdef COMMIT
#define FROM_COMMIT " (" COMMIT ")"
#define COMMIT_FIELD "," FIELD("commit", COMMIT)
#else
#define FROM_COMMIT
#define COMMIT_FIELD
#endif

const char version_text[] = "dinit-su " PACKAGE_VERSION FROM_COMMIT "\n";

/*
 * A note that says which package this file comes from. Scanners and systemd's coredumpctl(1) look
 * for it: https://systemd.io/ELF_PACKAGE_METADATA. It is written in assembly because a compiler
 * would make the section one of data, and only a section of type note goes to a PT_NOTE segment.
 */
#define QUOTE "\\\""
#define FIELD(name, value) QUOTE name QUOTE ":" QUOTE value QUOTE
#define PACKAGE_METADATA                                                                           \
	"{" FIELD("type", "upstream") "," FIELD("name", "dinit-su") "," FIELD(                     \
		"version", PACKAGE_VERSION) "," FIELD("license", "MIT") COMMIT_FIELD "}"

__asm__(".pushsection .note.package, \"a\", %note\n"
	".balign 4\n"
	".4byte 2f - 1f, 4f - 3f, 0xcafe1a7e\n"
	"1: .asciz \"FDO\"\n"
	"2: .balign 4\n"
	"3: .asciz \"" PACKAGE_METADATA "\"\n"
	"4: .balign 4\n"
	".popsection\n");
