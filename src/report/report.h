/* SPDX-License-Identifier: MIT */
/*
 * What dinit-su says, on stderr, one line each: for people, or as JSON objects for a log pipeline.
 *
 * Saying something never waits and never fails: when stderr is full, broken or closed the line is
 * lost. A line is one line whatever the names in it contain: control characters come out as '?' in
 * text, and JSON is valid UTF-8.
 */
#ifndef DINIT_SU_REPORT_H
#define DINIT_SU_REPORT_H

#include <stdbool.h>
#include <sys/types.h>

/* How much is said: everything up to and including the level asked for. */
enum report_level {
	REPORT_ERRORS,	 /* -q */
	REPORT_NOTES,	 /* how far a long work is: shown where warnings are, but none */
	REPORT_WARNINGS, /* the default */
	REPORT_STORY,	 /* -v: who, what started, what was forwarded, what ended how */
	REPORT_DETAILS,	 /* -vv: everything */
};

struct reporter {
	const char *name; /* what a line begins with */
	enum report_level level;
	bool json;
	const char *user; /* the user that main runs as, or NULL */
};

/* What a line is about, for JSON. A member that is zero is left out. */
struct report_event {
	const char *name;
	pid_t pid;
	int signal;
	bool has_status; /* status is an exit status */
	int status;
};

/* True if a line of this level would be written. Asked where finding the words takes time. */
static inline bool report_is_on(const struct reporter *reporter, enum report_level level)
{
	return level <= reporter->level;
}

/* Say a line of this level if reporter asks for it. The text is formatted as by text_add(). */
void report(const struct reporter *reporter, enum report_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, about an event. */
void report_event(const struct reporter *reporter, enum report_level level,
		  const struct report_event *event, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
