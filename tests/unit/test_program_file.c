/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <elf.h>
#include <endian.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "init/program_file.h"

static const char loader[] = "/lib/ld-of-this-machine.so.1";

/* The head of a program of this kind of machine whose loader is named at offset. */
static size_t make_elf(char *head, size_t parts, size_t offset)
{
	ElfW(Ehdr) header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
					 sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32,
					 BYTE_ORDER == BIG_ENDIAN ? ELFDATA2MSB : ELFDATA2LSB},
			     .e_machine = EM_AARCH64,
			     .e_phoff = sizeof(header)};

	memset(head, 0, HEAD_SIZE);
	for (size_t i = 0; i < parts; i++) {
		ElfW(Phdr) part = {.p_type = i + 1 == parts ? PT_INTERP : PT_LOAD,
				   .p_offset = (unsigned int)offset};

		memcpy(head + sizeof(header) + i * sizeof(part), &part, sizeof(part));
	}
	memcpy(head, &header, sizeof(header));
	if (offset + sizeof(loader) <= HEAD_SIZE)
		memcpy(head + offset, loader, sizeof(loader));
	return HEAD_SIZE;
}

START_TEST(scripts)
{
	static const struct {
		const char *head;
		int kind;
		const char *interpreter;
		bool carriage_return;
	} rows[] = {
		{"", NO_PROGRAM, NULL, false},
		{"echo\n", NO_PROGRAM, NULL, false},
		{"#", NO_PROGRAM, NULL, false},
		{" #!/bin/sh\n", NO_PROGRAM, NULL, false},
		{"#!", SCRIPT, NULL, false},
		{"#!\n/bin/sh", SCRIPT, NULL, false},
		{"#! \t\n", SCRIPT, NULL, false},
		{"#!/bin/sh", SCRIPT, "/bin/sh", false},
		{"#!/bin/sh\n", SCRIPT, "/bin/sh", false},
		{"#! \t/bin/sh -e\n", SCRIPT, "/bin/sh", false},
		{"#!/bin/sh\t-e\n", SCRIPT, "/bin/sh", false},
		{"#!/bin/sh\r\nexit\r\n", SCRIPT, "/bin/sh", true},
		{"#!/bin/sh -e\r\n", SCRIPT, "/bin/sh", false},
		{"#!\r\n", SCRIPT, NULL, true},
		{ELFMAG, ELF, NULL, false},
		{"\x7f\x45L", NO_PROGRAM, NULL, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct program_file file;

		memset(&file, 'x', sizeof(file));
		strcpy(file.head, rows[i].head);
		program_file_parse(&file, strlen(rows[i].head));
		ck_assert_msg((int)file.kind == rows[i].kind, "row %d", i);
		ck_assert_msg(file.carriage_return == rows[i].carriage_return, "row %d", i);
		ck_assert_msg(!file.interpreter == !rows[i].interpreter, "row %d", i);
		if (file.interpreter)
			ck_assert_str_eq(file.interpreter, rows[i].interpreter);
	}
}
END_TEST

START_TEST(programs)
{
	const size_t behind = sizeof(ElfW(Ehdr)) + 13 * sizeof(ElfW(Phdr));
	struct program_file file;

	program_file_parse(&file, make_elf(file.head, 2, behind));
	ck_assert_int_eq(file.kind, ELF);
	ck_assert_str_eq(file.interpreter, loader);
	ck_assert_str_eq(program_file_machine(file.machine), "arm64");
	/* Cut off anywhere, and with the name of the loader anywhere. */
	for (size_t length = SELFMAG; length <= HEAD_SIZE; length++) {
		make_elf(file.head, 13, behind);
		program_file_parse(&file, length);
		ck_assert_int_eq(file.kind, ELF);
		ck_assert_msg(!file.interpreter || strlen(file.interpreter) < sizeof(loader),
			      "length %d", (int)length);
	}
	program_file_parse(&file, make_elf(file.head, 1, HEAD_SIZE - sizeof(loader)));
	ck_assert_str_eq(file.interpreter, loader);
	program_file_parse(&file, make_elf(file.head, 1, HEAD_SIZE));
	ck_assert_ptr_null(file.interpreter);
	/* Of another width or order of bytes there is only the machine to tell. */
	for (int byte = EI_CLASS; byte <= EI_DATA; byte++) {
		make_elf(file.head, 2, behind);
		file.head[byte] ^= 3;
		program_file_parse(&file, HEAD_SIZE);
		ck_assert_int_eq(file.kind, ELF);
		ck_assert_ptr_null(file.interpreter);
		ck_assert_str_eq(program_file_machine(file.machine), "arm64");
	}
}
END_TEST

START_TEST(machines)
{
	static const struct {
		unsigned char bytes[2]; /* of e_machine */
		const char *name;
	} rows[] = {
		{{62, 0}, "amd64"},
		{{0, 62}, "amd64"},
		{{183, 0}, "arm64"},
		{{3, 0}, "386"},
		{{40, 0}, "arm"},
		{{21, 0}, "ppc64"},
		{{0, 21}, "ppc64"},
		{{0, 22}, "s390x"},
		{{0, 0}, "another machine"},
		{{2, 1}, "another machine"},
		{{243, 0}, "riscv64"},
		{{4, 0}, "another machine"},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		struct program_file file;

		make_elf(file.head, 0, HEAD_SIZE);
		memcpy(file.head + offsetof(ElfW(Ehdr), e_machine), rows[i].bytes, 2);
		program_file_parse(&file, HEAD_SIZE);
		ck_assert_str_eq(program_file_machine(file.machine), rows[i].name);
	}
}
END_TEST

START_TEST(files)
{
	struct program_file file;

	ck_assert(program_file_read(&file, file_with_text("#!/bin/sh\n")));
	ck_assert_str_eq(file.interpreter, "/bin/sh");
	ck_assert(program_file_read(&file, "/proc/self/exe"));
	ck_assert_int_eq(file.kind, ELF);
	ck_assert(file.interpreter == NULL || access(file.interpreter, F_OK) == 0);
	ck_assert(!program_file_read(&file, "/no/such/file"));
	ck_assert(!program_file_read(&file, "/"));
	remove_files();
}
END_TEST

Suite *program_file_suite(void)
{
	const TTest *const tests[] = {scripts, programs, machines, files};

	return suite_of("program_file", tests, COUNT(tests));
}
