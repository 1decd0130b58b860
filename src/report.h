/* SPDX-License-Identifier: MIT */
/*
 * Reporting: lines on stderr, `dinit-su: ...`, one for each thing worth saying.
 *
 * Writing never blocks and never fails: when stderr is full, broken or closed the line is lost. A
 * line is one line whatever the names in it contain: control characters come out as '?'.
 */
#ifndef DINIT_SU_REPORT_H
#define DINIT_SU_REPORT_H

/* How much is said: everything up to and including the level asked for. */
enum report_level {
	REPORT_ERRORS,	 /* -q */
	REPORT_WARNINGS, /* the default */
	REPORT_STORY,	 /* -v: who, what started, what was forwarded, what ended how */
	REPORT_DETAILS,	 /* -vv: everything */
};

/* Say a line of this level if asked says so. The text is formatted as by text_add(). */
void report(enum report_level asked, enum report_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
