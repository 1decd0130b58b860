/* SPDX-License-Identifier: MIT */
/*
 * What tells of the options beside their table: the list that the completions of the shells are
 * made from, the manual, --help. SOURCES, the directory of the sources, comes from the Makefile.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/signal_names.h"
#include "command_line/options.h"
#include "identity/capabilities.h"

static FILE *source(const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), SOURCES "/%s", name);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "no %s", path);
	return file;
}

/* A whole file; the buffer is overwritten by the next one. */
static const char *content(const char *name)
{
	static char buffer[256 * 1024];
	FILE *file = source(name);
	size_t size = fread(buffer, 1, sizeof(buffer) - 1, file);

	ck_assert_uint_lt(size, sizeof(buffer) - 1);
	buffer[size] = '\0';
	fclose(file);
	return buffer;
}

/* Of completions/options: LETTER NAME KIND, with "-" for no letter and no value. */
START_TEST(list_of_options)
{
	char line[256], letter[8], name[64], kind[64];
	FILE *file = source("completions/options");
	size_t count = 0;

	while (fgets(line, sizeof(line), file)) {
		const struct option *option;
		char last;

		if (line[0] == '#')
			continue;
		ck_assert_int_eq(sscanf(line, "%7s %63s %63s", letter, name, kind), 3);
		option = option_by_name(&options_native, name, strlen(name));
		ck_assert_msg(option != NULL, "completions/options: there is no --%s", name);
		ck_assert_msg(option->letter ? letter[0] == option->letter : letter[0] == '-',
			      "completions/options: the letter of --%s", name);
		kind[strcspn(kind, "*")] = '\0';
		last = kind[strlen(kind) - 1];
		ck_assert_msg(option_value(option) == (last == '-'   ? VALUE_NONE
						       : last == '?' ? VALUE_OPTIONAL
								     : VALUE_NEEDED),
			      "completions/options: the value of --%s", name);
		count++;
	}
	fclose(file);
	ck_assert_msg(count == options_native.count,
		      "completions/options has %zu options, the table %zu", count,
		      options_native.count);
}
END_TEST

START_TEST(manual_and_help)
{
	const char *manual = content("man/dinit-su.8");

	for (size_t i = 0; i < options_native.count; i++) {
		char flag[80], word[80];

		snprintf(flag, sizeof(flag), "Fl -%s", options_native.options[i].name);
		snprintf(word, sizeof(word), "--%s", options_native.options[i].name);
		ck_assert_msg(strstr(manual, flag) != NULL, "the manual lacks %s", word);
		ck_assert_msg(strstr(options_help, word) != NULL, "--help lacks %s", word);
	}
}
END_TEST

START_TEST(lists_of_words)
{
	const char *words = content("completions/words");

	for (uint64_t bit = 1; *capabilities_name(bit); bit <<= 1)
		ck_assert_msg(strstr(words, capabilities_name(bit)) != NULL,
			      "completions/words lacks %s", capabilities_name(bit));
	for (int signal = 1; signal < 32; signal++) {
		char name[SIGNAL_NAME_SIZE], word[SIGNAL_NAME_SIZE + 1];

		snprintf(word, sizeof(word), " %s", signal_name(signal, name) + strlen("SIG"));
		ck_assert_msg(strstr(words, word) != NULL, "completions/words lacks%s", word);
	}
}
END_TEST

Suite *completions_suite(void)
{
	const TTest *const tests[] = {list_of_options, manual_and_help, lists_of_words};

	return suite_of("completions", tests, COUNT(tests));
}
