/* SPDX-License-Identifier: MIT */
#include "report/termination_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "report/failure.h"

static const char not_regular[] = "it is not a regular file";

/* Look at the open file. Returns NULL or why it cannot be the log. */
static const char *look(const struct termination_log *log, struct stat *status)
{
	if (log->descriptor < 0 || fstat(log->descriptor, status) < 0)
		return strerror(errno);
	return S_ISREG(status->st_mode) ? NULL : not_regular;
}

static void remember(struct termination_log *log, const struct stat *status)
{
	log->size = status->st_size;
	log->modified = status->st_mtim;
}

/* True if nobody has written since remember(). A write that keeps the size changes the time. */
static bool is_as_remembered(const struct termination_log *log, const struct stat *status)
{
	return status->st_size == log->size && status->st_mtim.tv_sec == log->modified.tv_sec &&
	       status->st_mtim.tv_nsec == log->modified.tv_nsec;
}

void termination_log_open(struct termination_log *log, const char *path,
			  const struct reporter *reporter)
{
	const bool is_default = strcmp(path, TERMINATION_LOG_PATH) == 0;
	/* A FIFO must not keep the start waiting, and a link must not lead elsewhere. */
	const int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
			  (is_default ? 0 : O_CREAT);
	enum report_level level = REPORT_WARNINGS;
	struct stat status;
	const char *why;

	log->descriptor = open(path, flags, 0644);
	/* Outside Kubernetes there is no such file, and nobody would read it. */
	if (log->descriptor < 0 && errno == ENOENT && is_default)
		level = REPORT_STORY;
	why = look(log, &status);
	if (!why) {
		remember(log, &status);
		return;
	}
	report(reporter, level, "cannot open the termination log %s: %s", path, why);
	if (log->descriptor >= 0)
		close(log->descriptor);
	log->descriptor = -1;
}

static void replace(struct termination_log *log, const char *content, size_t length)
{
	struct stat status;

	if (look(log, &status) || !is_as_remembered(log, &status))
		return;
	/* On a full disk nothing is cut off. */
	if (pwrite(log->descriptor, content, length, 0) != (ssize_t)length ||
	    ftruncate(log->descriptor, (off_t)length) < 0)
		return;
	log->is_ours = true;
	if (!look(log, &status))
		remember(log, &status);
}

void termination_log_write(struct termination_log *log, const char *line)
{
	char buffer[sizeof(((struct failure *)0)->text)];
	struct text text = text_in(buffer, sizeof(buffer) - 1);

	text_add(&text, "%s", line);
	text_mask_controls(&text);
	buffer[text.length++] = '\n';
	replace(log, buffer, text.length);
}

void termination_log_take_back(struct termination_log *log)
{
	if (log->is_ours)
		replace(log, "", 0);
}
