/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "init/delivery.h"

#define TERM_IS_15 (1U << 14)

START_TEST(facts_of_a_line)
{
	static const struct {
		const char *line;
		bool is_read;
		struct facts facts;
	} rows[] = {
		{"7 (sh) S 1 7 7 34816 7 4194560 1 2 3 4 5 6 7 8 20 0 3 0 4711 1 2 3 4 5 6 7 8 0 0 "
		 "4096 16384 0 0 0",
		 true,
		 {1, 7, 7, 34816, false, 4096, 16384, 4711, "sh"}},
		/* The name is chosen by whoever named the program. */
		{"9 (a) R 1 (b)) Z 2 3 4 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 99 1 2 3 4 5 6 7 8 "
		 "0 0 0 2147483647 0\n",
		 true,
		 {2, 3, 4, 0, true, 0, 2147483647, 99, "a) R 1 (b)"}},
		/* The main thread has ended, and another one has not. */
		{"9 (a) Z 1 2 3 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 2 0 99 1 2 3 4 5 6 7 8 "
		 "0 0 0 0 0\n",
		 true,
		 {1, 2, 3, 0, false, 0, 0, 99, "a"}},
		{"9 (a) S 1 2 3 4", false, {0}},
		{"9 (a", false, {0}},
		{"", false, {0}},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct facts *wanted = &rows[i].facts;
		struct facts facts = {0};
		char line[256];

		snprintf(line, sizeof(line), "%s", rows[i].line);
		ck_assert_msg(facts_read(line, &facts) == rows[i].is_read, "row %d", i);
		if (!rows[i].is_read)
			continue;
		ck_assert_int_eq(facts.parent, wanted->parent);
		ck_assert_int_eq(facts.group, wanted->group);
		ck_assert_int_eq(facts.session, wanted->session);
		ck_assert_int_eq(facts.terminal, wanted->terminal);
		ck_assert_int_eq(facts.has_ended, wanted->has_ended);
		ck_assert_uint_eq(facts.ignored, wanted->ignored);
		ck_assert_uint_eq(facts.caught, wanted->caught);
		ck_assert_uint_eq(facts.start, wanted->start);
		ck_assert_str_eq(facts.name, wanted->name);
	}
}
END_TEST

START_TEST(shells)
{
#define ROW(arguments, is_shell)                                                                   \
	{                                                                                          \
		arguments, sizeof(arguments), is_shell                                             \
	}
	static const struct {
		const char *arguments;
		size_t length;
		bool is_shell;
	} rows[] = {
		ROW("sh", true),
		ROW("/bin/sh\0-c\0server; x", true),
		ROW("-bash", true),
		ROW("/usr/local/bin/-zsh", true),
		ROW("ash", true),
		ROW("dash", true),
		ROW("ksh", true),
		ROW("mksh", true),
		ROW("yash", true),
		ROW("busybox\0sh\0-c", true),
		ROW("/bin/busybox\0ash", true),
		ROW("busybox", false),
		ROW("busybox\0httpd", false),
		ROW("fish", false),
		ROW("bashful", false),
		ROW("python3\0sh", false),
		ROW("sh -c server", false),
		ROW("", false),
		{"sh", 2, false},
		{"", 0, false},
	};
#undef ROW

	for (int i = 0; i < COUNT(rows); i++)
		ck_assert_msg(arguments_are_of_shell(rows[i].arguments, rows[i].length) ==
				      rows[i].is_shell,
			      "row %d: %s", i, rows[i].arguments);
}
END_TEST

START_TEST(signals_in_a_set)
{
	ck_assert_uint_eq(set_of(SIGHUP), 1);
	ck_assert_uint_eq(set_of(SIGTERM), TERM_IS_15);
	ck_assert_uint_eq(set_of(31), 1U << 30);
	ck_assert_uint_eq(set_of(0), 0);
	ck_assert_uint_eq(set_of(34), 0);
}
END_TEST

