/* SPDX-License-Identifier: MIT */
#include "init/delivery.h"

#include <signal.h>
#include <string.h>

#include "base/text.h"

/* Fields of proc_pid_stat(5); the first ones are the pid and the name in brackets. */
enum field {
	FIELD_STATE = 3,
	FIELD_PARENT,
	FIELD_GROUP,
	FIELD_SESSION,
	FIELD_TERMINAL,
	FIELD_THREADS = 20,
	FIELD_START = 22,
	FIELD_IGNORED = 33,
	FIELD_CAUGHT,
	FIELDS,
};

/* The number at text, or 0 for one that is negative. */
static uint64_t read_number(const char *text)
{
	uint64_t number = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (uint64_t)(*text - '0');
	return number;
}

bool facts_read(char *line, struct facts *facts)
{
	uint64_t fields[FIELDS] = {0};
	char *const opening = strchr(line, '('), *const closing = strrchr(line, ')');
	char *at = closing;
	struct text name = text_in(facts->name, sizeof(facts->name));

	if (!opening || !closing)
		return false;
	for (int field = FIELD_STATE; field < FIELDS; field++) {
		at = strchr(at, ' ');
		if (!at)
			return false;
		fields[field] = read_number(++at);
	}
	*closing = '\0';
	text_add(&name, "%s", opening + 1);
	/* The main thread alone may have ended, pthread_exit(3): the others go on. */
	facts->has_ended = closing[2] == 'Z' && fields[FIELD_THREADS] <= 1;
	facts->parent = (pid_t)fields[FIELD_PARENT];
	facts->group = (pid_t)fields[FIELD_GROUP];
	facts->session = (pid_t)fields[FIELD_SESSION];
	facts->terminal = (int)fields[FIELD_TERMINAL];
	facts->start = fields[FIELD_START];
	facts->ignored = (signal_set)fields[FIELD_IGNORED];
	facts->caught = (signal_set)fields[FIELD_CAUGHT];
	return true;
}

static bool is_name_of_shell(const char *name)
{
	static const char shells[][5] = {"sh", "ash", "bash", "dash", "ksh", "mksh", "yash", "zsh"};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(name, shells[i]) == 0)
			return true;
	}
	return false;
}

bool arguments_are_of_shell(const char *arguments, size_t length)
{
	const char *slash, *name = arguments;
	size_t first;

	if (length == 0 || arguments[length - 1] != '\0')
		return false;
	first = strlen(arguments) + 1;
	slash = strrchr(arguments, '/');
	if (slash)
		name = slash + 1;
	if (*name == '-')
		name++;
	if (strcmp(name, "busybox") == 0 && first < length)
		name = arguments + first;
	return is_name_of_shell(name);
}

enum verdict delivery_decide(const struct delivery *delivery, const struct facts *facts,
			     const struct ancestors *ancestors, bool was_told)
{
	if (delivery->to_untold && was_told)
		return VERDICT_WAS_TOLD;
	if (!delivery->to_everyone && ancestors->look_after)
		return VERDICT_LOOKED_AFTER;
	if (delivery->not_below_told && ancestors->were_told)
		return VERDICT_LOOKED_AFTER;
	/* The writer of a pipe that `docker exec` has brought is outside and does not end with
	 * main. */
	if (delivery->not_to_filters && facts->caught == 0 && facts->parent != 0)
		return VERDICT_NOT_IF_FILTER;
	return VERDICT_TELL;
}

static bool hears(const struct facts *facts, int signal)
{
	return !(facts->ignored & set_of(signal));
}

/* Find the entry of a process, or the free entry for it. Returns NULL if the table is full. */
static const struct told_process *find(const struct told *told, pid_t pid, uint64_t start)
{
	for (int i = 0; i < TOLD_MAX; i++) {
		const struct told_process *at = &told->processes[(pid + i) % TOLD_MAX];

		if (at->pid == 0 || (at->pid == pid && at->start == start))
			return at;
	}
	return NULL;
}

struct told_process *told_enter(struct told *told, pid_t pid, const struct facts *facts)
{
	const struct told_process *found = find(told, pid, facts->start);
	struct told_process *entry;

	if (!found)
		return NULL;
	entry = &told->processes[found - told->processes];
	entry->pid = pid;
	entry->start = facts->start;
	return entry;
}

bool told_has_handled(const struct told *told, pid_t pid, const struct facts *facts)
{
	const struct told_process *entry = find(told, pid, facts->start);

	return entry && entry->has_handled;
}

static bool was_told_among(const struct told_before *told, const struct facts *facts)
{
	return told->signal && facts->start <= told->ticks && hears(facts, told->signal) &&
	       (told->group == 0 || told->group == facts->group);
}

bool told_has(const struct told *told, pid_t pid, const struct facts *facts)
{
	const struct told_process *entry = find(told, pid, facts->start);

	/* Leftovers are asked with TERM: who ignored that need not get it again. */
	if (entry && entry->signal && (entry->signal == SIGTERM || hears(facts, entry->signal)))
		return true;
	return was_told_among(&told->group, facts) || was_told_among(&told->all, facts);
}
