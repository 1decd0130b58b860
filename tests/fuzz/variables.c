/* SPDX-License-Identifier: MIT */
/*
 * Variables: the first line of the input is the name of one, the second UIDVAR[:GIDVAR]; the others
 * are the environment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command_line/options.h"
#include "command_line/variables.h"
#include "fuzz.h"
#include "identity/environment.h"
#include "identity/ids.h"

/* The value that getenv(3) would find. */
static const char *value_in(char **environment, const char *name, size_t length)
{
	for (; *environment; environment++) {
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	}
	return NULL;
}

static bool is_id(const char *text, unsigned int *id)
{
	const size_t length = strspn(text, "0123456789");
	const unsigned long long number = strtoull(text, NULL, 10);

	*id = (unsigned int)number;
	return length >= 1 && length <= 10 && text[length] == '\0' && number < 4294967295;
}

/* If all is well, a variable that is set and not empty gives its id, and no other one does. */
static void check_id(char **environment, const char *name, size_t length, bool allow_root,
		     bool chosen, bool has, unsigned int id)
{
	const char *value = value_in(environment, name, length);
	unsigned int expected;

	if (!chosen)
		return;
	PROMISE(has == (value && *value));
	if (!has)
		return;
	PROMISE(is_id(value, &expected) && id == expected);
	PROMISE(id != 0 || allow_root);
}

static void check_ids(const char *names, char **environment, bool allow_root)
{
	const struct ids_settings settings = {IDS_OF_VARIABLES, names, allow_root};
	const size_t length = strcspn(names, ":");
	struct failure failure;
	struct ids ids;
	bool chosen;

	if (!ids_are_variables(names))
		return;
	chosen = ids_choose(&settings, environment, &ids, &failure);
	check_id(environment, names, length, allow_root, chosen, ids.has_uid, ids.uid);
	if (names[length])
		check_id(environment, names + length + 1, strlen(names + length + 1), allow_root,
			 chosen, ids.has_gid, ids.gid);
	else
		PROMISE(!ids.has_gid);
}

static bool is_named(const char *entry, const char *name)
{
	const size_t length = strlen(name);

	return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

/* The account's variables come once; all others keep their values and their order. */
static void check_environment(char **inherited, bool has_account, bool only_home)
{
	static struct environment environment;
	static struct account account;
	struct failure failure;
	char **at;

	account_set_name(&account, "app", "/home/app");
	PROMISE(environment_for_account(&environment, inherited, has_account ? &account : NULL,
					only_home, &failure));
	at = environment.entries;
	for (; *inherited; inherited++) {
		if (is_named(*inherited, "HOME") ||
		    (!only_home &&
		     (is_named(*inherited, "USER") || is_named(*inherited, "LOGNAME"))))
			continue;
		PROMISE(*at == *inherited);
		at++;
	}
	PROMISE(strcmp(*at, has_account ? "HOME=/home/app" : "HOME=/") == 0);
	if (has_account && !only_home) {
		PROMISE(strcmp(*++at, "USER=app") == 0);
		PROMISE(strcmp(*++at, "LOGNAME=app") == 0);
	}
	PROMISE(!at[1]);
	environment_release(&environment);
}

static void check_pid(char **environment, const char *name)
{
	char buffer[64], expected[64];
	char *copies[FUZZ_WORDS + 1];
	int count = 0;
	unsigned int id;

	for (; environment[count]; count++)
		copies[count] = environment[count];
	copies[count] = NULL;
	environment_move_pid(copies, name, 1, 4194304, buffer, sizeof(buffer));
	snprintf(expected, sizeof(expected), "%s=4194304", name);
	for (int i = 0; i < count; i++) {
		if (is_named(environment[i], name) &&
		    is_id(environment[i] + strlen(name) + 1, &id) && id == 1)
			PROMISE(strcmp(copies[i], expected) == 0);
		else
			PROMISE(copies[i] == environment[i]);
	}
}

/* Of two variables with one name the first one counts: without the second nothing changes. */
static void check_options(char **environment)
{
	static struct settings all, some;
	char *firsts[FUZZ_WORDS + 1];
	struct failure failure;
	int count = 0;
	bool good;

	for (char **at = environment; *at; at++) {
		const size_t length = strcspn(*at, "=");
		const char *first = value_in(environment, *at, length);

		/* An empty variable counts as unset: then the next one of its name counts. */
		if (!first || !*first || first == *at + length + 1)
			firsts[count++] = *at;
	}
	firsts[count] = NULL;
	memset(&all, 0, sizeof(all));
	memset(&some, 0, sizeof(some));
	settings_add_defaults(&all);
	settings_add_defaults(&some);
	good = variables_apply(environment, &all, &failure);
	PROMISE(variables_apply(firsts, &some, &failure) == good);
	PROMISE(memcmp(&all, &some, sizeof(all)) == 0);
	variables_warn(environment, &all.reporter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = fuzz_begin(data, size);
	const char *name = fuzz_line(&input, NULL), *names = fuzz_line(&input, NULL);
	char **environment = fuzz_words(&input, "");

	PROMISE(environment_get(environment, name) == value_in(environment, name, strlen(name)));
	check_ids(names, environment, false);
	check_ids(names, environment, true);
	for (unsigned int choice = 0; choice < 4; choice++)
		check_environment(environment, choice & 1, choice & 2);
	if (strlen(name) < 32)
		check_pid(environment, name);
	check_options(environment);
	return 0;
}
