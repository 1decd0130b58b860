/* SPDX-License-Identifier: MIT */
#include "base/signal_names.h"

#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "base/text.h"

static const struct {
	unsigned char number;
	char name[7];
} names[] = {
	{SIGHUP, "HUP"},
	{SIGINT, "INT"},
	{SIGQUIT, "QUIT"},
	{SIGILL, "ILL"},
	{SIGTRAP, "TRAP"},
	{SIGABRT, "ABRT"},
	{SIGBUS, "BUS"},
	{SIGFPE, "FPE"},
	{SIGKILL, "KILL"},
	{SIGUSR1, "USR1"},
	{SIGSEGV, "SEGV"},
	{SIGUSR2, "USR2"},
	{SIGPIPE, "PIPE"},
	{SIGALRM, "ALRM"},
	{SIGTERM, "TERM"},
	{SIGCHLD, "CHLD"},
	{SIGCONT, "CONT"},
	{SIGSTOP, "STOP"},
	{SIGTSTP, "TSTP"},
	{SIGTTIN, "TTIN"},
	{SIGTTOU, "TTOU"},
	{SIGURG, "URG"},
	{SIGXCPU, "XCPU"},
	{SIGXFSZ, "XFSZ"},
	{SIGVTALRM, "VTALRM"},
	{SIGPROF, "PROF"},
	{SIGWINCH, "WINCH"},
	{SIGIO, "IO"},
	{SIGPWR, "PWR"},
	{SIGSYS, "SYS"},
#ifdef SIGSTKFLT
	{SIGSTKFLT, "STKFLT"},
#endif
	/* Second names: signal_parse() knows them, signal_name() does not return them. */
	{SIGIO, "POLL"},
	{SIGABRT, "IOT"},
	{SIGCHLD, "CLD"},
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

const char *signal_name(int signal, char name[SIGNAL_NAME_SIZE])
{
	struct text text = text_in(name, SIGNAL_NAME_SIZE);

	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (names[i].number == signal) {
			text_add(&text, "SIG%s", names[i].name);
			return name;
		}
	}
	if (signal == SIGNAL_RTMIN)
		text_add(&text, "SIGRTMIN");
	else if (signal > SIGNAL_RTMIN && signal <= SIGNAL_RTMAX)
		text_add(&text, "SIGRTMIN+%d", signal - SIGNAL_RTMIN);
	else
		text_add(&text, "signal %d", signal);
	return name;
}

/* Parse base, which has the number from, or base+n or base-n: sign is the sign before n. */
static bool parse_real_time(const char *text, const char *base, int from, int sign, int *signal)
{
	const size_t length = strlen(base);
	uint32_t distance = 0;

	if (strncasecmp(text, base, length) != 0)
		return false;
	if (text[length] != '\0' &&
	    (text[length] != (sign > 0 ? '+' : '-') ||
	     !parse_number(text + length + 1, SIGNAL_RTMAX - SIGNAL_RTMIN, &distance)))
		return false;
	*signal = from + sign * (int)distance;
	return true;
}

bool signal_parse(const char *text, int *signal)
{
	uint32_t number;

	if (parse_number(text, SIGNAL_RTMAX, &number) && number > 0) {
		*signal = (int)number;
		return true;
	}
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (strcasecmp(text, names[i].name) == 0) {
			*signal = names[i].number;
			return true;
		}
	}
	return parse_real_time(text, "RTMIN", SIGNAL_RTMIN, 1, signal) ||
	       parse_real_time(text, "RTMAX", SIGNAL_RTMAX, -1, signal);
}
