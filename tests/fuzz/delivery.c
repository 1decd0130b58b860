/* SPDX-License-Identifier: MIT */
/*
 * The table of processes that were told: random entries and lookups, until it is full, compared
 * with a plain list. And the decisions, compared with their rules.
 */
#include <string.h>

#include "fuzz.h"
#include "init/delivery.h"

/* Few processes, whose pids collide in the table. */
#define PROCESSES 64

struct known {
	pid_t pid;
	uint64_t start;
	bool is_entered, has_handled;
	int signal;
};

static pid_t pid_of(unsigned int number)
{
	return (pid_t)(1 + number % 8 * TOLD_MAX + number % PROCESSES / 8);
}

static bool is_heard(const struct facts *facts, int signal)
{
	return signal < 1 || signal > 31 || !(facts->ignored >> (signal - 1) & 1);
}

static bool among(const struct told_before *told, const struct facts *facts)
{
	return told->signal && facts->start <= told->ticks && is_heard(facts, told->signal) &&
	       (!told->group || told->group == facts->group);
}

static void check_decision(unsigned int bits, const struct facts *facts, bool was_told)
{
	const struct delivery delivery = {
		.signal = 15,
		.to_everyone = bits & 1,
		.to_untold = bits & 2,
		.not_below_told = bits & 4,
		.not_to_filters = bits & 8,
	};
	const struct ancestors ancestors = {true, bits & 16, bits & 32};
	const enum verdict verdict = delivery_decide(&delivery, facts, &ancestors, was_told);

	/* With to_untold no process is told a second time. */
	PROMISE(!(was_told && delivery.to_untold) || verdict == VERDICT_WAS_TOLD);
	/* The processes below a manager are left to it, unless everyone is to be told. */
	if (verdict == VERDICT_TELL || verdict == VERDICT_NOT_IF_FILTER) {
		PROMISE(delivery.to_everyone || !ancestors.look_after);
		PROMISE(!delivery.not_below_told || !ancestors.were_told);
		PROMISE((verdict == VERDICT_NOT_IF_FILTER) ==
			(delivery.not_to_filters && facts->caught == 0 && facts->parent != 0));
	}
	/* A process that is passed over was told, or an ancestor was, or looks after it. */
	if (verdict == VERDICT_LOOKED_AFTER)
		PROMISE(ancestors.look_after || ancestors.were_told);
	if (verdict == VERDICT_WAS_TOLD)
		PROMISE(was_told);
}

static void step(struct told *told, struct known *known, struct input *input)
{
	const unsigned int number = fuzz_byte(input), what = fuzz_byte(input);
	struct known *at = &known[number % PROCESSES * 2 + (what >> 7)];
	const struct facts facts = {
		.parent = number & 64 ? 1 : 0,
		.start = 100 + (what >> 7),
		.group = (pid_t)(number % 3),
		.ignored = what & 8 ? 1U << 14 : 0,
		.caught = what & 16,
	};
	struct told_process *entry;
	bool expected;

	at->pid = pid_of(number);
	at->start = facts.start;
	if ((what & 7) == 0) {
		entry = told_enter(told, at->pid, &facts);
		PROMISE(entry && entry->pid == at->pid && entry->start == at->start);
		PROMISE(entry->signal == at->signal && entry->has_handled == at->has_handled);
		at->is_entered = true;
		at->signal = entry->signal = what & 32 ? 15 : 3;
		at->has_handled = entry->has_handled |= what & 64;
	} else if ((what & 7) == 1) {
		told->group = (struct told_before){(pid_t)(number % 3), 15, 99 + what / 64};
	} else if ((what & 7) == 2) {
		told->all = (struct told_before){0, 15, 99 + what / 64};
	}
	expected = (at->signal && (at->signal == 15 || is_heard(&facts, at->signal))) ||
		   among(&told->group, &facts) || among(&told->all, &facts);
	PROMISE(told_has(told, at->pid, &facts) == expected);
	PROMISE(told_has_handled(told, at->pid, &facts) == at->has_handled);
	check_decision(number, &facts, expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct told told;
	static struct known known[PROCESSES * 2];
	struct input input = fuzz_begin(data, size);

	memset(&told, 0, sizeof(told));
	memset(known, 0, sizeof(known));
	while (input.size > 0)
		step(&told, known, &input);
	return 0;
}
