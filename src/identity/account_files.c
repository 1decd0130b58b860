/* SPDX-License-Identifier: MIT */
#include "identity/account_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/scope.h"
#include "base/signals.h"
#include "base/text.h"

/* How many times this process tries to lock the two files, 10 ms apart. */
#define LOCK_TRIES 500

/* Bytes for a new entry. */
#define ENTRY_SIZE 192

/* An account file as it was read, and as it is to be. */
struct change {
	const char *path;
	const char *temporary; /* name beside it of the file that takes its place */
	bool exists;
	struct stat status; /* mode and owner, for that file too */
	struct lines old;
	char *content; /* the new content, and the newlines that fill up a file that gets shorter */
	size_t length;
	size_t at; /* where it differs first */
};

bool edit_entry(const char *content, size_t length, size_t line, struct edit *edit)
{
	int colons = 2;
	size_t end;

	for (end = line; end < length && colons > 0; end++) {
		if (content[end] == '\n')
			return false;
		colons -= content[end] == ':';
	}
	edit->at = end;
	colons = strchr(edit->text, ':') ? 2 : 1;
	for (; end < length; end++) {
		if (content[end] == ':' && --colons == 0)
			break;
		if (content[end] < '0' || content[end] > ':')
			return false;
	}
	edit->removed = end - edit->at;
	return end < length && edit->removed > 0;
}

void edit_append(const char *content, size_t length, struct edit *edit)
{
	/* The first newline is for a file whose last one is missing. */
	if (length == 0 || content[length - 1] == '\n') {
		edit->text++;
		edit->added--;
	}
	edit->at = length;
	edit->removed = 0;
}

/* Write the content from at on. Returns false if not all was written: a full disk takes a part. */
static bool write_at(int descriptor, const char *content, size_t length, size_t at)
{
	const ssize_t written = pwrite(descriptor, content + at, length - at, (off_t)at);

	if (written >= 0)
		errno = ENOSPC;
	return written == (ssize_t)(length - at);
}

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/*
 * Whether a file has no ACL: acl(5). The mode alone does not tell, as its group bits are the mask
 * of an ACL; taken over by a file without one they would give the group what only others had.
 */
static bool has_no_acl(int descriptor)
{
	return fgetxattr(descriptor, "system.posix_acl_access", NULL, 0) < 0 &&
	       (errno == ENODATA || errno == EOPNOTSUPP);
}

/* Put a new file in the place of the old one, in its directory. */
static bool replace_in(const struct change *change, int directory, const char *name)
{
	struct stat named;
	int descriptor;
	bool replaced;

	/* The name must be the old file's only name, and not a symbolic link to it. */
	if (change->exists && (change->status.st_nlink != 1 ||
			       fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
			       !is_same(&named, &change->status)))
		return false;
	/* A run that was killed may have left this file. Nobody else has the lock to use it. */
	unlinkat(directory, change->temporary, 0);
	descriptor =
		openat(directory, change->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (descriptor < 0)
		return false;
	/* A file with an ACL is overwritten, and so is one that would get one from its directory.
	 */
	replaced = (!change->exists ||
		    (has_no_acl(change->old.descriptor) && has_no_acl(descriptor))) &&
		   write_at(descriptor, change->content, change->length, 0) &&
		   fchownat(descriptor, "", change->status.st_uid, change->status.st_gid,
			    AT_EMPTY_PATH) == 0 &&
		   syscall(SYS_fchmod, descriptor, change->status.st_mode & 07777) == 0 &&
		   fsync(descriptor) == 0 &&
		   renameat(directory, change->temporary, directory, name) == 0;
	if (!replaced)
		unlinkat(directory, change->temporary, 0);
	close(descriptor);
	/* Write the directory to the disk, so that a crash of the machine does not undo rename. */
	fsync(directory);
	return replaced;
}

/* Returns false with the old file as it was. */
static bool replace(const struct change *change)
{
	const char *name = strrchr(change->path, '/') + 1;
	char parent[PATH_MAX];
	struct text text = text_in(parent, (size_t)(name - change->path));
	SCOPED_DESCRIPTOR int directory = -1;

	text_add(&text, "%s", change->path);
	if (!change->exists)
		mkdir(parent, 0755);
	directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return directory >= 0 && replace_in(change, directory, name);
}

/*
 * One write from the first byte that changes, so that being killed here leaves no half. A file that
 * gets shorter is filled up with empty lines, which no reader takes for anything, and then cut.
 */
static bool overwrite(const struct change *change)
{
	const size_t before = change->old.end;
	const size_t most = before > change->length ? before : change->length;
	SCOPED_DESCRIPTOR const int descriptor = open(change->path, O_WRONLY | O_CLOEXEC);
	int error;

	if (descriptor < 0)
		return false;
	/* Reserve space first. Where that is not possible (EOPNOTSUPP) the write shows whether
	 * there is enough. */
	if ((fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, (off_t)most) == 0 || errno != ENOSPC) &&
	    write_at(descriptor, change->content, most, change->at) &&
	    ftruncate(descriptor, (off_t)change->length) == 0) {
		fsync(descriptor);
		return true;
	}
	error = errno;
	if (!write_at(descriptor, change->old.buffer, before, change->at) ||
	    ftruncate(descriptor, (off_t)before) == 0)
		errno = error;
	return false;
}

