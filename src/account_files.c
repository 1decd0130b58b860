/* SPDX-License-Identifier: MIT */
#include "account_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "lines.h"
#include "text.h"

/* For the new file, beside the old one, until it takes its place; under the lock nobody else's. */
#define TEMPORARY_SUFFIX ".dinit-su"

/* How often it is tried to lock a file, 10 ms apart. */
#define LOCK_TRIES 200

/* An account file as it was read, and what is to change. */
struct change {
	const char *path;
	struct stat status; /* mode and owner for the file that takes its place */
	bool exists;
	struct lines content;
	struct edit edit;
};

bool edit_entry(const char *content, size_t length, size_t line, const char *numbers,
		struct edit *edit)
{
	struct text text = text_in(edit->text, sizeof(edit->text));
	int colons = 2;
	size_t end;

	text_add(&text, "%s", numbers);
	edit->added = text.length;
	for (edit->at = line; edit->at < length && colons > 0; edit->at++) {
		if (content[edit->at] == '\n')
			return false;
		colons -= content[edit->at] == ':';
	}
	colons = strchr(numbers, ':') ? 2 : 1;
	for (end = edit->at; end < length; end++) {
		if (content[end] == ':' && --colons == 0) {
			edit->removed = end - edit->at;
			return edit->removed > 0;
		}
		if (content[end] != ':' && (content[end] < '0' || content[end] > '9'))
			return false;
	}
	return false;
}

void edit_append(const char *content, size_t length, const char *entry, struct edit *edit)
{
	struct text text = text_in(edit->text, sizeof(edit->text));

	if (length > 0 && content[length - 1] != '\n')
		text_add(&text, "\n");
	text_add(&text, "%s", entry);
	edit->at = length;
	edit->removed = 0;
	edit->added = text.length;
}

/* Behind any symbolic link the name of the file itself, if it is the only one that it has. */
static bool only_name(const struct change *change, char name[PATH_MAX])
{
	struct stat named;
	char link[32];
	struct text text = text_in(link, sizeof(link));
	ssize_t length = -1;

	strcpy(name, change->path);
	if (!change->exists)
		return true;
	text_add(&text, "/proc/self/fd/%d", change->content.descriptor);
	length = readlink(link, name, PATH_MAX - sizeof(TEMPORARY_SUFFIX));
	if (length >= 0)
		name[length] = '\0';
	return change->status.st_nlink == 1 && lstat(name, &named) == 0 &&
	       named.st_dev == change->status.st_dev && named.st_ino == change->status.st_ino;
}

