/* SPDX-License-Identifier: MIT */
#include "ids.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "environment.h"
#include "parse.h"
#include "text.h"

/* Room for a variable's name or an id. */
#define PART_SIZE 64

/*
 * Take a text apart at its colon. Returns what follows that, "" where there is none; NULL if the
 * first part does not fit or the second is empty.
 */
static const char *take_apart(const char *text, char first[PART_SIZE])
{
	const size_t length = strcspn(text, ":");

	if (length >= PART_SIZE || (text[length] && !text[length + 1]))
		return NULL;
	memcpy(first, text, length);
	first[length] = '\0';
	return text[length] ? text + length + 1 : "";
}

bool ids_parse(const char *text, struct ids *ids)
{
	struct ids parsed = {.has_uid = true};
	char uid[PART_SIZE];
	const char *gid = take_apart(text, uid);

	if (!gid || !parse_id(uid, &parsed.uid))
		return false;
	parsed.has_gid = *gid != '\0';
	if (parsed.has_gid && !parse_id(gid, &parsed.gid))
		return false;
	*ids = parsed;
	return true;
}

static bool is_variable(const char *name)
{
	static const char may[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
	const size_t length = strspn(name, may);

	return length > 0 && length < PART_SIZE && name[length] == '\0' &&
	       !strchr("0123456789", *name);
}

bool ids_are_variables(const char *text)
{
	char uid[PART_SIZE];
	const char *gid = take_apart(text, uid);

	return gid && is_variable(uid) && (*gid == '\0' || is_variable(gid));
}

static bool read_variable(const char *name, char **environment, bool allow_root, bool *has,
			  uint32_t *id, struct failure *failure)
{
	const char *value = *name ? environment_get(environment, name) : NULL;

	/* Compose files make a variable that nobody has set an empty one. */
	if (!value || *value == '\0')
		return true;
	if (!parse_id(value, id))
		return fail(failure, STATUS_REFUSED, "%s: '%s' is no id: ids go from 0 to %u", name,
			    value, ID_MAX);
	if (*id == 0 && !allow_root)
		return fail(failure, STATUS_REFUSED,
			    "%s is 0, which is root: only an image whose author wrote --allow-root "
			    "takes that from the environment",
			    name);
	*has = true;
	return true;
}

static bool read_variables(const struct settings *settings, char **environment, struct ids *ids,
			   struct failure *failure)
{
	char uid[PART_SIZE];
	const char *gid = take_apart(settings->ids_from_environment, uid);
	struct text missing = text_in(ids->missing, sizeof(ids->missing));

	text_add(&missing, "%s is not set", uid);
	return read_variable(uid, environment, settings->allow_root, &ids->has_uid, &ids->uid,
			     failure) &&
	       read_variable(gid, environment, settings->allow_root, &ids->has_gid, &ids->gid,
			     failure);
}

static bool read_owner(const char *path, struct ids *ids, struct failure *failure)
{
	struct text missing = text_in(ids->missing, sizeof(ids->missing));
	struct stat status;

	if (stat(path, &status) < 0)
		return fail(failure, STATUS_REFUSED, "--ids-of %s: %s", path, strerror(errno));
	text_add(&missing, "%s belongs to root", path);
	ids->uid = status.st_uid;
	ids->gid = status.st_gid;
	ids->has_uid = ids->uid != 0;
	/* Somebody's file in root's group makes nobody a member of that. */
	ids->has_gid = ids->has_uid && ids->gid != 0;
	return true;
}

bool ids_choose(const struct settings *settings, char **environment, struct ids *ids,
		struct failure *failure)
{
	*ids = (struct ids){0};
	if (settings->ids_from_environment)
		return read_variables(settings, environment, ids, failure);
	if (settings->ids_of)
		return read_owner(settings->ids_of, ids, failure);
	return !settings->ids || ids_parse(settings->ids, ids);
}