/* Read what is to be changed. A file that is not there is an empty one of root's. */
static bool read_old(struct change *change)
{
	change->exists = lines_open(&change->old, change->path);
	if (!change->exists) {
		change->old.buffer = (char *)"";
		change->status.st_mode = 0644;
		return errno == ENOENT;
	}
	return fstat(change->old.descriptor, &change->status) == 0 && lines_read_all(&change->old);
}

/* Make the edit and write the file. */
static bool write_edited(struct change *change, const struct edit *edit)
{
	const size_t behind = edit->at + edit->removed, rest = change->old.end - behind;
	const size_t size = change->old.end + edit->added + 1;
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool written;

	if (at == MAP_FAILED)
		return false;
	change->content = at;
	change->length = edit->at + edit->added + rest;
	change->at = edit->at;
	at = mempcpy(at, change->old.buffer, edit->at);
	at = mempcpy(at, edit->text, edit->added);
	at = mempcpy(at, change->old.buffer + behind, rest);
	memset(at, '\n', size - change->length);
	written = replace(change) || (change->exists && overwrite(change));
	munmap(change->content, size);
	return written;
}

/* Write text over the numbers of the entry at line. Without a line, append text as an entry. */
static bool change_file(const char *path, const char *temporary, const size_t *line,
			const char *text)
{
	struct change change = {.path = path, .temporary = temporary};
	struct edit edit = {.text = text, .added = strlen(text)};
	bool changed = read_old(&change);

	if (changed && !line)
		edit_append(change.old.buffer, change.old.end, &edit);
	/* The line may be gone: programs that take no lock change the file as well. */
	if (changed && line && !edit_entry(change.old.buffer, change.old.end, *line, &edit)) {
		errno = EBUSY;
		changed = false;
	}
	changed = changed && write_edited(&change, &edit);
	if (change.exists)
		lines_close(&change.old);
	return changed;
}

static bool write_passwd(const char *path, const struct account_change *change)
{
	const struct account *account = change->account;
	char entry[ENTRY_SIZE];
	struct text text = text_in(entry, sizeof(entry));

	/* "!" matches no password. "x" would need an entry in shadow(5). */
	if (change->is_new)
		text_add(&text, "\n%s:!:", account->name);
	text_add(&text, "%u:%u", change->ids.uid, change->ids.gid);
	if (change->is_new)
		text_add(&text, ":%s:%s:/bin/sh\n", change->comment, account->home);
	return change_file(path, "passwd.dinit-su", change->is_new ? NULL : &account->line, entry);
}

/*
 * Find the line of the user's own group: the group of its name if that has the right number, else
 * the first with that number. Root's group is never a user's own.
 */
static bool find_group(const char *path, const struct account_change *change,
		       struct group_entry *group)
{
	const struct account *account = change->account;
	struct failure failure;
	char number[16];
	struct text text = text_in(number, sizeof(number));

