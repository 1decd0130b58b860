/* SPDX-License-Identifier: MIT */
#include "identity/ids.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lines.h"
#include "base/parse.h"
#include "base/text.h"
#include "base/trusted_path.h"

bool ids_are_variables(const char *text)
{
	const char *rest = parse_variable(text);

	if (rest && *rest == ':')
		rest = parse_variable(rest + 1);
	return rest && *rest == '\0';
}

/* Read the id in the variable whose name ends at a colon or with the text. */
static bool read_variable(const char *name, char **environment, bool allow_root, bool *has,
			  uint32_t *id, struct failure *failure)
{
	const size_t length = strcspn(name, ":");

	while (*environment &&
	       (strncmp(*environment, name, length) != 0 || (*environment)[length] != '='))
		environment++;
	/* An empty variable is an unset one: Compose makes unset variables empty. */
	if (!*environment || (*environment)[length + 1] == '\0')
		return true;
	*has = parse_id(*environment + length + 1, id);
	if (!*has)
		return fail(failure, STATUS_REFUSED, "%s: not an id: ids go from 0 to %u",
			    *environment, ID_MAX);
	if (*id == 0 && !allow_root)
		return fail(failure, STATUS_REFUSED,
			    "%s: the environment may ask for root only where the image's author "
			    "wrote --allow-root",
			    *environment);
	return true;
}

static bool read_variables(const struct ids_settings *settings, char **environment, struct ids *ids,
			   struct failure *failure)
{
	const char *names = settings->text, *colon = strchr(names, ':');

	ids->source = names;
	ids->missing = "is not set";
	return read_variable(names, environment, settings->allow_root, &ids->has_uid, &ids->uid,
			     failure) &&
	       (!colon || read_variable(colon + 1, environment, settings->allow_root, &ids->has_gid,
					&ids->gid, failure));
}

/* Whether the last word of a file's first line is this one; fallback if it cannot be read. */
static bool first_line_ends(const char *path, const char *word, bool fallback)
{
	struct lines lines;
	size_t length;
	const char *line, *blank;

	if (!lines_open(&lines, path))
		return fallback;
	line = lines_next(&lines, &length);
	if (line) {
		blank = strrchr(line, ' ');
		fallback = strcmp(blank ? blank + 1 : line, word) == 0;
	}
	lines_close(&lines);
	return fallback;
}

/*
 * True if this user namespace may not map the owner: then it shows as the overflow id,
 * user_namespaces(7). Engines map that id as well, so it is certain to be an owner's own id only
 * where every id is mapped.
 */
static bool is_unmapped(uint32_t id, const char *overflow, const char *map)
{
	char number[16];
	struct text text = text_in(number, sizeof(number));

	text_add(&text, "%u", id);
	return first_line_ends(overflow, number, id == 65534) &&
	       !first_line_ends(map, "4294967295", false);
}

/* Look at the owner of path. False with a failure. */
static bool look_at(const char *path, struct stat *status, struct failure *failure)
{
	struct trusted_path found;
	int error = trusted_path_find(path, true, &found);

	if (!error) {
		if (fstatat(found.directory, found.name, status, AT_SYMLINK_NOFOLLOW) < 0)
			error = errno;
		close(found.directory);
	}
	return !error ||
	       fail(failure, STATUS_REFUSED, "--ids-of %s: %s", path, trusted_path_error(error));
}

static bool read_owner(const char *path, struct ids *ids, struct failure *failure)
{
	struct stat status;

	/* No id, for where a sandbox says yes to fstatat(2) and does nothing. */
	status.st_uid = UINT32_MAX;
	if (!look_at(path, &status, failure))
		return false;
	ids->source = path;
	ids->missing = "belongs to root";
	ids->uid = status.st_uid;
	ids->gid = status.st_gid;
	if (ids->uid == UINT32_MAX ||
	    is_unmapped(ids->uid, "/proc/sys/kernel/overflowuid", "/proc/self/uid_map"))
		return fail(
			failure, STATUS_REFUSED,
			"--ids-of %s: uid %u stands for owners that this user namespace does not "
			"map; use --ids",
			path, ids->uid);
	ids->has_uid = ids->uid != 0;
	/* USER does not become a member of root's group, or of one that is not mapped. */
	ids->has_gid = ids->has_uid && ids->gid != 0 &&
		       !is_unmapped(ids->gid, "/proc/sys/kernel/overflowgid", "/proc/self/gid_map");
	return true;
}

bool ids_choose(const struct ids_settings *settings, char **environment, struct ids *ids,
		struct failure *failure)
{
	*ids = (struct ids){0};
	switch (settings->source) {
	case IDS_GIVEN:
		ids->has_uid = parse_ids(settings->text, &ids->uid, &ids->has_gid, &ids->gid);
		return true;
	case IDS_OF_VARIABLES:
		return read_variables(settings, environment, ids, failure);
	case IDS_OF_PATH:
		return read_owner(settings->text, ids, failure);
	case IDS_OF_ACCOUNT:
		break;
	}
	return true;
}