START_TEST(who_is_told)
{
	/* The stop and the reload, INT or --group, what is asked at the end, and again later. */
	static const struct delivery stop = {.signal = SIGTERM, .is_stop = true};
	static const struct delivery everyone = {.signal = SIGINT, .to_everyone = true};
	static const struct delivery ask = {.signal = SIGTERM,
					    .is_stop = true,
					    .to_untold = true,
					    .not_to_filters = true};
	static const struct delivery again = {.signal = SIGTERM,
					      .is_stop = true,
					      .to_untold = true,
					      .not_below_told = true};
	static const struct {
		const struct delivery *delivery;
		pid_t parent;
		struct ancestors ancestors;
		bool was_told;
		signal_set caught;
		enum verdict verdict;
	} rows[] = {
		{&stop, 1, {true, false, false}, false, 0, VERDICT_TELL},
		{&stop, 1, {true, false, false}, false, TERM_IS_15, VERDICT_TELL},
		{&stop, 1, {true, true, false}, false, 0, VERDICT_LOOKED_AFTER},
		{&stop, 1, {true, true, false}, false, TERM_IS_15, VERDICT_LOOKED_AFTER},
		/* A second stop, which somebody has sent, is passed on as the first was. */
		{&stop, 1, {true, false, true}, true, 0, VERDICT_TELL},
		{&everyone, 1, {true, true, true}, true, TERM_IS_15, VERDICT_TELL},
		{&ask, 1, {true, false, false}, false, TERM_IS_15, VERDICT_TELL},
		{&ask, 1, {true, false, false}, true, TERM_IS_15, VERDICT_WAS_TOLD},
		{&ask, 1, {true, true, false}, false, TERM_IS_15, VERDICT_LOOKED_AFTER},
		{&ask, 1, {true, false, true}, false, TERM_IS_15, VERDICT_TELL},
		{&ask, 1, {true, false, false}, false, 0, VERDICT_NOT_IF_FILTER},
		{&ask, 0, {false, false, false}, false, 0, VERDICT_TELL},
		{&ask, 1, {true, true, false}, false, 0, VERDICT_LOOKED_AFTER},
		{&again, 1, {true, false, false}, false, 0, VERDICT_TELL},
		{&again, 1, {true, false, false}, true, 0, VERDICT_WAS_TOLD},
		/* What a trap runs to save its data. */
		{&again, 1, {true, false, true}, false, 0, VERDICT_LOOKED_AFTER},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct facts facts = {.parent = rows[i].parent, .caught = rows[i].caught};

		ck_assert_msg(delivery_decide(rows[i].delivery, &facts, &rows[i].ancestors,
					      rows[i].was_told) == rows[i].verdict,
			      "row %d", i);
	}
}
END_TEST

static struct told told;

static bool tell(pid_t pid, const struct facts *facts, int signal)
{
	struct told_process *entry = told_enter(&told, pid, facts);

	if (entry)
		entry->signal = (uint8_t)signal;
	return entry != NULL;
}

START_TEST(who_was_told_is_remembered)
{
	struct facts facts = {.start = 5};

	ck_assert(!told_has(&told, 7, &facts));
	ck_assert(told_enter(&told, 7, &facts) != NULL);
	ck_assert(!told_has(&told, 7, &facts));
	ck_assert(tell(7, &facts, SIGTERM));
	ck_assert(tell(7, &facts, SIGTERM));
	ck_assert(told_has(&told, 7, &facts));
	/* Of the same place in the table. */
	ck_assert(!told_has(&told, 7 + TOLD_MAX, &facts));
	ck_assert(tell(7 + TOLD_MAX, &facts, 40));
	ck_assert(told_has(&told, 7 + TOLD_MAX, &facts));
	ck_assert(told_has(&told, 7, &facts));
	/* Another process with the number of one that has ended. */
	facts.start = 6;
	ck_assert(!told_has(&told, 7, &facts));
	/* Who ignores a stop has not heard it, and is asked with TERM; but for TERM, once only. */
	facts = (struct facts){.start = 5, .ignored = TERM_IS_15 | set_of(SIGINT)};
	ck_assert(told_has(&told, 7, &facts));
	ck_assert(told_has(&told, 7 + TOLD_MAX, &facts));
	ck_assert(tell(8, &facts, SIGINT));
	ck_assert(!told_has(&told, 8, &facts));
}
END_TEST

