/* SPDX-License-Identifier: MIT */
#include "init/program_file.h"

#include <elf.h>
#include <endian.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

static bool is_blank(char character)
{
	return character == ' ' || character == '\t';
}

/* After "#!" and blanks the interpreter's name ends at a blank or at the end of the line. */
static void parse_script(struct program_file *file)
{
	char *start = file->head + 2, *end;

	file->kind = SCRIPT;
	while (is_blank(*start))
		start++;
	end = start + strcspn(start, " \t\n");
	file->carriage_return = end > start && end[-1] == '\r';
	end[-file->carriage_return] = '\0';
	file->interpreter = *start ? start : NULL;
}

/* Find the program header PT_INTERP, which names the loader: elf(5). */
static void parse_loader(struct program_file *file)
{
	ElfW(Ehdr) header;
	ElfW(Phdr) part;

	memcpy(&header, file->head, sizeof(header));
	for (size_t at = header.e_phoff; at <= HEAD_SIZE - sizeof(part); at += sizeof(part)) {
		memcpy(&part, file->head + at, sizeof(part));
		if (part.p_type == PT_INTERP && part.p_offset < HEAD_SIZE)
			file->interpreter = file->head + part.p_offset;
		if (part.p_type == PT_INTERP)
			return;
	}
}

static void parse_elf(struct program_file *file)
{
	const unsigned char *machine =
		(unsigned char *)file->head + offsetof(ElfW(Ehdr), e_machine);

	file->kind = ELF;
	/* Machines with a name here are below 256, so one byte is 0, whatever the byte order. */
	if (!machine[0] || !machine[1])
		file->machine = machine[0] | machine[1];
	/* The headers can only be read if they have the width and byte order of this machine. */
	if (file->head[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) &&
	    file->head[EI_DATA] == (BYTE_ORDER == BIG_ENDIAN ? ELFDATA2MSB : ELFDATA2LSB))
		parse_loader(file);
}

void program_file_parse(struct program_file *file, size_t length)
{
	/* Bytes beyond the file read as 0, which also ends every name. */
	memset(file->head + length, 0, sizeof(file->head) - length);
	file->interpreter = NULL;
	file->carriage_return = false;
	file->machine = 0;
	file->kind = NO_PROGRAM;
	if (memcmp(file->head, "#!", 2) == 0)
		parse_script(file);
	else if (memcmp(file->head, ELFMAG, SELFMAG) == 0)
		parse_elf(file);
}

bool program_file_read(struct program_file *file, const char *path)
{
	/* O_NONBLOCK: a FIFO may have no writer. */
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t length;

	if (descriptor < 0)
		return false;
	length = read(descriptor, file->head, HEAD_SIZE);
	close(descriptor);
	if (length < 0)
		return false;
	program_file_parse(file, (size_t)length);
	return true;
}

const char *program_file_machine(uint8_t machine)
{
	switch (machine) {
	case EM_386:
		return "386";
	case EM_X86_64:
		return "amd64";
	case EM_ARM:
		return "arm";
	case EM_AARCH64:
		return "arm64";
	case EM_PPC64:
		return "ppc64";
	case EM_S390:
		return "s390x";
	case EM_RISCV:
		return "riscv64";
	default:
		return "another machine";
	}
}