/* So that the new name outlives a crash of the machine: fsync(2). Cuts the file off its name. */
static void sync_directory(char *name)
{
	int descriptor;

	*strrchr(name, '/') = '\0';
	descriptor = open(*name ? name : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fsync(descriptor);
	close(descriptor);
}

/* A disk that is full takes a part first. */
static bool is_whole(ssize_t written, size_t wanted)
{
	if (written >= 0 && (size_t)written != wanted)
		errno = ENOSPC;
	return written == (ssize_t)wanted;
}

static bool write_new(const struct change *change, int descriptor)
{
	const struct edit *edit = &change->edit;
	const size_t behind = edit->at + edit->removed;
	const struct iovec parts[] = {
		{change->content.buffer, edit->at},
		{(char *)edit->text, edit->added},
		{change->content.buffer + behind, change->content.end - behind},
	};

	return is_whole(writev(descriptor, parts, 3),
			change->content.end - edit->removed + edit->added) &&
	       fchown(descriptor, change->status.st_uid, change->status.st_gid) == 0 &&
	       fchmod(descriptor, change->status.st_mode & 07777) == 0 && fsync(descriptor) == 0;
}

/* The directory that a file is to be in. */
static void make_directory(char *name)
{
	char *slash = strrchr(name, '/');

	*slash = '\0';
	mkdir(name, 0755);
	*slash = '/';
}

/* Put a new file in the place of the old one. Returns false with the old one as it was. */
static bool replace(const struct change *change)
{
	char name[PATH_MAX], temporary[PATH_MAX];
	struct text text = text_in(temporary, sizeof(temporary));
	int descriptor;
	bool replaced;

	if (!only_name(change, name))
		return false;
	text_add(&text, "%s" TEMPORARY_SUFFIX, name);
	if (!change->exists)
		make_directory(name);
	/* A run that was killed may have left it. */
	unlink(temporary);
	descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (descriptor < 0)
		return false;
	replaced = write_new(change, descriptor) && rename(temporary, name) == 0;
	if (replaced) {
		sync_directory(name);
	} else {
		int error = errno;

		unlink(temporary);
		errno = error;
	}
	close(descriptor);
	return replaced;
}

/*
 * One write from the first byte that changes, so that being killed here leaves no half. A file that
 * gets shorter is filled up with empty lines, which no reader takes for anything, and then cut.
 */
static bool overwrite_open(const struct change *change, int descriptor)
{
	static const char filling[] = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";
	const struct edit *edit = &change->edit;
	const size_t behind = edit->at + edit->removed, length = change->content.end;
	const size_t less = edit->removed > edit->added ? edit->removed - edit->added : 0;
	const off_t size = (off_t)(length - edit->removed + edit->added);
	const struct iovec parts[] = {
		{(char *)edit->text, edit->added},
		{change->content.buffer + behind, length - behind},
		{(char *)filling, less},
	};
	int error;

	/* Not posix_fallocate(3), which makes the file longer at once. */
	if (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size) < 0 && errno == ENOSPC)
		return false;
	if (is_whole(pwritev(descriptor, parts, 3, (off_t)edit->at),
		     edit->added + length - behind + less) &&
	    (!less || ftruncate(descriptor, size) == 0)) {
		fsync(descriptor);
		return true;
	}
	/* The old bytes have their room still. */
	error = errno;
	if (pwrite(descriptor, change->content.buffer + edit->at, length - edit->at,
		   (off_t)edit->at) < 0 ||
	    ftruncate(descriptor, (off_t)length) < 0)
		return false;
	errno = error;
	return false;
}

static bool overwrite(const struct change *change)
{
	int descriptor = open(change->path, O_WRONLY | O_CLOEXEC);
	bool written = descriptor >= 0 && overwrite_open(change, descriptor);
	int error = errno;

	close(descriptor);
	errno = error;
	return written;
}

/* Read what is to be changed. A file that is not there is an empty one of root's. */
static bool begin(struct change *change, const char *path)
{
	*change = (struct change){.path = path, .status = {.st_mode = 0644}};
	change->exists = lines_open(&change->content, path);
	if (!change->exists)
		return errno == ENOENT;
	if (fstat(change->content.descriptor, &change->status) == 0 &&
	    lines_read_all(&change->content))
		return true;
	errno = change->content.error;
	lines_close(&change->content);
	return false;
}

static bool finish(struct change *change)
{
	const bool written = replace(change) || (change->exists && overwrite(change));
	const int error = errno;

	if (change->exists)
		lines_close(&change->content);
	errno = error;
	return written;
}

/* Make the entry at line say these numbers. */
static bool change_entry(const char *path, size_t line, const char *numbers)
{
	struct change change;

	if (!begin(&change, path))
		return false;
	if (edit_entry(change.content.buffer, change.content.end, line, numbers, &change.edit))
		return finish(&change);
	/* Somebody who asks for no lock has been here. */
	errno = EBUSY;
	return false;
}

static bool append_entry(const char *path, const char *entry)
{
	struct change change;

	if (!begin(&change, path))
		return false;
	edit_append(change.content.buffer, change.content.end, entry, &change.edit);
	return finish(&change);
}

static bool write_passwd(const char *path, const struct identity *identity)
{
	const struct account *account = &identity->account;
	char buffer[sizeof(((struct edit *)0)->text)];
	struct text text = text_in(buffer, sizeof(buffer));

	if (identity->is_new) {
		/* "!" matches no password. An "x" without an entry in shadow(5) is no account. */
		text_add(&text, "%s:!:%u:%u::%s:/bin/sh\n", account->name, identity->account_uid,
			 identity->account_gid, account->home);
		return append_entry(path, buffer);
	}
	text_add(&text, "%u:%u", identity->account_uid, identity->account_gid);
	return change_entry(path, account->line, buffer);
}