START_TEST(who_has_handled_it_is_remembered)
{
	const struct facts facts = {.start = 5};

	ck_assert(!told_has_handled(&told, 7, &facts));
	told_enter(&told, 7, &facts)->has_handled = true;
	ck_assert(told_has_handled(&told, 7, &facts));
	ck_assert(!told_has(&told, 7, &facts));
	ck_assert(tell(7, &facts, SIGTERM));
	ck_assert(told_has_handled(&told, 7, &facts));
	ck_assert(!told_has_handled(&told, 8, &facts));
}
END_TEST

START_TEST(more_than_can_be_remembered)
{
	const struct facts facts = {.start = 5};

	for (int pid = 1; pid <= TOLD_MAX; pid++)
		ck_assert_msg(tell(pid, &facts, SIGTERM), "pid %d", pid);
	ck_assert(!tell(TOLD_MAX + 1, &facts, SIGTERM));
	ck_assert(!told_has(&told, TOLD_MAX + 1, &facts));
	ck_assert(told_has(&told, TOLD_MAX, &facts));
	ck_assert(tell(TOLD_MAX, &facts, SIGTERM));
}
END_TEST

/* What was told in one step: a group, or all that is left. */
START_TEST(who_was_told_among_others)
{
	static const struct {
		struct told_before group, all;
		struct facts facts;
		bool is_told;
	} rows[] = {
		{{7, SIGINT, 100}, {0}, {.group = 7, .start = 100}, true},
		{{7, SIGINT, 100}, {0}, {.group = 7, .start = 101}, false},
		{{7, SIGINT, 100}, {0}, {.group = 8, .start = 100}, false},
		{{7, SIGINT, 100}, {0}, {.group = 7, .start = 9, .ignored = 2}, false},
		{{0}, {0, SIGTERM, 100}, {.group = 8, .start = 100}, true},
		{{0}, {0, SIGTERM, 100}, {.group = 8, .start = 101}, false},
		{{0}, {0}, {.group = 0, .start = 0}, false},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		told.group = rows[i].group;
		told.all = rows[i].all;
		ck_assert_msg(told_has(&told, 9, &rows[i].facts) == rows[i].is_told, "row %d", i);
	}
}
END_TEST

START_TEST(a_full_table)
{
	static struct told full;
	struct facts facts = {.start = 7};

	for (pid_t pid = 1; pid <= TOLD_MAX; pid++) {
		struct told_process *entry = told_enter(&full, pid, &facts);

		ck_assert_ptr_nonnull(entry);
		entry->signal = SIGTERM;
		entry->has_handled = true;
	}
	ck_assert(told_has(&full, TOLD_MAX, &facts));
	ck_assert(told_has_handled(&full, TOLD_MAX, &facts));
	/* A pid that is another process by now. */
	facts.start++;
	ck_assert(!told_has(&full, TOLD_MAX, &facts));
	ck_assert(!told_has_handled(&full, TOLD_MAX, &facts));
	ck_assert_ptr_null(told_enter(&full, TOLD_MAX, &facts));
	ck_assert_ptr_null(told_enter(&full, TOLD_MAX + 1, &facts));
	ck_assert(!told_has_handled(&full, TOLD_MAX + 1, &facts));
}
END_TEST

Suite *delivery_suite(void)
{
	const TTest *const tests[] = {a_full_table,
				      facts_of_a_line,
				      shells,
				      signals_in_a_set,
				      who_is_told,
				      who_was_told_is_remembered,
				      who_has_handled_it_is_remembered,
				      more_than_can_be_remembered,
				      who_was_told_among_others};

	return suite_of("delivery", tests, COUNT(tests));
}
