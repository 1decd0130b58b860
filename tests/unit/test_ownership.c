/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <sys/stat.h>

#include "files/ownership.h"

enum { OLD_UID = 1000, OLD_GID = 1001, NEW_UID = 2000, NEW_GID = 2001, OTHER = 3000 };

START_TEST(decisions)
{
	static const struct {
		const char *name;
		mode_t mode;
		nlink_t links;
		uid_t uid, gid;
		uid_t old_uid, old_gid;	  /* what becomes of it in a home */
		uid_t root_uid, root_gid; /* and with roots_too */
	} rows[] = {
		{"the old user's", S_IFREG, 1, OLD_UID, OLD_GID, NEW_UID, NEW_GID, NEW_UID,
		 NEW_GID},
		{"and with several names", S_IFREG, 2, OLD_UID, OLD_GID, NEW_UID, NEW_GID, NEW_UID,
		 NEW_GID},
		{"directory", S_IFDIR, 9, OLD_UID, OLD_GID, NEW_UID, NEW_GID, NEW_UID, NEW_GID},
		{"symbolic link", S_IFLNK, 1, OLD_UID, OLD_GID, NEW_UID, NEW_GID, NEW_UID, NEW_GID},
		{"pipe", S_IFIFO, 1, OLD_UID, OLD_GID, NEW_UID, NEW_GID, NEW_UID, NEW_GID},
		{"fits", S_IFREG, 1, NEW_UID, NEW_GID, KEEP, KEEP, KEEP, KEEP},
		{"only the group is old", S_IFREG, 1, NEW_UID, OLD_GID, KEEP, NEW_GID, KEEP,
		 NEW_GID},
		{"only the user is old", S_IFREG, 1, OLD_UID, NEW_GID, NEW_UID, KEEP, NEW_UID,
		 KEEP},
		{"somebody's group stays", S_IFREG, 1, OLD_UID, OTHER, NEW_UID, KEEP, NEW_UID,
		 KEEP},
		{"somebody's", S_IFREG, 1, OTHER, OTHER, KEEP, KEEP, KEEP, KEEP},
		{"somebody's of the old group", S_IFREG, 1, OTHER, OLD_GID, KEEP, KEEP, KEEP, KEEP},
		{"somebody's of root's group", S_IFDIR, 1, OTHER, 0, KEEP, KEEP, KEEP, KEEP},
		{"root's", S_IFREG, 1, 0, 0, KEEP, KEEP, NEW_UID, NEW_GID},
		{"root's of the old group", S_IFREG, 1, 0, OLD_GID, KEEP, KEEP, NEW_UID, NEW_GID},
		{"root's of the new group", S_IFREG, 1, 0, NEW_GID, KEEP, KEEP, NEW_UID, KEEP},
		{"root's of somebody's group", S_IFREG, 1, 0, OTHER, KEEP, KEEP, NEW_UID, KEEP},
		{"root's directory", S_IFDIR, 5, 0, 0, KEEP, KEEP, NEW_UID, NEW_GID},
		{"root's symbolic link", S_IFLNK, 1, 0, 0, KEEP, KEEP, NEW_UID, NEW_GID},
		{"root's with several names", S_IFREG, 2, 0, 0, KEEP, KEEP, KEEP, KEEP},
		{"and of the old group", S_IFREG, 2, 0, OLD_GID, KEEP, KEEP, KEEP, KEEP},
		{"symbolic link with several names", S_IFLNK, 2, 0, 0, KEEP, KEEP, KEEP, KEEP},
		{"the user's of root's group", S_IFREG, 1, OLD_UID, 0, NEW_UID, KEEP, NEW_UID,
		 NEW_GID},
		{"root's disk", S_IFBLK, 1, 0, 0, KEEP, KEEP, KEEP, KEEP},
		{"the old user's disk", S_IFBLK, 1, OLD_UID, OLD_GID, KEEP, KEEP, KEEP, KEEP},
		{"character device", S_IFCHR, 1, OLD_UID, OLD_GID, KEEP, KEEP, KEEP, KEEP},
	};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct stat status = {
			.st_mode = rows[i].mode | 0644,
			.st_nlink = rows[i].links,
			.st_uid = (uid_t)rows[i].uid,
			.st_gid = (gid_t)rows[i].gid,
		};

		for (int roots_too = 0; roots_too < 2; roots_too++) {
			const struct ownership_change change = {.from_uid = OLD_UID,
								.from_gid = OLD_GID,
								.to_uid = NEW_UID,
								.to_gid = NEW_GID,
								.roots_too = roots_too};
			const uid_t wanted_uid = roots_too ? rows[i].root_uid : rows[i].old_uid;
			const gid_t wanted_gid = roots_too ? rows[i].root_gid : rows[i].old_gid;
			uid_t uid;
			gid_t gid;
			const bool changes = ownership_decide(&status, &change, &uid, &gid);

			ck_assert_msg(changes == (wanted_uid != KEEP || wanted_gid != KEEP),
				      "%s, roots_too %d", rows[i].name, roots_too);
			ck_assert_msg(uid == wanted_uid, "%s, roots_too %d: uid %d", rows[i].name,
				      roots_too, (int)uid);
			ck_assert_msg(gid == wanted_gid, "%s, roots_too %d: gid %d", rows[i].name,
				      roots_too, (int)gid);
		}
	}
}
END_TEST

/* USER is root: what is root's has nobody else to go to. */
START_TEST(root_keeps_what_is_roots)
{
	const struct stat status = {.st_mode = S_IFREG, .st_nlink = 1};
	const struct ownership_change change = {.roots_too = true};
	uid_t uid;
	gid_t gid;

	ck_assert(!ownership_decide(&status, &change, &uid, &gid));
}
END_TEST

/* USER was root: what is root's is the account's own, but not what may be elsewhere too. */
START_TEST(root_becomes_another)
{
	struct stat status = {.st_mode = S_IFREG, .st_nlink = 1};
	const struct ownership_change change = {.to_uid = NEW_UID, .to_gid = NEW_GID};
	uid_t uid;
	gid_t gid;

	ck_assert(ownership_decide(&status, &change, &uid, &gid));
	ck_assert(uid == NEW_UID && gid == NEW_GID);
	status.st_nlink = 2;
	ck_assert(!ownership_decide(&status, &change, &uid, &gid));
}
END_TEST

START_TEST(whose_stays)
{
	static const struct {
		uid_t uid;
		bool others;
	} rows[] = {{0, false}, {OLD_UID, false}, {NEW_UID, false}, {OTHER, true}, {65534, true}};
	const struct ownership_change change = {.from_uid = OLD_UID, .to_uid = NEW_UID};

	for (int i = 0; i < COUNT(rows); i++) {
		const struct stat status = {.st_uid = rows[i].uid};

		ck_assert_msg(ownership_is_others(&status, &change) == rows[i].others, "row %d", i);
	}
}
END_TEST

Suite *ownership_suite(void)
{
	const TTest *const tests[] = {decisions, root_keeps_what_is_roots, root_becomes_another,
				      whose_stays};

	return suite_of("ownership", tests, COUNT(tests));
}
