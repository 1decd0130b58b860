/* SPDX-License-Identifier: MIT */
#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

/* As much as sendfile(2) takes at once, and more than this program will ever be. */
#define AT_ONCE 0x7ffff000

/* Make target a copy of the file at source. Returns 0 or an errno. */
static int copy(int source, int target)
{
	ssize_t sent;

	do
		sent = sendfile(target, source, NULL, AT_ONCE);
	while (sent > 0);
	/* The mode by itself, as open(2) takes the umask off it. */
	if (sent < 0 || fchmod(target, 0755) < 0)
		return errno;
	return 0;
}

/* Returns 0 or an errno. */
static int copy_to(int source, const char *temporary, const char *path)
{
	int error, target;

	/* Init containers are all pid 1: it may be what one has left that was killed. */
	unlink(temporary);
	target = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0700);
	if (target < 0)
		return errno;
	error = copy(source, target);
	/* Some file systems tell only now that there was no room: close(2). */
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
	/* rename(2) would say it too, but only where the copy could be written beside it. */
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
