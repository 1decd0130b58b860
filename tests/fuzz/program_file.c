/* SPDX-License-Identifier: MIT */
/* The head of a program file: the input is the file. */
#include <string.h>

#include "fuzz.h"
#include "init/program_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct program_file file;
	static char head[HEAD_SIZE + 1];
	const size_t length = size < HEAD_SIZE ? size : HEAD_SIZE;
	struct input input = fuzz_begin(data, size);

	memset(head, 0, sizeof(head));
	memcpy(head, fuzz_copy(input.data, length), length);
	memset(&file, 0x5a, sizeof(file));
	PROMISE(program_file_read(&file, fuzz_file(0, input.data, size)));
	PROMISE((file.kind == SCRIPT) == (memcmp(head, "#!", 2) == 0));
	PROMISE((file.kind == ELF) == (memcmp(head, "\177ELF", 4) == 0));
	PROMISE(program_file_machine(file.machine)[0]);
	if (!file.interpreter) {
		PROMISE(file.kind != SCRIPT || !strchr("/.", head[2]) || !head[2]);
		return 0;
	}
	/* The name lies within what was read, and ends there. */
	PROMISE(file.interpreter >= file.head && file.interpreter < file.head + HEAD_SIZE);
	PROMISE(strlen(file.interpreter) <= (size_t)(file.head + HEAD_SIZE - file.interpreter));
	PROMISE(strncmp(file.interpreter, head + (file.interpreter - file.head),
			strlen(file.interpreter)) == 0);
	if (file.kind == SCRIPT)
		PROMISE(file.interpreter[0] && !strpbrk(file.interpreter, " \t\n"));
	return 0;
}
