/* SPDX-License-Identifier: MIT */
#include "files/install.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

/* The most that sendfile(2) copies in one call; this program is smaller. */
#define AT_ONCE 0x7ffff000

/* Copy the file open as source to target. Returns 0 or an errno. */
static int copy(int source, int target)
{
	ssize_t sent;

	do
		sent = sendfile(target, source, NULL, AT_ONCE);
	while (sent > 0);
	/* open(2) would take the umask off the mode. */
	if (sent < 0 || syscall(SYS_fchmod, target, 0755) < 0)
		return errno;
	return 0;
}

/* Copy the file open as source to temporary, then rename that to path. Returns 0 or an errno. */
static int copy_to(int source, const char *temporary, const char *path)
{
	int error, target;

	/* Init containers all have pid 1: one that was killed may have left a file of this name. */
	unlink(temporary);
	target = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700);
	if (target < 0)
		return errno;
	error = copy(source, target);
	/* Some file systems report only here that there was no space left: close(2). */
	if (close(target) < 0 && error == 0)
		error = errno;
	if (error == 0 && rename(temporary, path) < 0)
		error = errno;
	if (error != 0)
		unlink(temporary);
	return error;
}

bool install_self(const char *path, struct failure *failure)
{
	char temporary[PATH_MAX];
	struct text text = text_in(temporary, sizeof(temporary));
	struct stat status;
	int error, source = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (source < 0)
		return fail_to("read this program, /proc/self/exe", failure);
	text_add(&text, "%s.%d", path, getpid());
	/* rename(2) would fail for a directory too, but on a read-only mount with another errno. */
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		error = EISDIR;
	else
		error = text.length + 1 == text.size ? ENAMETOOLONG
						     : copy_to(source, temporary, path);
	close(source);
	if (error == 0)
		return true;
	return fail(failure, STATUS_REFUSED, "cannot install to '%s': %s%s", path, strerror(error),
		    error == EISDIR ? "; name the file in it" : "");
}