/*
 * The group's own line: of the user's name if it has the right number, else the first of that
 * number. Root's group is nobody's own.
 */
static enum lookup find_group(const char *path, const struct identity *identity,
			      struct group_entry *group, struct failure *failure)
{
	const struct account *account = &identity->account;
	char number[16];
	struct text text = text_in(number, sizeof(number));
	enum lookup found = accounts_find_group(path, account->name, group, failure);

	/* With the new number it is what a run has left that was killed before it wrote the rest.
	 */
	if (identity->is_new || (found == LOOKUP_FOUND && (group->gid == account->gid ||
							   group->gid == identity->account_gid)))
		return found;
	text_add(&text, "%u", account->gid);
	found = accounts_find_group(path, number, group, failure);
	return found == LOOKUP_FOUND && group->gid != account->gid ? LOOKUP_NOT_FOUND : found;
}

static bool write_group(const char *path, const struct identity *identity, struct failure *failure)
{
	char buffer[sizeof(((struct edit *)0)->text)];
	struct text text = text_in(buffer, sizeof(buffer));
	const gid_t gid = identity->account_gid;
	struct group_entry group;

	if (!identity->is_new && (identity->account.gid == gid || identity->account.gid == 0))
		return true;
	switch (find_group(path, identity, &group, failure)) {
	case LOOKUP_FOUND:
		text_add(&text, "%u", gid);
		return group.gid == gid || change_entry(path, group.line, buffer);
	case LOOKUP_FAILED:
		return false;
	default:
		text_add(&text, "%s:!:%u:\n", identity->account.name, gid);
		return !identity->is_new || append_entry(path, buffer);
	}
}

/*
 * Lock a file. Returns its descriptor, or -1 if it is not there or stays locked by somebody: any
 * user who may read it can lock it, so that waiting without an end would be theirs to decide.
 */
static int lock(const char *path, const struct reporter *reporter)
{
	const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};

	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
		struct stat locked, named;

		if (descriptor < 0)
			return -1;
		/* Who had the lock may have put another file there since it was opened here. */
		if ((flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) &&
		    fstat(descriptor, &locked) == 0 && stat(path, &named) == 0 &&
		    locked.st_dev == named.st_dev && locked.st_ino == named.st_ino)
			return descriptor;
		close(descriptor);
		nanosleep(&moment, NULL);
	}
	report(reporter, REPORT_WARNINGS, "%s stays locked by another process: not waiting for it",
	       path);
	return -1;
}

/* As useradd(8) does, but without anything in it. One that is there already stays somebody else's.
 */
static void make_home(const struct identity *identity, const struct reporter *reporter)
{
	const char *home = identity->account.home;
	const mode_t before = umask(022);
	struct stat status;
	int descriptor;

	mkdir("/home", 0755);
	mkdir(home, 0700);
	umask(before);
	descriptor = open(home, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* Engines make the directories above a mount point root's. */
	if (descriptor < 0 || fstat(descriptor, &status) < 0 ||
	    (status.st_uid == 0 && fchown(descriptor, identity->uid, identity->gid) < 0))
		report(reporter, REPORT_WARNINGS, "cannot make %s: %s", home, strerror(errno));
	close(descriptor);
}

bool account_files_update(const struct settings *settings, const struct ids *ids,
			  const struct account_files *files, struct identity *identity,
			  struct failure *failure)
{
	const struct reporter *reporter = &settings->reporter;
	const int passwd = lock(files->passwd, reporter), group = lock(files->group, reporter);
	const bool resolved = identity_resolve(settings, ids, files, identity, failure);

	if (resolved && identity->is_new)
		make_home(identity, reporter);
	if (resolved && !write_group(files->group, identity, failure))
		report(reporter, REPORT_WARNINGS, "cannot change %s: %s", files->group,
		       strerror(errno));
	if (resolved && identity->changes_account && !write_passwd(files->passwd, identity))
		report(reporter, REPORT_WARNINGS, "cannot change %s: %s", files->passwd,
		       strerror(errno));
	close(group);
	close(passwd);
	return resolved;
}
