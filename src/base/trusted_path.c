/* SPDX-License-Identifier: MIT */
#include "base/trusted_path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* How many links may be on the way: path_resolution(7). */
#define LINKS_MAX 40

struct path_walk {
	char left[2 * PATH_MAX]; /* what is still to be walked */
	char *at;		 /* how far of that it is */
	int directory;		 /* -1 before the first */
	struct stat status;	 /* of directory */
	bool is_kept;		 /* only root can have changed where the path has led so far */
	int links;
};

bool trusted_path_is_kept(const struct stat *directory, const struct stat *found)
{
	/* With an ACL the bits of the group are its mask, the most that any entry allows: acl(5).
	 */
	const bool others_write = directory->st_mode & (S_IWGRP | S_IWOTH);
	const bool is_sticky = directory->st_mode & S_ISVTX;

	if (directory->st_uid != 0)
		return false;
	return !others_write || (is_sticky && S_ISDIR(found->st_mode) && found->st_uid == 0);
}

/* Move the walk to this directory, which was just opened: descriptor is -1 if that failed. */
static int enter(struct path_walk *walk, int descriptor)
{
	if (descriptor < 0)
		return errno;
	if (walk->directory >= 0)
		close(walk->directory);
	walk->directory = descriptor;
	return fstat(descriptor, &walk->status) < 0 ? errno : 0;
}

/*
 * Begin at the root or at the working directory, as what is left tells. The working directory is
 * trusted, because the engine has chosen it.
 */
static int begin(struct path_walk *walk)
{
	const char *const start = *walk->at == '/' ? "/" : ".";

	walk->is_kept = true;
	return enter(walk, open(start, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* Cut the next component off what is left; it is empty at the end. */
static const char *next_component(struct path_walk *walk)
{
	char *const name = walk->at + strspn(walk->at, "/");
	const size_t length = strcspn(name, "/");

	walk->at = name + length + strspn(name + length, "/");
	name[length] = '\0';
	return name;
}

/* Follow a link with this status, if it may be: put its target in front of what is left. */
static int follow_link(struct path_walk *walk, const char *name, const struct stat *status)
{
	char target[sizeof(walk->left)];
	const size_t rest = strlen(walk->at) + 1;
	ssize_t length;

	if (!walk->is_kept || status->st_uid != 0 || !trusted_path_is_kept(&walk->status, status) ||
	    ++walk->links > LINKS_MAX)
		return ELOOP;
	length = readlinkat(walk->directory, name, target, PATH_MAX);
	if (length < 0)
		return errno;
	if ((size_t)length + 1 + rest > sizeof(target))
		return ENAMETOOLONG;
	target[length] = '/';
	memcpy(target + length + 1, walk->at, rest);
	walk->at = memcpy(walk->left, target, (size_t)length + 1 + rest);
	return target[0] == '/' ? begin(walk) : 0;
}

/* Go through a component that is not the last. */
static int step(struct path_walk *walk, const char *name)
{
	const int descriptor = openat(walk->directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	int error = 0;

	if (descriptor < 0)
		return errno;
	if (fstat(descriptor, &status) < 0)
		error = errno;
	else if (S_ISLNK(status.st_mode))
		error = follow_link(walk, name, &status);
	else if (!S_ISDIR(status.st_mode))
		error = ENOTDIR;
	/* Others may have moved this directory, and ".." leads to where it is. */
	else if (strcmp(name, "..") == 0 && !walk->is_kept)
		error = ELOOP;
	else {
		walk->is_kept = walk->is_kept && trusted_path_is_kept(&walk->status, &status);
		return enter(walk, descriptor);
	}
	close(descriptor);
	return error;
}

static int walk_to_end(struct path_walk *walk, bool follow, struct trusted_path *found)
{
	for (;;) {
		const char *name = next_component(walk);
		const bool is_last = *walk->at == '\0';
		struct stat status;
		int error = 0;

		if (!is_last || strcmp(name, "..") == 0) {
			error = step(walk, name);
		} else if (follow &&
			   fstatat(walk->directory, name, &status,
				   AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0 &&
			   S_ISLNK(status.st_mode)) {
			error = follow_link(walk, name, &status);
		} else if (strlen(name) > NAME_MAX) {
			error = ENAMETOOLONG;
		} else {
			if (!*name)
				name = ".";
			memcpy(found->name, name, strlen(name) + 1);
			found->directory = walk->directory;
			return 0;
		}
		if (error)
			return error;
	}
}

int trusted_path_find(const char *path, bool follow, struct trusted_path *found)
{
	const size_t length = strlen(path);
	struct path_walk walk;
	int error;

	if (length == 0)
		return ENOENT;
	if (length >= PATH_MAX)
		return ENAMETOOLONG;
	walk.at = memcpy(walk.left, path, length + 1);
	walk.directory = -1;
	walk.links = 0;
	error = begin(&walk);
	if (!error)
		error = walk_to_end(&walk, follow, found);
	if (error && walk.directory >= 0)
		close(walk.directory);
	return error;
}

const char *trusted_path_error(int error)
{
	if (error != ELOOP)
		return strerror(error);
	return "a symbolic link on the way may be somebody else's; name what it leads to";
}