	/* The new number is right as well: a run that was killed may have written the group only.
	 */
	if (accounts_find_group(path, account->name, group, &failure) == LOOKUP_FOUND &&
	    (change->is_new || group->gid == account->gid || group->gid == change->ids.gid))
		return true;
	text_add(&text, "%u", account->gid);
	return !change->is_new && account->gid != 0 &&
	       accounts_find_group(path, number, group, &failure) == LOOKUP_FOUND &&
	       group->gid == account->gid;
}

static bool write_group(const char *path, const struct account_change *change)
{
	char entry[ENTRY_SIZE];
	struct text text = text_in(entry, sizeof(entry));
	struct group_entry group;
	const bool found = find_group(path, change, &group);

	/* A user in root's group has that, and no line that gives its number another name. */
	if (change->ids.gid == 0 ||
	    (found ? group.gid == change->ids.gid || group.gid == 0 : !change->is_new))
		return true;
	if (!found)
		text_add(&text, "\n%s:!:", change->account->name);
	text_add(&text, "%u", change->ids.gid);
	if (!found)
		text_add(&text, ":\n");
	return change_file(path, "group.dinit-su", found ? &group.line : NULL, entry);
}

/* The wait for the locks of both files. */
struct waiting {
	int tries; /* how many are left */
	const bool *stops;
	int stopped_by; /* signal, or 0 */
	const struct reporter *reporter;
};

/*
 * Try to lock a file that is open. Returns 0, EWOULDBLOCK if somebody else has the lock or has just
 * put another file in the place of this one, or the errno of a call that was refused.
 */
static int try_lock(int descriptor, const char *path)
{
	struct stat locked, named;

	if (flock(descriptor, LOCK_EX | LOCK_NB) < 0 || fstat(descriptor, &locked) < 0)
		return errno;
	if (stat(path, &named) < 0)
		return errno == ENOENT ? EWOULDBLOCK : errno;
	return is_same(&locked, &named) ? 0 : EWOULDBLOCK;
}

/*
 * Lock a file. Returns its descriptor, or -1 if it does not exist, cannot be locked, stays locked
 * or a stop has come, which stopped_by tells. The wait has a limit, because any user who may read
 * the file can lock it for ever.
 */
static int lock_file(const char *path, struct waiting *waiting)
{
	const char *why = "another process keeps it locked";

	for (;;) {
		const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
		int error;

		if (descriptor < 0)
			return -1;
		error = try_lock(descriptor, path);
		if (!error)
			return descriptor;
		close(descriptor);
		if (error != EWOULDBLOCK) {
			why = strerror(error);
			break;
		}
		if (waiting->tries == 0)
			break;
		waiting->tries--;
		poll(NULL, 0, 10);
		waiting->stopped_by = signals_pending(waiting->stops);
		if (waiting->stopped_by)
			return -1;
	}
	report(waiting->reporter, REPORT_WARNINGS, "going on without a lock of %s: %s", path, why);
	return -1;
}

void account_files_unlock(const struct account_lock *lock)
{
	close(lock->group);
	close(lock->passwd);
}

bool account_files_lock(const struct account_files *files, const bool stops[_NSIG],
			const struct reporter *reporter, struct account_lock *lock,
			struct failure *failure)
{
	struct waiting waiting = {.tries = LOCK_TRIES, .stops = stops, .reporter = reporter};
	char name[SIGNAL_NAME_SIZE];

	lock->passwd = lock_file(files->passwd, &waiting);
	lock->group = waiting.stopped_by ? -1 : lock_file(files->group, &waiting);
	if (!waiting.stopped_by)
		return true;
	account_files_unlock(lock);
	return fail(failure, 128 + waiting.stopped_by, "%s while waiting for a lock of %s or %s",
		    signal_name(waiting.stopped_by, name), files->passwd, files->group);
}

static bool warn(const struct reporter *reporter, bool good, const char *path)
{
	if (!good)
		report(reporter, REPORT_WARNINGS, "cannot change %s: %s", path, strerror(errno));
	return good;
}

bool account_files_write(const struct account_files *files, const struct account_change *change,
			 const struct reporter *reporter)
{
	warn(reporter, write_group(files->group, change), files->group);
	return warn(reporter, write_passwd(files->passwd, change), files->passwd);
}
